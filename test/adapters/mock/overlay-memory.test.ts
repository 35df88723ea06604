import { afterEach, describe, expect, it } from "vitest";
import { createOverlayMemory } from "../../../src/adapters/mock/overlay-memory.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory, RememberedAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import { whose } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const log = createRecordingLog();
const inMemory = () => createSqliteMemory({ directory: ":memory:", embedder: null, log });
const signal = AbortSignal.timeout(60_000);
const answered = (question: string): RememberedAnswer => ({
  question,
  answer: "Yes, in five days.",
  status: "answer",
  author: "teammate",
  conversationId: question,
  partId: "1",
  at: 0,
  language: "en",
  url: null,
  decision: null,
  draftedFrom: [],
});

describe("the memory of mock mode over a real one", () => {
  const [real, own] = [inMemory(), inMemory()];
  const memory: AnswerMemory = createOverlayMemory(real, own);
  afterEach(() => memory.close());

  it("recalls from both and writes to its own only", async () => {
    await real.rememberAnswers([answered("Do you ship parcels to Norway?")], signal);
    await memory.rememberAnswers([answered("Do you ship parcels to Sweden?")], signal);
    const turn = { conversationId: "c", contactId: "ada", partId: "p", at: 0 };
    await memory.rememberTurns([{ ...turn, speaker: "customer", text: "parcels" }], signal);

    const recalled = await memory.recallAnswers("ship parcels", { limit: 5 }, signal);
    expect(recalled.map(({ title }) => title).sort()).toEqual([
      "Do you ship parcels to Norway?",
      "Do you ship parcels to Sweden?",
    ]);
    expect(await memory.findAnswers(null, 5, signal)).toHaveLength(2);
    expect(await memory.recallConversations("parcels", whose("ada"), 5, signal)).toHaveLength(1);
    expect(await real.findAnswers(null, 5, signal)).toHaveLength(1);
    expect(await real.recallConversations("parcels", whose("ada"), 5, signal)).toEqual([]);
  });
});
