import { describe, expect, it } from "vitest";
import { conversationFacts } from "../../../src/core/insight/conversation-facts.ts";
import { insightOf } from "../../../src/core/insight/insight.ts";
import {
  noteInReview,
  noteWithDraft,
  noteWithoutDraft,
} from "../../../src/core/judging/wording.ts";
import { markLine } from "../../../src/core/note-marks.ts";
import type { Conversation, Part } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  draft,
  fin,
  noon,
  part,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

const minute = 60_000;
const day = 86_400_000;
const at = (minutes: number) => ({ at: noon + minutes * minute });
const facts = (parts: Part[], more: Partial<Conversation> = {}) =>
  conversationFacts(conversation(parts, more), (text) => text.replaceAll("secret", "•"));
const turnOf = (asked: Part) => ({ basePartId: asked.id, messages: [asked], earlier: [] });
const card = { id: "C1-1.1", url: null, holdsDraft: true };
const none = { verdicts: [], corrections: [], wrong: [] };
const insight = (
  all: ReturnType<typeof facts>[],
  verdicts: Parameters<typeof insightOf>[1] = none,
  now = noon + 30 * day,
) => insightOf(all, verdicts, { from: noon - day, until: now, now });

describe("what a conversation says of the service", () => {
  const asked = part(customer, "How long is the secret trial?", at(0));

  it("is an automatic reply where no note of ours asks people about it", () => {
    const [turn] = facts([asked, part(us, "14 days.", at(1))]).turns;
    expect(turn).toMatchObject({ outcome: "automatic", answeredAt: noon + minute, reason: null });
  });

  it("is a reviewed one where a card was decided, with how long that took and why people were asked", () => {
    const note = noteInReview(turnOf(asked), draft(), { reason: "low-confidence" }, card, []);
    const parts = [asked, part(us, note, { kind: "note", ...at(1) }), part(us, "14 days.", at(11))];
    expect(facts(parts)).toMatchObject({
      gap: "How long is the • trial?",
      turns: [
        {
          outcome: "reviewed",
          reason: "low-confidence",
          cardAt: noon + minute,
          decidedAt: noon + 11 * minute,
          decision: "sent",
        },
      ],
    });
  });

  it("names the rule that asked for a person, and says where there was no draft", () => {
    const decision = { reason: "escalated" as const, rule: "Refunds" };
    const ruled = noteInReview(turnOf(asked), draft(), decision, card, []);
    const empty = noteWithoutDraft(turnOf(asked), null, null, []);
    const reason = (note: string) =>
      facts([asked, part(us, note, { kind: "note" })]).turns[0]?.reason;
    expect(reason(ruled)).toBe("rule Refunds");
    expect(reason(empty)).toBe("no-draft");
  });

  it("is the teammate's where they answered, whatever was noted; what the note quotes says nothing", () => {
    const quoting = draft({ reply: "The customer needs a person" });
    const note = noteWithDraft(turnOf(asked), quoting, "Every draft is noted", {
      known: [],
      forTeam: [],
    });
    const parts = [asked, part(us, note, { kind: "note" }), part(teammate, "14 days.", at(3))];
    expect(facts(parts)).toMatchObject({
      gap: null,
      turns: [{ outcome: "teammate", reason: null, decision: null }],
    });
  });

  it.each([
    ["handing-over", "handed-over"],
    ["offered", "offered"],
    ["no-answer-needed", "no-answer-needed"],
  ] as const)("takes our note %s for what it says", (marked, outcome) => {
    const mark = markLine({ basePartId: asked.id, outcome: marked, cardId: null });
    const note = part(us, `Something.\n\n${mark}`, { kind: "note" });
    expect(facts([asked, note]).turns[0]?.outcome).toBe(outcome);
  });

  it("is Fin's, waiting, or closed without an answer otherwise", () => {
    const answered = part(fin, "14 days.", { isAiAnswer: true });
    expect(facts([asked, answered]).turns[0]?.outcome).toBe("other-bot");
    expect(facts([asked]).turns[0]?.outcome).toBe("waiting");
    expect(facts([asked], { state: "closed" }).turns[0]?.outcome).toBe("unanswered");
  });
});

