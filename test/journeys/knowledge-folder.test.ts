import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startDemo } from "./demo-world.ts";

const refreshMs = 50;
const patience = { timeout: 30_000, interval: 100 };
let folder: string;
let world: Awaited<ReturnType<typeof startDemo>> | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "knowledge-"));
});
afterEach(async () => {
  await world?.stop();
  world = null;
  rmSync(folder, { recursive: true, force: true });
});

function write(way: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, way)), { recursive: true });
  writeFileSync(join(folder, way), content);
}

async function start(sources: string) {
  world = await startDemo({ sources, refreshMs });
  return world;
}

/** What a new customer who asks that is told by itself, or `null`. */
async function toldWhenAsking(question: string): Promise<string | null> {
  const report = await world?.ask(question);
  const drafting = report?.drafting ?? null;
  if (drafting === null || "noDraft" in drafting) return null;
  return report?.decision?.action === "reply" ? drafting.draft.reply : null;
}

const warned = (event: string) =>
  world?.log.lines.filter((line) => line.level === "warn" && line.event.startsWith(event)) ?? [];

const parrots = (food: string) =>
  `---\ntitle: What parrots eat\nurl: https://example.com/parrots\n---\n\nParrots eat ${food}. See [cages](./cages.md).\n`;

describe("knowledge from a folder", () => {
  it("answers from its files in place of the demo's, with the link that a file names", async () => {
    write("animals/parrots.md", parrots("**seeds** and fruit"));
    await start(`handbook=${folder}`);

    const told = await toldWhenAsking("What do parrots eat?");
    expect(told).toContain("Parrots eat seeds and fruit. See cages.");
    expect(told).toContain("https://example.com/parrots");
    expect(await toldWhenAsking("How do I reset my password?")).toBeNull();
  });

  it("tells the new text of a file that changed, and nothing of one that is gone", async () => {
    write("parrots.md", parrots("seeds"));
    write("cages.md", "# How large a cage must be\n\nA cage must be two metres wide.\n");
    await start(folder);
    expect(await toldWhenAsking("What do parrots eat?")).toContain("Parrots eat seeds.");

    write("parrots.md", parrots("nuts"));
    await vi.waitFor(async () => {
      expect(await toldWhenAsking("What do parrots eat?")).toContain("Parrots eat nuts.");
    }, patience);

    rmSync(join(folder, "parrots.md"));
    await vi.waitFor(async () => {
      expect(await toldWhenAsking("What do parrots eat?")).toBeNull();
    }, patience);
    expect(await toldWhenAsking("How large must a cage be?")).toContain("two metres");
  });

  it("keeps the last good text of a file that cannot be read, and names it in the log", async () => {
    write("food/parrots.md", parrots("seeds"));
    await start(`handbook=${folder}`);

    write("food/parrots.md", new Uint8Array([0x23, 0x20, 0xff, 0xfe, 0x00]));
    await vi.waitFor(() => {
      expect(warned("file not readable")[0]?.values).toMatchObject({
        file: "handbook/food/parrots.md",
      });
    }, patience);
    expect(await toldWhenAsking("What do parrots eat?")).toContain("Parrots eat seeds.");
  });

  it("finds what stands at the end of a long book, until the book is gone", async () => {
    const filler = "## Chapter about cages\n\nA cage has a door and a floor.\n\n".repeat(4_000);
    write("cages.md", "# Water\n\nWater is clean.\n");
    write("book.md", `${filler}## What parrots eat\n\nParrots eat seeds.\n`);
    await start(`handbook=${folder}`);
    expect(await toldWhenAsking("What do parrots eat?")).toContain("Parrots eat seeds.");

    const read = () => world?.log.lines.filter(({ event }) => event === "articles refreshed") ?? [];
    const before = read().length;
    await vi.waitFor(() => expect(read().length).toBeGreaterThan(before + 1), patience);
    expect(Object(read().at(-1)?.values)).toMatchObject({ changed: 0, removed: 0 });
    expect(await toldWhenAsking("What do parrots eat?")).toContain("Parrots eat seeds.");

    rmSync(join(folder, "book.md"));
    await vi.waitFor(async () => {
      expect(await toldWhenAsking("What do parrots eat?")).toBeNull();
    }, patience);
  });

  it("keeps everything while the folder itself is away", async () => {
    write("parrots.md", parrots("seeds"));
    await start(`handbook=${folder}`);

    rmSync(folder, { recursive: true });
    await vi.waitFor(() => expect(warned("articles not refreshed")).not.toEqual([]), patience);
    expect(await toldWhenAsking("What do parrots eat?")).toContain("Parrots eat seeds.");
  });

  it("tells customers nothing of an internal folder", async () => {
    write("parrots.md", parrots("seeds"));
    await start(`internal:runbook=${folder}`);
    const report = await world?.ask("What do parrots eat?");
    expect(report?.decision?.action).not.toBe("reply");
    expect(JSON.stringify(report?.drafting)).not.toContain("Parrots eat seeds");
  });

  it("follows no link out of the folder", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
    writeFileSync(join(elsewhere, "parrots.md"), parrots("secrets"));
    symlinkSync(join(elsewhere, "parrots.md"), join(folder, "parrots.md"));
    symlinkSync(elsewhere, join(folder, "more"));
    try {
      await start(`handbook=${folder}`);
      expect(await toldWhenAsking("What do parrots eat?")).toBeNull();
      const files = warned("link left out").map(({ values }) => Object(values).file);
      expect(new Set(files)).toEqual(new Set(["handbook/more", "handbook/parrots.md"]));
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it("does not start without the folder, and says so", async () => {
    const missing = join(folder, "missing");
    await expect(start(`handbook=${missing}`)).rejects.toThrow(
      `The source “handbook”: the folder ${missing} cannot be opened: ENOENT.`,
    );
  });
});
