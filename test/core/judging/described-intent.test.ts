import { describe, expect, it } from "vitest";
import { describedIntent } from "../../../src/core/judging/described-intent.ts";
import { intents } from "../../../src/core/types.ts";
import { draft } from "../../fixtures/conversations.ts";

describe("what a customer wants, in the words of triage", () => {
  it.each([
    [{ intent: "question" }, "How?", "faq_question"],
    [{ intent: "problem" }, "It fails.", "technical_question"],
    [{ intent: "problem", urgency: "high" }, "All is lost.", "urgent_problem"],
    [{ intent: "question", asksBack: true }, "It does not work", "incomplete_info"],
    [{ intent: "problem", asksBack: true, urgency: "high" }, "It is down", "urgent_problem"],
    [{ intent: "request", urgency: "high" }, "I want to talk to a human", "human_request"],
    [{ intent: "feedback", urgency: "high" }, "Love it", "feedback"],
    [{ intent: "thanks", urgency: "high" }, "Thanks", null],
    [{ intent: "spam" }, "talk to a human about loans", null],
  ] as const)("of %j and “%s” is %s", (fields, text, expected) => {
    expect(describedIntent(draft(fields), text)).toBe(expected);
  });

  it("needs nothing but the intent", () => {
    for (const intent of intents) expect(() => describedIntent({ intent }, "")).not.toThrow();
  });
});
