import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import { answerOf } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const signal = new AbortController().signal;
const memoryModule = new URL("../../../src/adapters/sqlite/sqlite-memory.ts", import.meta.url).href;

/** Stores answers one after the other and prints the number of each that it was told is stored. */
const writer = `
  const { createSqliteMemory } = await import(process.argv[1]);
  const nothing = () => {};
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const memory = createSqliteMemory({ directory: process.argv[2], embedder: null, log });
  const signal = new AbortController().signal;
  for (let number = Number(process.argv[3]); ; number++) {
    const id = { conversationId: String(number), partId: "1" };
    await memory.rememberAnswers([{ ...id, question: "Where is parcel number" + number + "?",
      answer: "On its way. ".repeat(50), status: "answer", author: "teammate", at: number,
      language: "en", url: null, decision: null, draftedFrom: [] }], signal);
    await memory.rememberTurns([{ ...id, contactId: "c", speaker: "customer",
      text: "parcel number" + number, at: number }], signal);
    process.stdout.write(number + "\\n");
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
    for (let round = 1; round <= 5; round++) {
      const child = spawn(
        process.execPath,
        ["--input-type=module", "-e", writer, memoryModule, directory, String(stored + 1)],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const exited = once(child, "exit");
      const enough = stored + 20 + round * 17;
      for await (const line of createInterface({ input: child.stdout })) {
        stored = Number(line);
        if (stored >= enough) child.kill("SIGKILL");
      }
      expect(await exited).toEqual([null, "SIGKILL"]);

      const memory = open();
      for (let number = 1; number <= stored; number++) {
        const found = await memory.recallAnswers(`number${number}`, 2, signal);
        expect(found.map(({ id }) => id)).toEqual([`answer-${number}-1`]);
        const { turns } = await memory.findConversation(String(number), signal);
        expect(turns).toHaveLength(1);
      }
      memory.close();
    }
    const database = new DatabaseSync(join(directory, "memory.sqlite"));
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.exec("INSERT INTO answer_words (answer_words, rank) VALUES ('integrity-check', 0)");
    database.close();
  });

  it("is read by others while one writes", async () => {
    const writing = open();
    const reading = open();
    await writing.rememberAnswers([answerOf({})], signal);
    expect(await reading.recallAnswers("password", 5, signal)).toHaveLength(1);
    await writing.forgetConversation("100", null, signal);
    expect(await reading.recallAnswers("password", 5, signal)).toEqual([]);
    writing.close();
    reading.close();
  });

  it("keeps what it holds when it is opened again", async () => {
    const first = open();
    await first.rememberAnswers([answerOf({})], signal);
    await first.writeCheckpoint("backfill", "page 7", signal);
    first.close();
    const second = open();
    expect(await second.recallAnswers("password", 5, signal)).toHaveLength(1);
    expect(await second.readCheckpoint("backfill", signal)).toBe("page 7");
    second.close();
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
