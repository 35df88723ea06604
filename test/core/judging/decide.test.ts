import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/judging/decide.ts";
import type { Draft, Policy, ReviewReason } from "../../../src/core/types.ts";
import { draft, policy, source } from "../../fixtures/conversations.ts";

const fresh = {
  waitedMs: 0,
  isWithPeople: false,
  isLeftByTeammate: false,
  unseen: null,
  repliesSoFar: 0,
};
const decided = (more: Partial<Draft>, rules: Partial<Policy> = {}, waitedMs = 0) =>
  decide({ draft: draft(more) }, { ...policy, ...rules }, { ...fresh, waitedMs });

describe("decide", () => {
  it.each([
    [0.8, "reply"],
    [0.81, "reply"],
    [0.7999, "review"],
    [0, "review"],
  ])("with confidence %d at threshold 0.8 decides %s", (confidence, action) => {
    expect(decided({ confidence }).action).toBe(action);
  });

  it.each([
    [0.8, { action: "reply", reason: "confident" }],
    [0.79, { action: "review", reason: "low-confidence" }],
    [undefined, { action: "review", reason: "not-calibrated" }],
  ])(
    "with a calibrated %d and THRESHOLD_ON=calibrated decides by that alone",
    (calibrated, then) => {
      for (const confidence of [0.1, 1]) {
        expect(decided({ confidence, calibrated }, { thresholdOn: "calibrated" })).toEqual(then);
      }
      expect(decided({ confidence: 0.9, calibrated: 0.1 }).action).toBe("reply");
    },
  );

  it("lets only topics go out that have earned it, where the policy has a ladder", () => {
    const ladder = { errorLimit: 0.05, promotes: "asks" } as const;
    const { intent, language, origin } = draft();
    const { model, promptHash } = origin;
    const topic = { topic: null, intent, language, model, promptHash };
    const notEarned = { action: "review", reason: "not-earned" };
    expect(decided({}, { ladder })).toEqual(notEarned);
    expect(decided({}, { ladder, earnedTopics: [topic] }).action).toBe("reply");
    expect(decided({}, { earnedTopics: [] }).action).toBe("reply");
    const billing = { ladder, earnedTopics: [{ ...topic, topic: "Billing" }] };
    expect(decided({ topic: "Billing" }, billing).action).toBe("reply");
    expect(decided({}, billing)).toEqual(notEarned);
    expect(decided({ topic: "Billing" }, { ladder, earnedTopics: [topic] })).toEqual(notEarned);
    for (const other of [
      { language: "xx" },
      { intent: "complaint" as const },
      { model: "another" },
      { promptHash: "another" },
    ]) {
      const earnedTopics = [{ ...topic, ...other }];
      expect(decided({}, { ladder, earnedTopics })).toEqual(notEarned);
    }
    expect(decided({}, { ladder, earnedTopics: [topic], replyMode: "review" }).action).toBe(
      "review",
    );
  });

  it("asks a person whenever the customer needs one, however confident the draft", () => {
    expect(decided({ confidence: 1, needsHuman: true })).toEqual({
      action: "review",
      reason: "needs-human",
    });
  });

  const told =
    'Never promise what others will do, or when they will do it, to any customer. Say "we are here on all days from nine to five and we are glad to help".';
  const origin = { ...draft().origin, prompt: { system: told, user: "", leftOut: [] } };

  it.each([
    "Sure: never promise what others will do, or when they will do it!",
    "NEVER **promise** what oth\u200bers will do or when they will do it",
  ])("keeps the prompt's own words from the customer (%j)", (reply) => {
    expect(decided({ reply, origin })).toEqual({ action: "review", reason: "repeats-prompt" });
  });

  it.each([
    "Others will do it, or when they will do it is open.",
    "We are here on all days from nine to five and we are glad to help.",
  ])("lets out what only resembles the prompt, or what it has in quotation marks (%j)", (reply) => {
    expect(decided({ reply, origin }).action).toBe("reply");
  });

  it("lets no link out that stands in none of the sources", () => {
    expect(decided({ unknownLinks: ["https://evil.example/reset"] })).toEqual({
      action: "review",
      reason: "unknown-link",
    });
  });

  it.each(["", " ", "\u00a0\n", "\u200b\u200d\ufeff", "&nbsp;", "\u2060\u00ad\u3000"])(
    "takes a reply of what nobody sees for an empty one (%j)",
    (reply) => {
      expect(decided({ reply })).toEqual({ action: "note", reason: "empty-draft" });
    },
  );

  it("shows a draft that rests on internal material to a person first", () => {
    const internal = source({ isInternal: true });
    expect(decided({ usedSources: [internal] })).toEqual({
      action: "review",
      reason: "internal-source",
    });
  });

  it("shows a draft to a person first that rests on an answer which an article has overtaken", () => {
    const differs = [
      { says: "14 days", articleSays: "30 days", sentence: "", articleSentence: "" },
    ];
    const outdated = { title: "Refunds", url: null, at: 1, isInternal: false, differs };
    const answer = source({ kind: "answer", outdated });
    const asked = { action: "review", reason: "outdated-answer" };
    expect(decided({ usedSources: [source(), answer] })).toEqual(asked);
    expect(decided({ usedSources: [source()] }).action).toBe("reply");
  });

  it("sends nothing by itself to a customer who has waited for more than 15 minutes", () => {
    expect(decided({}, {}, 15 * 60_000).action).toBe("reply");
    expect(decided({}, {}, 15 * 60_000 + 1)).toEqual({ action: "review", reason: "waited-long" });
  });

  it("does not let a nudge undo that people were asked", () => {
    const nudged = { ...fresh, isWithPeople: true };
    expect(decide({ draft: draft() }, policy, nudged)).toEqual({
      action: "review",
      reason: "with-people",
    });
  });

  it("asks a person after so many replies in one conversation", () => {
    const replied = (repliesSoFar: number) =>
      decide({ draft: draft() }, policy, { ...fresh, repliesSoFar });
    expect(replied(4).action).toBe("reply");
    expect(replied(5)).toEqual({ action: "review", reason: "many-replies" });
  });

  it("obeys the reply mode", () => {
    expect(decided({}, { replyMode: "review" })).toEqual({
      action: "review",
      reason: "review-mode",
    });
    expect(decided({}, { replyMode: "note" })).toEqual({ action: "note", reason: "note-mode" });
  });

  it("leaves thanks without an answer, but only when it is sure", () => {
    const thanks = { reply: " ", intent: "thanks" } as const;
    expect(decided(thanks)).toEqual({ action: "stay-quiet", reason: "no-answer-needed" });
    expect(decided({ ...thanks, confidence: 0.5 })).toEqual({
      action: "note",
      reason: "empty-draft",
    });
    expect(decided({ ...thanks, needsHuman: true }).action).toBe("note");
  });

  it("notes when there is no draft or an empty one", () => {
    const noDraft = { reason: "model-unavailable", explanation: "It was down." } as const;
    expect(decide({ noDraft }, policy, fresh)).toEqual({
      action: "note",
      reason: "no-draft",
    });
    expect(decided({ reply: "" })).toEqual({ action: "note", reason: "empty-draft" });
  });
});