describe("the numbers of /insight", () => {
  const closing = (minutes: number) =>
    part(teammate, "", { kind: "event", closes: true, ...at(minutes) });
  const asked = () => part(customer, "How long is the trial?", at(0));
  const automatic = (...more: Part[]) =>
    facts([asked(), part(us, "14 days.", at(1)), ...more], {
      state: "closed",
    });

  it("count a resolution as durable after seven quiet days, and neither younger nor open ones", () => {
    const stayed = automatic(closing(5));
    const again = automatic(closing(5), part(customer, "Still?", at(600)), closing(700));
    const open = facts([asked(), part(us, "14 days.", at(1))]);
    const byPeople = automatic(part(teammate, "Hello!", at(3)), closing(5));
    const all = [stayed, again, open, byPeople];
    expect(insight(all).durable).toMatchObject({ count: 1, of: 2, tooYoung: 1 });
    const sixDays = insight([stayed, again], none, noon + 6 * day);
    expect(sixDays.durable).toMatchObject({ count: 0, of: 1, tooYoung: 1 });
  });

  it("say the share that was answered by itself, of what was answered", () => {
    const all = [
      automatic(),
      automatic(),
      facts([asked(), part(teammate, "14.", at(9))]),
      facts([asked()]),
    ];
    const { automatic: share, outcomes, days, turns } = insight(all);
    expect(share).toMatchObject({ count: 2, of: 3 });
    expect(share.from).toBeLessThan(2 / 3);
    expect(turns).toBe(4);
    expect(outcomes).toMatchObject({ automatic: 2, teammate: 1, waiting: 1 });
    expect(days).toMatchObject([{ day: "2026-01-10", outcomes: { automatic: 2 } }]);
  });

  it("count drafts where a reply or a note of ours shows one", () => {
    const note = noteWithDraft(turnOf(asked()), draft(), "Every draft is noted", {
      known: [],
      forTeam: [],
    });
    const first = asked();
    const noted = noteWithDraft(
      turnOf(first),
      draft(),
      "It is not sure enough to answer by itself",
      {
        known: [],
        forTeam: [],
      },
    );
    const empty = noteWithoutDraft(turnOf(first), null, null, []);
    const answered = (text: string) =>
      facts([first, part(us, text, { kind: "note" }), part(teammate, "14.", at(9))]);
    const all = [automatic(), answered(noted), answered(empty), answered(note), facts([asked()])];
    expect(insight(all).drafted).toBe(2);
  });

  it("leave out turns outside the period, and say where people came in", () => {
    const two = facts([
      asked(),
      part(us, "14 days.", at(1)),
      part(customer, "And then?", at(2 * 1440)),
      part(teammate, "Then you pay.", at(2 * 1440 + 30)),
    ]);
    expect(insight([two]).escalations).toContainEqual({ turn: "second", count: 1 });
    const first = insightOf([two], none, { from: noon - day, until: noon + day, now: noon + day });
    expect(first.turns).toBe(1);
    expect(first.outcomes.teammate).toBe(0);
  });

  it("say half and nine of ten of the times", () => {
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((minutes) =>
      facts([asked(), part(teammate, "14.", at(minutes))]),
    );
    const times = insight(all).firstAnswer.find(({ by }) => by === "teammate")?.times;
    expect(times).toEqual({ count: 10, half: 5 * minute, nineOfTen: 9 * minute });
  });

  it("average ratings of those without a teammate apart from the others", () => {
    const rated = (rating: number, ...more: Part[]) =>
      facts([asked(), part(us, "14 days.", at(1)), ...more], { rating });
    const all = [rated(5), rated(3), rated(1, part(teammate, "Sorry.", at(4)))];
    expect(insight(all).ratings).toEqual([
      { whose: "automatic", count: 2, average: 4, good: 1 },
      { whose: "people", count: 1, average: 1, good: 0 },
    ]);
  });

  it("tell audits from decisions about drafts, and count corrections", () => {
    const verdict = { at: noon, topic: "question · en", confidence: 0.95 };
    const verdicts = [
      { ...verdict, isAudit: true, isRight: true },
      { ...verdict, isAudit: true, isRight: false },
      { ...verdict, isAudit: false, isRight: true },
    ];
    const corrections = [{ at: noon, wasSent: true }];
    const wrong = [
      { at: noon, foundBy: "audit" as const, draftedFrom: ["m1", "m2"] },
      { at: noon, foundBy: "customer" as const, draftedFrom: ["m2"] },
    ];
    const found = insight([], { verdicts, corrections, wrong });
    expect(found.audited).toMatchObject({ count: 1, of: 2 });
    expect(found.accepted).toMatchObject({ count: 1, of: 1 });
    expect(found.corrections).toEqual({
      byAudit: 1,
      byCustomer: 1,
      sent: 1,
      rejected: 0,
    });
    expect(found.wrongSources).toEqual([
      { id: "m2", replies: 2 },
      { id: "m1", replies: 1 },
    ]);
    expect(found.topics).toMatchObject([{ topic: "question · en", right: { of: 1 } }]);
  });
});
