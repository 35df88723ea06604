import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemory } from "../../src/compose/memory.ts";
import { memoryDatabaseIn } from "../../src/compose/memory-database.ts";
import { loadConfig } from "../../src/config.ts";
import { answerOf } from "../contracts/memory.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../stand-ins/postgres-server.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const signal = new AbortController().signal;
const real = {
  INTERCOM_ACCESS_TOKEN: "token",
  INTERCOM_WEBHOOK_SECRET: "secret",
  INTERCOM_ADMIN_ID: "1",
  OPENAI_API_KEY: "key",
};

describe.skipIf(!hasPostgres)("the database of MEMORY_URL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it("keeps apart what is tried out in mock mode and what customers are answered from", async () => {
    const MEMORY_URL = server.urlOf("postgres");
    const configs = [
      loadConfig({ ...real, MEMORY_URL }),
      loadConfig({ MOCK_MODE: "true", MEMORY_URL }),
      { ...loadConfig({ MOCK_MODE: "true", MEMORY_URL }), hasOwnKnowledge: true },
    ];
    const schemas = configs.map((config) => memoryDatabaseIn(config)?.schema);
    expect(new Set(schemas).size).toBe(3);

    const memories = await Promise.all(
      configs.map((config) => openMemory(config, createRecordingLog(), null)),
    );
    for (const [index, memory] of memories.entries()) {
      await memory.rememberAnswers([answerOf({ answer: `Said in ${schemas[index]}.` })], signal);
    }
    for (const [index, memory] of memories.entries()) {
      const found = await memory.recallAnswers("password", { limit: 5 }, signal);
      expect(found.map(({ text }) => text)).toEqual([`Said in ${schemas[index]}.`]);
      memory.close();
    }
  });

  it("masks secrets before anything reaches it", async () => {
    const MEMORY_URL = server.urlOf("postgres");
    const memory = await openMemory(loadConfig({ ...real, MEMORY_URL }), createRecordingLog());
    await memory.rememberAnswers(
      [answerOf({ conversationId: "7", answer: "The card is 4111 1111 1111 1111." })],
      signal,
    );
    const rows = await server.query("SELECT answer FROM auto_responder.answer");
    expect(JSON.stringify(rows)).toContain("The card is");
    expect(JSON.stringify(rows)).not.toContain("4111 1111");
    memory.close();
  });

  it("is none where none is set", () => {
    expect(memoryDatabaseIn(loadConfig(real))).toBeNull();
  });
});
