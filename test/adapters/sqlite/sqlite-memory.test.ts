import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { describeAnswerMemory } from "../../contracts/memory.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describeAnswerMemory("SQLite, in memory", async () => {
  const memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
  return { memory, close: async () => memory.close() };
});

describeAnswerMemory("SQLite, in a file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "memory-"));
  const memory = createSqliteMemory({ directory, embedder: null, log });
  return {
    memory,
    close: async () => {
      memory.close();
      await rm(directory, { recursive: true });
    },
  };
});
