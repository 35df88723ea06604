import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { describeSearchByMeaning } from "../../contracts/search-by-meaning.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describeSearchByMeaning("SQLite", async (embedder, log, again = false) => {
  if (!again) folders.push(mkdtempSync(join(tmpdir(), "meaning-")));
  const directory = folders.at(-1) ?? "";
  const memory = createSqliteMemory({ directory, embedder, log });
  const articles = createSqliteHelpCenter(directory, { embedder, log });
  return {
    memory,
    articles,
    async close() {
      memory.close();
      await articles.close();
    },
  };
});
