import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fillSqliteContents, readSqliteContents } from "../../../src/adapters/sqlite/contents.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { describeCopying } from "../../contracts/copying.ts";
import { sqliteEnd } from "../../fixtures/copy-ends.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

describe("where a file is", () => {
  const folder = mkdtempSync(join(tmpdir(), "contents-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is in the folder that is named, and a folder that is not there is made", async () => {
    const back = join(folder, "data-back");
    await fillSqliteContents(back).close();
    await readSqliteContents(join(back, "memory.sqlite")).close();
    expect(() => fillSqliteContents(join(folder, "old.sqlite"))).toThrow("is called memory.sqlite");
  });

  it("is told from that of mock mode", () => {
    const directory = join(folder, "data", "mock");
    createSqliteMemory({ directory, embedder: null, log: createRecordingLog() }).close();
    expect(() => readSqliteContents(join(folder, "data"))).toThrow(
      `memory.sqlite is not there. ${directory} is what was tried out in mock mode`,
    );
  });
});

describeCopying("from a file to a file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "copy-"));
  const [one, other] = [join(directory, "one"), join(directory, "other")];
  mkdirSync(other);
  return {
    source: sqliteEnd(one, async () => readSqliteContents(one)),
    target: sqliteEnd(other, async () => fillSqliteContents(other)),
    async clear() {
      rmSync(directory, { recursive: true });
    },
  };
});
