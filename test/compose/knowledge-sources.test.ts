import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { createKnowledgeSources } from "../../src/compose/knowledge-sources.ts";
import { loadConfig } from "../../src/config.ts";
import { type KnowledgeSource, plainSource } from "../../src/core/knowledge-source.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

let directory: string;
let index: ReturnType<typeof createSqliteHelpCenter>;
const stopping = new AbortController();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sources-"));
  index = createSqliteHelpCenter(":memory:");
});
afterEach(async () => {
  await index.close();
  rmSync(directory, { recursive: true, force: true });
});

function folder(name: string, words: string, more: Partial<KnowledgeSource> = {}): KnowledgeSource {
  const path = join(directory, words.replaceAll(" ", "-"));
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "parrots.md"), `# Parrots\n\nParrots eat ${words}.\n`);
  return { ...plainSource, name, ...more, kind: "folder", path };
}

/** Letting go of articles waits until it is told to go on. */
function createGated() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gated: typeof index = {
    ...index,
    async keepOnly(kind, ids, kept) {
      if (ids.size === 0) await opened;
      return index.keepOnly(kind, ids, kept);
    },
  };
  const config = loadConfig({ MOCK_MODE: "true", DATA_DIR: directory });
  const log = createRecordingLog();
  return { open, sources: createKnowledgeSources(config, null, gated, log, stopping.signal) };
}

const found = async () =>
  (await index.search("parrots", { limit: 5 }, stopping.signal)).map(({ text, language }) => [
    text,
    language,
  ]);

it("reads a source as it is named last, however fast it was named otherwise twice", async () => {
  const { open, sources } = createGated();
  await sources.follow([folder("birds", "seeds")]);
  const moved = sources.follow([folder("birds", "nuts")]);
  const spoken = sources.follow([folder("birds", "nuts", { language: "de" })]);
  open();
  await Promise.all([moved, spoken]);
  expect(await found()).toEqual([[expect.stringContaining("Parrots eat nuts."), "de"]]);
});

it("keeps the other sources where one is named otherwise twice, of which the second is its interval", async () => {
  const { open, sources } = createGated();
  const fish = folder("fish", "algae");
  await sources.follow([folder("birds", "seeds"), fish]);
  const moved = sources.follow([folder("birds", "nuts"), fish]);
  const rarer = sources.follow([folder("birds", "nuts", { everyMs: 60_000 }), fish]);
  open();
  await Promise.all([moved, rarer]);
  expect(sources.refresh("fish")).not.toBeNull();
  expect(sources.refresh("birds")).not.toBeNull();
});

it("has a source found for the brands that it is named for, and for others from its next naming on", async () => {
  const { sources } = createGated();
  const foundFor = async (brand: string) =>
    (await index.search("parrots", { limit: 5, brand }, stopping.signal)).length;
  await sources.follow([folder("birds", "seeds", { brands: ["Acme"] })]);
  expect([await foundFor("acme"), await foundFor("Beta")]).toEqual([1, 0]);
  await sources.follow([folder("birds", "seeds", { brands: ["Beta"], plans: ["Pro"] })]);
  expect([await foundFor("acme"), await foundFor("Beta")]).toEqual([0, 1]);
  await sources.follow([folder("birds", "seeds")]);
  expect([await foundFor("acme"), await foundFor("Beta")]).toEqual([1, 1]);
});
