import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { createPostgresMemory } from "../../../src/adapters/postgres/postgres-memory.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgres,
} from "../../stand-ins/postgres-server.ts";

const signal = new AbortController().signal;
const folder = new URL("../../../src/adapters/postgres/", import.meta.url).href;
const nothing = () => {};
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const batchSize = 20;
const rounds = 3;

/** Stores batch after batch and prints the number of each that it was told is stored. */
const writer = `
  const [folder, url, firstBatch] = process.argv.slice(1);
  const { openDatabase } = await import(folder + "database.ts");
  const { createPostgresMemory } = await import(folder + "postgres-memory.ts");
  const nothing = () => {};
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const memory = createPostgresMemory(openDatabase({ url, schema: "auto_responder", log }));
  const signal = new AbortController().signal;
  for (let batch = Number(firstBatch); ; batch++) {
    const conversationId = String(batch);
    const parts = Array.from({ length: ${batchSize} }, (_, index) => String(index));
    await memory.rememberAnswers(parts.map((partId) => ({ conversationId, partId,
      question: "Where is parcel number" + batch + "x" + partId + "?",
      answer: "On its way. ".repeat(50), status: "answer", author: "teammate", at: batch,
      language: "en", url: null, decision: null, draftedFrom: [] })), signal);
    await memory.rememberTurns(parts.map((partId) => ({ conversationId, partId, contactId: "c",
      speaker: "customer", text: "parcel number" + batch + "x" + partId, at: batch })), signal);
    process.stdout.write(batch + "\\n");
  }
`;

describe.skipIf(!hasPostgres)("the memory in PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  const lookUp = async (url: string, stored: number) => {
    const memory = createPostgresMemory(openDatabase({ url, schema: "auto_responder", log }));
    // The batch under way may be there or not, but as a whole.
    for (let batch = 1; batch <= stored + 1; batch++) {
      const { answers, turns } = await memory.findConversation(String(batch), signal);
      expect([batchSize, batch > stored ? 0 : batchSize]).toContain(answers.length);
      expect([batchSize, batch > stored ? 0 : batchSize]).toContain(turns.length);
      const [one] = answers;
      if (one === undefined) continue;
      const asked = `number${batch}x${one.partId}`;
      const [found] = await memory.recallAnswers(asked, { limit: 1 }, signal);
      expect(found?.id).toBe(one.id);
    }
    memory.close();
  };

  const write = async (
    url: string,
    stored: number,
    end: (child: ReturnType<typeof spawn>) => unknown,
  ) => {
    const child = spawn(
      process.execPath,
      ["--input-type=module", "-e", writer, folder, url, String(stored + 1)],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    const exited = once(child, "exit");
    let last = stored;
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (last === stored + 3) void end(child);
    }
    await exited;
    return last;
  };

  it("holds everything that was stored when the process is killed while writing", async () => {
    const { url } = await server.freshDatabase();
    let stored = 0;
    for (let round = 1; round <= rounds; round++) {
      stored = await write(url, stored, (child) => child.kill("SIGKILL"));
      await lookUp(url, stored);
    }
  });

  it("holds everything that was stored when the server is killed while it writes", async () => {
    const { url } = await server.freshDatabase();
    let stored = 0;
    for (let round = 1; round <= rounds; round++) {
      let killed: Promise<void> | null = null;
      stored = await write(url, stored, () => {
        killed = server.kill();
      });
      await killed;
      await server.start();
      await lookUp(url, stored);
    }
  });
});
