import { afterEach, describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory } from "../../../src/core/knowledge/answer-memory.ts";
import { leakFree } from "../../../src/core/proving/leak-free.ts";
import { answerOf, turnOf, whose } from "../../contracts/memory.ts";
import { conversation, customer, noon, part, source } from "../../fixtures/conversations.ts";

const signal = new AbortController().signal;
const asked = part(customer, "How long is the trial, and how do I extend it?", { at: noon });
const past = {
  conversation: conversation([asked], { id: "now" }),
  answer: "The trial takes fourteen days, and you extend it under Billing with the code SPRING.",
  askedAt: noon,
};
const noArticles = { search: async () => [] };
const log = { debug() {}, info() {}, warn() {}, error() {} };
const memories: AnswerMemory[] = [];
afterEach(() => {
  for (const memory of memories.splice(0)) memory.close();
});

function remembering(): AnswerMemory {
  const memory = createSqliteMemory({ directory: ":memory:", embedder: null, log });
  memories.push(memory);
  return memory;
}

const question = "How long is the trial?";
const before = noon - 1000;

describe("what may be recalled for a turn of the past", () => {
  it("is nothing of the conversation itself, nothing later, and no copy of the teammate's answer", async () => {
    const memory = remembering();
    await memory.rememberAnswers(
      [
        answerOf({ question, answer: "Ask Billing about it.", conversationId: "old", at: before }),
        answerOf({ question, answer: "SECRET: own", conversationId: "now", at: before }),
        answerOf({ question, answer: "SECRET: the future knows", conversationId: "new", at: noon }),
        answerOf({
          question,
          answer: `Hi Ben, ${past.answer.toLowerCase()}`,
          conversationId: "macro",
          at: before,
        }),
      ],
      signal,
    );
    const { memory: then, leftOut } = leakFree(past, { memory, helpCenter: noArticles });
    const found = await then.recallAnswers("trial", { limit: 10 }, signal);
    expect(found.map(({ text }) => text)).toEqual(["Ask Billing about it."]);
    expect(leftOut).toEqual({ sameConversation: 1, later: 1, nearCopies: 1 });
  });

  it("is found behind many answers that may not be used", async () => {
    const memory = remembering();
    const later = Array.from({ length: 30 }, (_, index) =>
      answerOf({
        question,
        conversationId: `later-${index}`,
        at: noon + index,
        answer: `Later ${index}`,
      }),
    );
    const old = answerOf({ question: `${question} Really?`, conversationId: "old", at: before });
    await memory.rememberAnswers([...later, old], signal);
    const { memory: then } = leakFree(past, { memory, helpCenter: noArticles });
    expect(await then.recallAnswers(question, { limit: 10 }, signal)).toHaveLength(1);
  });

  it("leaves out what this customer said later, and articles that were changed since", async () => {
    const memory = remembering();
    await memory.rememberTurns(
      [
        turnOf({ conversationId: "a", partId: "1", text: "My trial ended early", at: before }),
        turnOf({
          conversationId: "b",
          partId: "2",
          text: "My trial is extended now",
          at: noon + 1,
        }),
      ],
      signal,
    );
    const articles = [
      source({ id: "old", at: before }),
      source({ id: "undated", at: null }),
      source({ id: "changed", at: noon + 1 }),
    ];
    const helpCenter = { search: async () => articles };
    const { memory: then, helpCenter: shelf, leftOut } = leakFree(past, { memory, helpCenter });
    const said = await then.recallConversations("trial", whose("contact-1"), 5, signal);
    expect(said.map(({ text }) => text)).toEqual(["My trial ended early"]);
    const found = await shelf.search("trial", { limit: 5 }, signal);
    expect(found.map(({ id }) => id)).toEqual(["old", "undated"]);
    expect(leftOut.later).toBe(2);
  });

  it("stores nothing", async () => {
    const memory = remembering();
    const { memory: then } = leakFree(past, { memory, helpCenter: noArticles });
    await then.rememberTurns([turnOf({ conversationId: "a" })], signal);
    expect(await memory.findConversation("a", signal)).toEqual({ answers: [], turns: [] });
  });
});
