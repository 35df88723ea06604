import { beforeEach, describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { Embedder } from "../../../src/adapters/sqlite/vectors.ts";
import { fuse } from "../../../src/lib/full-text/rank-fusion.ts";
import { answerOf } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const signal = new AbortController().signal;

/** A made-up model that knows three meanings. */
function meaningOf(text: string): Float32Array {
  const has = (pattern: RegExp) => (pattern.test(text) ? 1 : 0);
  return Float32Array.of(has(/car|automobile/i), has(/invoice|bill/i), has(/colour|paint/i), 0.1);
}

describe("recall by meaning", () => {
  const log = createRecordingLog();
  let texts: string[][];
  let embed: Embedder["embed"];

  beforeEach(() => {
    log.lines.length = 0;
    texts = [];
    embed = async (asked) => asked.map(meaningOf);
  });

  const open = (model = "test-model") =>
    createSqliteMemory({
      directory: ":memory:",
      log,
      embedder: {
        model,
        embed: (asked, caller) => {
          texts.push(asked);
          return embed(asked, caller);
        },
      },
    });

  const answers = [
    answerOf({ partId: "1", question: "Payment of my old car car car", answer: "Send the bill." }),
    answerOf({ partId: "2", question: "Payment for an automobile", answer: "See the price list." }),
    answerOf({ partId: "3", question: "Payment of paint", answer: "At the counter." }),
  ];

  it("ranks the same meaning in other words higher than the same words alone", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    const query = "payment paint automobile automobile";
    embed = async (asked) =>
      asked.map((text) => (text === query ? meaningOf("car") : meaningOf(text)));
    const found = await memory.recallAnswers(query, { limit: 3 }, signal);
    expect(found[0]?.title).toBe("Payment for an automobile");
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it("never embeds what is not recalled", async () => {
    const memory = open();
    await memory.rememberAnswers(
      [answerOf({ status: "rejected" }), answerOf({ partId: "2", author: "automatic-reply" })],
      signal,
    );
    expect(texts).toEqual([]);
    expect(await memory.fillVectors(signal)).toBe(0);
  });

  it("embeds nothing again that is stored again unchanged", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    await memory.rememberAnswers(answers, signal);
    expect(texts).toHaveLength(1);
  });

  it("goes on by words when the embeddings model fails, and says so", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    embed = async () => {
      throw new Error("connect ECONNREFUSED");
    };
    expect(await memory.recallAnswers("payment paint", { limit: 3 }, signal)).toHaveLength(3);
    expect(log.lines).toMatchObject([{ level: "warn", event: "embedding failed" }]);
  });

  it("embeds later what was stored while the model was down", async () => {
    const memory = open();
    const working = embed;
    embed = async () => {
      throw new Error("down");
    };
    await memory.rememberAnswers(answers, signal);
    expect(await memory.fillVectors(signal)).toBe(0);
    embed = working;
    expect(await memory.fillVectors(signal)).toBe(3);
    expect(await memory.fillVectors(signal)).toBe(0);
  });

  it("refuses vectors of another length than those stored, in recall and in writing", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    embed = async (asked) => asked.map(() => Float32Array.of(1));
    const expected = /1 dimensions where 4 are stored for test-model/;
    await expect(memory.recallAnswers("payment", { limit: 3 }, signal)).rejects.toThrow(expected);
    await expect(memory.rememberAnswers([answerOf({ partId: "4" })], signal)).rejects.toThrow(
      expected,
    );
  });

  it("refuses fewer vectors than texts", async () => {
    const memory = open();
    embed = async () => [];
    await expect(memory.rememberAnswers(answers, signal)).rejects.toThrow(/0 vectors for 3 texts/);
  });

  it("does not hide that the caller has given up", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    const caller = new AbortController();
    embed = async () => {
      caller.abort(new Error("too late"));
      throw new Error("aborted");
    };
    await expect(memory.recallAnswers("payment", { limit: 3 }, caller.signal)).rejects.toThrow(
      "too late",
    );
  });
});

describe("rank fusion", () => {
  it("keeps a candidate without a vector at its rank by words", () => {
    const fused = fuse([
      { row: 1, byWords: 0.9, byMeaning: 0.1 },
      { row: 2, byWords: 0.8, byMeaning: null },
      { row: 3, byWords: 0.7, byMeaning: 0.2 },
      { row: 4, byWords: 0.1, byMeaning: 0.9 },
    ]);
    expect(fused.findIndex(({ row }) => row === 2)).toBeLessThan(2);
  });
});
