import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { htmlPage, startSite } from "../stand-ins/site.ts";
import { startDemo } from "./demo-world.ts";

const patience = { timeout: 30_000, interval: 100 };
const hour = 3_600_000;
let folder: string;
let policyFile: string;
let site: Awaited<ReturnType<typeof startSite>>;
let world: Awaited<ReturnType<typeof startDemo>> | null = null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "policy-sources-"));
  policyFile = join(folder, "policy.yaml");
  site = await startSite();
  for (const [name, food] of Object.entries({ birds: "seeds", newer: "nuts" })) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "parrots.md"), `# What parrots eat\n\nParrots eat ${food}.\n`);
  }
});
afterEach(async () => {
  await world?.stop();
  world = null;
  site.close();
  rmSync(folder, { recursive: true, force: true });
});

const says = (sources: string) => writeFileSync(policyFile, `mode: auto\nsources:\n${sources}`);
const start = async (sources?: string) => {
  world = await startDemo({
    ...(sources === undefined ? {} : { sources }),
    policyFile,
    hosts: site.host,
    refreshMs: hour,
  });
};
/** What a new customer who asks that is told by itself; `null`: nothing of it. */
async function toldOf(question: string): Promise<string | null> {
  const report = await world?.ask(question);
  const drafting = report?.drafting ?? null;
  if (drafting === null || "noDraft" in drafting) return null;
  return report?.decision?.action === "reply" ? drafting.draft.reply : null;
}
const told = (question: string, words: unknown) =>
  vi.waitFor(async () => expect(await toldOf(question)).toEqual(words), patience);
const parrots = "What do parrots eat?";
const states = async () =>
  ((await (await fetch(`${world?.url}/knowledge`)).json()) as { sources: object[] }).sources;

describe("sources of the policy file", { timeout: 120_000 }, () => {
  it("are answered from beside those of the settings, and as they are named now, without a restart", async () => {
    mkdirSync(join(folder, "cages"));
    writeFileSync(join(folder, "cages", "size.md"), "# Cages\n\nA cage must be two metres wide.\n");
    says(`  birds: ${folder}/birds`);
    await start(`cages=${folder}/cages`);
    expect(await toldOf(parrots)).toContain("Parrots eat seeds.");
    expect(await toldOf("How wide must a cage be?")).toContain("two metres");

    says(`  birds: ${folder}/newer`);
    await told(parrots, expect.stringContaining("Parrots eat nuts."));

    // What cannot be used changes nothing.
    says(`  cages: ${folder}/birds`);
    const isNamed = () =>
      world?.log.lines.some(
        ({ level, event }) => level === "error" && event.startsWith("policy file"),
      );
    await vi.waitFor(() => expect(isNamed()).toBe(true), patience);
    expect(await toldOf(parrots)).toContain("Parrots eat nuts.");

    says(`  birds: { from: ${folder}/newer, audience: internal }`);
    await told(parrots, null);

    says(`  birds: ${folder}/nowhere`);
    await vi.waitFor(async () => {
      expect(await states()).toMatchObject([
        { name: "cages", state: "read" },
        { name: "birds", state: "failing", problem: expect.stringContaining("cannot be opened") },
      ]);
    }, patience);

    writeFileSync(policyFile, "mode: auto\n");
    await vi.waitFor(async () => expect(await states()).toHaveLength(1), patience);
    expect(await toldOf("How wide must a cage be?")).toContain("two metres");
  });

  it("may be sites, of which no more is read than the file says, and which leave the memory", async () => {
    site.page("/", htmlPage("Birds", `<p>About birds.</p><a href="/parrots">Parrots</a>`));
    site.page(
      "/parrots",
      htmlPage("What parrots eat", `<p>Parrots eat seeds.</p><a href="/deep">More</a>`),
    );
    site.page(
      "/deep",
      htmlPage("How wide a cage must be", "<p>A cage must be two metres wide.</p>"),
    );
    writeFileSync(policyFile, "mode: auto\n");
    await start();
    says(`  birds: { from: "${site.url}", depth: 1 }`);
    await told(parrots, expect.stringContaining("Parrots eat seeds."));
    expect(site.asked).not.toContain("/deep");

    says(`  birds: { from: "${site.url}", every: 1m }`);
    await vi.waitFor(() => expect(site.asked).toContain("/deep"), patience);
    // Named for teammates, unchanged pages leave what customers are told.
    says(`  birds: { from: "${site.url}", audience: internal }`);
    await told(parrots, null);
    await vi.waitFor(async () => {
      expect(await states()).toMatchObject([{ name: "birds", state: "read", articles: 3 }]);
    }, patience);
    expect(await toldOf(parrots)).toBeNull();

    writeFileSync(policyFile, "mode: auto\n");
    await vi.waitFor(async () => expect(await states()).toEqual([]), patience);
  });

  it("show at /ready how old they are, and that they contradict each other once that is known", async () => {
    const costs = (price: string) =>
      `# Prices\n\nThe Team plan costs ${price} a month for each person.\n`;
    for (const [name, price] of Object.entries({ birds: "12 €", newer: "15 €" })) {
      writeFileSync(join(folder, name, "prices.md"), costs(price));
    }
    says(`  birds: ${folder}/birds\n  newer: ${folder}/newer`);
    await start();
    const get = async (path: string) => (await fetch(`${world?.url}${path}`)).json();
    await vi.waitFor(async () => {
      const age = { state: "read", articles: 2, failing: 0, ageSeconds: expect.any(Number) };
      expect(await get("/ready")).toMatchObject({ knowledge: [age, age] });
    }, patience);
    await get("/memory/contradictions");
    expect(await get("/ready")).toMatchObject({
      contradictions: { articlePairs: 1, see: "/memory/contradictions" },
    });
  });
});
