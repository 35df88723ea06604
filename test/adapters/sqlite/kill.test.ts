import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { migrations } from "../../../src/adapters/sqlite/migrations.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { usesIn } from "../../../src/core/knowledge/answer-uses.ts";
import { answerOf } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const signal = new AbortController().signal;
const memoryModule = new URL("../../../src/adapters/sqlite/sqlite-memory.ts", import.meta.url).href;

const batchSize = 40;

/** Stores batch after batch and prints the number of each that it was told is stored. */
const writer = `
  const [memoryModule, directory, firstBatch] = process.argv.slice(1);
  const { createSqliteMemory } = await import(memoryModule);
  const nothing = () => {};
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const memory = createSqliteMemory({ directory, embedder: null, log });
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

describe("the memory's file", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "memory-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const open = () => createSqliteMemory({ directory, embedder: null, log: createRecordingLog() });

  it("holds everything that was stored when the process is killed while writing", async () => {
    let stored = 0;
    for (let round = 1; round <= 8; round++) {
      const child = spawn(
        process.execPath,
        ["--input-type=module", "-e", writer, memoryModule, directory, String(stored + 1)],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const exited = once(child, "exit");
      const enough = stored + 2 + round;
      for await (const line of createInterface({ input: child.stdout })) {
        stored = Number(line);
        if (stored === enough) child.kill("SIGKILL");
      }
      expect(await exited).toEqual([null, "SIGKILL"]);

      const memory = open();
      // The batch under way may be there or not, but as a whole.
      for (let batch = 1; batch <= stored + 1; batch++) {
        const { answers, turns } = await memory.findConversation(String(batch), signal);
        expect([batchSize, batch > stored ? 0 : batchSize]).toContain(answers.length);
        expect([batchSize, batch > stored ? 0 : batchSize]).toContain(turns.length);
        for (const { id, partId } of answers) {
          const [found] = await memory.recallAnswers(
            `number${batch}x${partId}`,
            { limit: 1 },
            signal,
          );
          expect(found?.id).toBe(id);
        }
      }
      memory.close();
    }
    const database = new DatabaseSync(join(directory, "memory.sqlite"));
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.exec("INSERT INTO answer_words (answer_words, rank) VALUES ('integrity-check', 0)");
    database.close();
    // Eight processes, one after the other, each with all that is stored looked up again.
  }, 90_000);

  it("is read by others while one writes", async () => {
    const writing = open();
    const reading = open();
    await writing.rememberAnswers([answerOf({})], signal);
    expect(await reading.recallAnswers("password", { limit: 5 }, signal)).toHaveLength(1);
    await writing.forgetConversation("100", null, signal);
    expect(await reading.recallAnswers("password", { limit: 5 }, signal)).toEqual([]);
    writing.close();
    reading.close();
  });

  it("keeps what it holds when it is opened again", async () => {
    const first = open();
    await first.rememberAnswers([answerOf({})], signal);
    await first.writeCheckpoint("backfill", "page 7", signal);
    first.close();
    const second = open();
    expect(await second.recallAnswers("password", { limit: 5 }, signal)).toHaveLength(1);
    expect(await second.readCheckpoint("backfill", signal)).toBe("page 7");
    second.close();
  });

  it("knows the uses of answers that an older version stored", async () => {
    const older = new DatabaseSync(join(directory, "memory.sqlite"));
    for (const step of migrations.slice(0, 3)) older.exec(step);
    older.exec(`
      PRAGMA user_version = 3;
      INSERT INTO answer (id, question, answer, status, author, conversation_id, part_id, at,
                          decision, drafted_from, verdict)
        VALUES ('answer-1-2', 'Q', 'A', 'answer', 'edited-draft', '1', '2', 5,
                '{"action":"review","reason":"review-mode"}', '["answer-9","article-7"]',
                '{"by":"Alice","reason":null}');
      INSERT INTO answer (id, question, answer, status, author, at, drafted_from)
        VALUES ('typed', 'Q', 'A', 'answer', 'operator', 6, '[]');
    `);
    older.close();
    const memory = open();
    const uses = usesIn(await memory.findUses("answer-9", signal));
    expect(uses).toMatchObject([{ outcome: "edited", conversationId: "1", by: "Alice" }]);
    expect(await memory.readAnswer("typed", signal)).not.toHaveProperty("changes");
    memory.close();
  });

  it("is not touched by a version that does not know its shape", () => {
    open().close();
    const database = new DatabaseSync(join(directory, "memory.sqlite"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(open).toThrow(/newer version/);
  });

  it("says which call failed, without what was asked, when it cannot be used", async () => {
    const memory = open();
    const database = new DatabaseSync(join(directory, "memory.sqlite"));
    database.exec("DROP TABLE answer");
    database.close();
    const failing = memory.rememberAnswers([answerOf({ question: "My secret" })], signal);
    await expect(failing).rejects.toThrow(/^\[sqlite\] rememberAnswers → /);
    await expect(failing).rejects.not.toThrow(/secret/);
    memory.close();
  });
});
