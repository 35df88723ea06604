import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "../../../src/adapters/postgres/database.ts";
import { createPostgresMemory } from "../../../src/adapters/postgres/postgres-memory.ts";
import type { AnswerMemory } from "../../../src/core/knowledge/answer-memory.ts";
import { answerOf, describeAnswerMemory, turnOf, whose } from "../../contracts/memory.ts";
import { startPglite } from "../../stand-ins/pglite-server.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgres,
} from "../../stand-ins/postgres-server.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const signal = new AbortController().signal;

const memoryAt = (url: string) =>
  createPostgresMemory(openDatabase({ url, schema: "auto_responder", log }));

/** One memory for all tests of a contract, emptied before each: a shape of its own takes longer. */
function emptied(urlOf: () => string) {
  let database: Database | null = null;
  return async () => {
    database ??= openDatabase({ url: urlOf(), schema: "auto_responder", log });
    const kept = database;
    await kept.inTransaction("empty", signal, async (sql) => {
      for (const table of ["answer", "turn", "checkpoint"]) {
        await sql.query(`DELETE FROM auto_responder.${table}`);
      }
    });
    return { memory: createPostgresMemory(kept), close: async () => {} };
  };
}

describe.skipIf(!hasPostgres)("on a real PostgreSQL", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  describeAnswerMemory(
    "PostgreSQL",
    emptied(() => server.urlOf("postgres")),
  );

  describe("several processes that share a memory", () => {
    const memories: AnswerMemory[] = [];
    let name: string;

    beforeEach(async () => {
      const database = await server.freshDatabase();
      name = database.name;
      memories.push(...Array.from({ length: 4 }, () => memoryAt(database.url)));
    });
    afterEach(() => {
      for (const memory of memories.splice(0)) memory.close();
    });

    const rowsOf = async (table: string) =>
      (await server.query(`SELECT count(*)::int FROM auto_responder.${table}`, name))[0].count;

    it("keep an answer that all of them store at once a single time", async () => {
      const answers = Array.from({ length: 50 }, (_, index) =>
        answerOf({
          partId: `${index}`,
          question: `How do I do number ${index}?`,
          verdict: { by: "Ada", reason: null },
          draftedFrom: ["article-7", `article-${index}`],
        }),
      );
      const ids = await Promise.all(
        memories.map((memory, index) =>
          memory.rememberAnswers(index % 2 === 0 ? answers : answers.toReversed(), signal),
        ),
      );
      expect(new Set(ids.flat()).size).toBe(50);
      expect(await rowsOf("answer")).toBe(50);
      expect(await rowsOf("answer_use")).toBe(99);
      const found = await memories[0]?.recallAnswers("number 17", { limit: 3 }, signal);
      expect(found?.[0]?.title).toBe("How do I do number 17?");
    });

    it("lose nothing that each of them stores of one conversation at the same moment", async () => {
      const turns = (whoIndex: number) =>
        Array.from({ length: 30 }, (_, index) =>
          turnOf({ partId: `${whoIndex}-${index}`, text: `invoice ${index} of ${whoIndex}` }),
        );
      await Promise.all(
        memories.map(async (memory, index) => {
          await Promise.all([
            memory.rememberTurns([...turns(index), ...turns(0)], signal),
            memory.rememberAnswers([answerOf({ partId: `${index}` })], signal),
            memory.writeCheckpoint("backfill", `${index}`, signal),
          ]);
        }),
      );
      expect(await rowsOf("turn")).toBe(120);
      expect(await rowsOf("answer")).toBe(4);
      expect(await rowsOf("checkpoint")).toBe(1);
    });

    it("see at once what another one has forgotten", async () => {
      const [one, other] = memories;
      await one?.rememberAnswers([answerOf({})], signal);
      await one?.rememberTurns([turnOf({})], signal);
      expect(await other?.recallAnswers("password", { limit: 3 }, signal)).toHaveLength(1);
      const forgotten = memories.map((memory) => memory.forgetConversation("100", null, signal));
      const counts = await Promise.all(forgotten);
      expect(counts.reduce((sum, count) => sum + count)).toBe(2);
      expect(await other?.recallAnswers("password", { limit: 3 }, signal)).toEqual([]);
      const words = await server.query(
        "SELECT count(*)::int FROM auto_responder.vocabulary WHERE term IN ('password', 'invoic')",
        name,
      );
      expect(words).toEqual([{ count: 0 }]);
    });
  });

  it("keeps what was said with signs that PostgreSQL's texts cannot hold", async () => {
    const memory = memoryAt(server.urlOf("postgres"));
    const odd = "What\0 is \ud800 this? \\u0000";
    const answer = answerOf({ question: odd, verdict: { by: odd, reason: odd } });
    const [id = ""] = await memory.rememberAnswers([answer], signal);
    await memory.rememberTurns([turnOf({ text: odd, contactId: "a\0b" })], signal);
    const kept = "What is \ufffd this? \\u0000";
    expect(await memory.readAnswer(id, signal)).toMatchObject({
      question: kept,
      verdict: { by: kept, reason: kept },
    });
    const found = await memory.recallConversations("what is this", whose("a\0b"), 3, signal);
    expect(found).toMatchObject([{ text: kept }]);
    expect(await memory.rememberAnswers([answer], signal)).toEqual([id]);
    memory.close();
  });
});

describe("on PGlite", () => {
  let server: Awaited<ReturnType<typeof startPglite>>;

  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(() => server?.stop());

  describeAnswerMemory(
    "PGlite",
    emptied(() => server.url),
  );
});