describe("what the model was not shown", () => {
  const unseenAs = (unseen: ReviewReason, more: Partial<Draft> = {}, rules: Partial<Policy> = {}) =>
    decide({ draft: draft(more) }, { ...policy, ...rules }, { ...fresh, unseen });

  it.each(["unread-attachment", "missing-parts", "unknown-part"] as const)(
    "keeps a draft from going out by itself: %s",
    (reason) => {
      expect(unseenAs(reason, { confidence: 1 })).toEqual({ action: "review", reason });
      expect(unseenAs(reason, { needsHuman: true })).toEqual({ action: "review", reason });
    },
  );

  it("is no reason to think that thanks need no answer", () => {
    const thanks = { reply: "", intent: "thanks" } as const;
    expect(unseenAs("unread-attachment", thanks).action).toBe("note");
  });

  it("is only noted where everything is", () => {
    expect(unseenAs("unread-attachment", {}, { replyMode: "note" }).reason).toBe("note-mode");
  });
});

describe("spam", () => {
  it.each(["auto", "review", "note"] as const)("is noted as such in mode %s", (replyMode) => {
    const spam = { reply: "", intent: "spam" } as const;
    expect(decided(spam, { replyMode })).toEqual({ action: "note", reason: "taken-for-spam" });
  });

  it("is shown to a person where the model answered it nevertheless", () => {
    expect(decided({ intent: "spam", confidence: 1 })).toEqual({
      action: "review",
      reason: "taken-for-spam",
    });
  });
});
