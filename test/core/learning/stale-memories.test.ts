import { describe, expect, it } from "vitest";
import type { StoredConversation } from "../../../src/core/knowledge/answer-memory.ts";
import { learnFrom } from "../../../src/core/learning/question-answer-pairs.ts";
import { staleMemories } from "../../../src/core/learning/stale-memories.ts";
import type { Part } from "../../../src/core/types.ts";
import { answerOf, turnOf } from "../../contracts/memory.ts";
import { conversation, customer, part, teammate, us } from "../../fixtures/conversations.ts";

const minute = 60_000;
const question = part(customer, "Where is my invoice, please?", { id: "q", at: minute });
const answer = part(teammate, "Open Billing and press Export.", { id: "a", at: 2 * minute });
const redacted = (one: Part): Part => ({ ...one, text: "", kind: "event" });

function stale(stored: Partial<StoredConversation>, parts: Part[], isCut = false) {
  const now = conversation(parts, { updatedAt: 10 * minute });
  const learnt = learnFrom(now, () => null);
  return staleMemories({ answers: [], turns: [], ...stored }, now, learnt, isCut);
}

const storedAnswer = (more: Parameters<typeof answerOf>[0]) => ({
  ...answerOf({ at: 2 * minute, ...more }),
  id: `answer-${more.partId}`,
  score: null,
});

describe("what is stale of a conversation", () => {
  it("is nothing while all of it is still said", () => {
    const stored = {
      turns: [turnOf({ partId: "q", at: minute }), turnOf({ partId: "a", at: 2 * minute })],
      answers: [storedAnswer({ partId: "a" })],
    };
    expect(stale(stored, [question, answer])).toEqual({ partIds: [], answerIds: [] });
  });

  it("is a part that was redacted or removed, and the answer in it", () => {
    const stored = {
      turns: [turnOf({ partId: "a", at: 2 * minute }), turnOf({ partId: "gone", at: minute })],
      answers: [storedAnswer({ partId: "a" })],
    };
    expect(stale(stored, [question, redacted(answer)])).toEqual({
      partIds: ["a", "gone"],
      answerIds: ["answer-a"],
    });
  });

  it("is a teammate's answer that became part of another one", () => {
    const second = part(teammate, "And then press Save at the end.", { id: "b", at: 3 * minute });
    const stored = { answers: [storedAnswer({ partId: "b", at: 3 * minute })] };
    expect(stale(stored, [question, answer, second]).answerIds).toEqual(["answer-b"]);
  });

  it("is no reviewed answer whose reply is still there", () => {
    const reply = part(us, "Open Billing and press Export.", { id: "r", at: 2 * minute });
    const stored = { answers: [storedAnswer({ partId: "r", author: "approved-draft" })] };
    expect(stale(stored, [question, reply]).answerIds).toEqual([]);
    expect(stale(stored, [question, redacted(reply)]).answerIds).toEqual(["answer-r"]);
  });

  it("is no teammate's word on what should have been said instead of a reply of ours", () => {
    const reply = part(us, "Open Settings, I think.", { id: "r", at: 3 * minute });
    const verdict = { by: "Alice", reason: null };
    const corrected = storedAnswer({ partId: "r", at: 4 * minute, author: "teammate", verdict });
    expect(stale({ answers: [corrected] }, [question, reply]).answerIds).toEqual([]);
    expect(stale({ answers: [corrected] }, [question]).answerIds).toEqual(["answer-r"]);
  });

  it("is a reviewed answer whose question contains what was redacted", () => {
    const reply = part(us, "Open Billing and press Export.", { id: "r", at: 2 * minute });
    const stored = {
      turns: [turnOf({ partId: "q", at: minute, text: question.text })],
      answers: [
        storedAnswer({
          partId: "r",
          author: "edited-draft",
          question: `Hello!\n${question.text}`,
        }),
      ],
    };
    expect(stale(stored, [redacted(question), reply])).toEqual({
      partIds: ["q"],
      answerIds: ["answer-r"],
    });
  });

  it("is an answer whose question contained, before somebody changed it, what was redacted", () => {
    const { answer: text, language, url, status } = answerOf({});
    const before = { question: question.text, answer: text, language, url, status };
    const stored = {
      turns: [turnOf({ partId: "q", at: minute, text: question.text })],
      answers: [
        storedAnswer({
          partId: "a",
          question: "Where are invoices?",
          changes: [{ did: "edited", by: "Ada", at: 20 * minute, before }],
        }),
      ],
    };
    expect(stale(stored, [question, answer]).answerIds).toEqual([]);
    expect(stale(stored, [redacted(question), answer]).answerIds).toEqual(["answer-a"]);
  });

  it("is nothing that was written after our reading", () => {
    const stored = { turns: [turnOf({ partId: "newer", at: 11 * minute })] };
    expect(stale(stored, [question, answer]).partIds).toEqual([]);
  });

  it("is nothing from before the parts that Intercom still gives", () => {
    const late = part(customer, "The newest of many messages", { id: "n", at: 9 * minute });
    const stored = { turns: [turnOf({ partId: "old", at: 5 * minute })] };
    expect(stale(stored, [question, late], true).partIds).toEqual([]);
    expect(stale(stored, [question, late], false).partIds).toEqual(["old"]);
  });
});
