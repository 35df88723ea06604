import { describe, expect, it } from "vitest";
import type { KeptVerdict, StoredAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import { judgedCases } from "../../../src/core/proving/judged-drafts.ts";
import { basisOf } from "../../../src/core/reviewing/draft-basis.ts";
import { editedShare } from "../../../src/core/reviewing/edited-share.ts";
import { answerOf } from "../../contracts/memory.ts";
import { draft as written } from "../../fixtures/conversations.ts";

const draft =
  "Open Settings, choose Billing, and you will find every invoice of the last 12 months there.";
const basis = {
  intent: "question" as const,
  model: "test-model",
  promptHash: "0123456789ab",
  sources: [],
};

function decided(
  sent: string | null,
  more: Partial<StoredAnswer> = {},
  judgedMore: Partial<NonNullable<KeptVerdict["judged"]>> = {},
): StoredAnswer {
  const judged = {
    draft,
    confidence: 0.9,
    editedShare: sent === null ? null : editedShare(draft, sent),
    basis,
    ...judgedMore,
  };
  return {
    ...answerOf({
      answer: sent ?? draft,
      status: sent === null ? "rejected" : "answer",
      author: sent === draft ? "approved-draft" : "edited-draft",
      decision: { action: "review", reason: "review-mode" },
      verdict: { by: "Alice", reason: null, judged },
    }),
    id: "a1",
    score: null,
    ...more,
  };
}

const isRight = (answer: StoredAnswer) => judgedCases([answer]).cases[0]?.isRight;

describe("a verdict as a case", () => {
  it("is right where the draft went out as it was", () => {
    expect(judgedCases([decided(draft)])).toEqual({
      unreadable: 0,
      tryOuts: 0,
      cases: [
        {
          conversationId: "100",
          at: 1_700_000_000_000,
          topic: null,
          intent: "question",
          language: "en",
          confidence: 0.9,
          isAudit: false,
          isRight: true,
          model: "test-model",
          promptHash: "0123456789ab",
          couldGoOut: true,
        },
      ],
    });
  });

  it("is about the policy's topic where the draft had one", () => {
    const topicOf = (topic: string | null) =>
      judgedCases([decided(draft, {}, { basis: basisOf(written({ topic })) })]).cases[0]?.topic;
    expect(topicOf("Billing")).toBe("Billing");
    expect(topicOf(null)).toBeNull();
  });

  it.each([
    ["a comma and a kind word", draft.replace("there.", "there, happily."), true],
    ["another number", draft.replace("12", "24"), false],
    ["a negation", draft.replace("you will find", "you will not find"), false],
    ["another name", draft.replace("Billing", "Team"), false],
    ["an added link", `${draft} https://help.example.com/billing`, false],
    [
      "another answer",
      "Please write to our billing team, they will send you what you need.",
      false,
    ],
  ])("after an edit of %s", (_edit, sent, expected) => {
    expect(isRight(decided(sent))).toBe(expected);
  });

  it("is wrong where it was rejected, or written anew before it was approved", () => {
    expect(isRight(decided(null))).toBe(false);
    const redrafted = decided(draft, {}, { basis: { ...basis, firstConfidence: 0.85 } });
    expect(judgedCases([redrafted]).cases[0]).toMatchObject({ isRight: false, confidence: 0.85 });
  });

  it("of an audit is one case, whatever else was stored with it", () => {
    const decision = { action: "reply", reason: "confident" } as const;
    const { cases } = judgedCases([
      decided("Fourteen days.", { decision, author: "teammate" }),
      decided(null, { decision, author: "automatic-reply" }),
      decided(draft, { decision, conversationId: "101" }),
    ]);
    expect(cases.map(({ isAudit, isRight: right }) => [isAudit, right])).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it("says whether the draft could have gone out by itself", () => {
    const reasons = ["review-mode", "low-confidence", "needs-human", "unknown-link"] as const;
    const could = reasons.map((reason) => {
      const answer = decided(draft, { decision: { action: "review", reason } });
      return judgedCases([answer]).cases[0]?.couldGoOut;
    });
    expect(could).toEqual([true, true, false, false]);
  });

  it("is none where nobody judged a draft, and counted where it is not known what was judged", () => {
    const { verdict, ...withoutVerdict } = decided(draft);
    const old = decided(draft, { verdict: { by: "Alice", reason: null } });
    const correction = decided(draft, { decision: { action: "review", reason: "audit-sample" } });
    expect(judgedCases([withoutVerdict, old, correction])).toEqual({
      cases: [],
      unreadable: 1,
      tryOuts: 0,
    });
  });

  it("is none where somebody typed the conversation on the chat page", () => {
    const taught = decided(draft, { conversationId: "chat-3f0c" });
    expect(judgedCases([taught, decided(null)])).toMatchObject({ cases: [{}], tryOuts: 1 });
  });
});
