import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { createPostgresHelpCenter } from "../../../src/adapters/postgres/passages.ts";
import { createPostgresMemory } from "../../../src/adapters/postgres/postgres-memory.ts";
import { withQueries } from "../../../src/lib/by-meaning/embedder.ts";
import { answerOf } from "../../contracts/memory.ts";
import { describeSearchByMeaning } from "../../contracts/search-by-meaning.ts";
import { startPglite } from "../../stand-ins/pglite-server.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgres,
} from "../../stand-ins/postgres-server.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const { signal } = new AbortController();

describe("vectors in PostgreSQL", () => {
  let server: Awaited<ReturnType<typeof startPglite>>;
  let schemas = 0;

  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(() => server?.stop());

  describeSearchByMeaning("PostgreSQL with pgvector", async (embedder, log, again = false) => {
    if (!again) schemas += 1;
    const database = openDatabase({ url: server.url, schema: `meaning_${schemas}`, log });
    return {
      memory: createPostgresMemory(database, { embedder, log }),
      articles: createPostgresHelpCenter(database, { embedder, log }),
      close: async () => database.close(),
    };
  });
});

describe.skipIf(!hasPostgres)("PostgreSQL without the extension vector", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it("finds by words alone, says so once, and asks no model to embed what it stores", async () => {
    const log = createRecordingLog();
    const asked: string[][] = [];
    const embed = async (texts: string[]) => {
      asked.push(texts);
      return texts.map(() => Float32Array.of(1, 0));
    };
    const embedder = withQueries({ model: "test-model", embed }, log, () => performance.now());
    const { url } = await server.freshDatabase();
    const database = openDatabase({ url, schema: "auto_responder", log });
    const memory = createPostgresMemory(database, { embedder, log });
    await memory.rememberAnswers([answerOf({})], signal);
    for (let round = 0; round < 2; round++) {
      expect(await memory.fillVectors?.(signal)).toBe(0);
      expect(await memory.recallAnswers("reset password", { limit: 3 }, signal)).toHaveLength(1);
    }
    expect(asked).toEqual([["reset password"]]);
    expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
    memory.close();
  });
});
