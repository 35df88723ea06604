import { describe, expect, it } from "vitest";
import {
  explainConversation,
  type ServiceKnowledge,
} from "../../../src/core/explaining/explain-conversation.ts";
import { createRecentJourneys } from "../../../src/core/explaining/recent-journeys.ts";
import { explainDecision } from "../../../src/core/judging/wording.ts";
import { markLine, type NoteMark } from "../../../src/core/note-marks.ts";
import type { Hint, JourneyReport, Policy } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  draft,
  noon,
  part,
  policy,
  recallOf,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

const hint = (from: Hint["from"], partId: string | null = null): Hint => ({
  conversationId: "c1",
  from,
  partId,
  contactId: null,
  text: "",
});

/** A service that has run for an hour before noon; the test sets its clock and what it has seen. */
function createKnowledge() {
  let now = noon - 3_600_000;
  const journeys = createRecentJourneys(() => now);
  const knowledge: ServiceKnowledge = {
    journeys,
    isGivenUp: () => false,
    basePartIds: new Map(),
    isOneOfSeveral: false,
  };
  return {
    journeys,
    knowledge,
    at(time: number) {
      now = time;
    },
  };
}

const asked = () => part(customer, "My secret question", { at: noon + 5_400 });
const note = (mark: NoteMark) =>
  part(us, `A note.\n\n${markLine(mark)}`, { kind: "note", at: noon + 9_000 });
const explain = (
  parts: Parameters<typeof conversation>[0],
  service: ServiceKnowledge | null = null,
  more: Partial<Policy> = {},
  state: Parameters<typeof conversation>[1] = {},
) => explainConversation("c1", conversation(parts, state), { ...policy, ...more }, service);

describe("explainConversation", () => {
  it("tells in order what Intercom and the service know, without a customer's word", () => {
    const message = asked();
    const service = createKnowledge();
    service.at(noon + 5_500);
    service.journeys.hinted(hint("webhook", message.id));
    service.at(noon + 8_000);
    const theirs = { id: "1", forWhom: { brands: ["Beta"] }, why: "brand" as const };
    const report: JourneyReport = {
      conversationId: "c1",
      from: "webhook",
      startedAt: noon + 5_600,
      channel: "email",
      turn: { basePartId: message.id, messages: [message], earlier: [] },
      recall: {
        ...recallOf(),
        failures: ["memory"],
        leftOut: [
          { ...theirs, kind: "article", title: "Refunds at Beta" },
          { ...theirs, kind: "answer", title: "My secret question" },
        ],
      },
      drafting: { draft: draft({ confidence: 0.55, reply: "My secret answer" }) },
      decision: { action: "review", reason: "low-confidence" },
      unseen: null,
      outcome: { kind: "in-review", card: { id: "C1:1.2", url: null, holdsDraft: true } },
      steps: [
        { name: "draft", startedMs: 10, durationMs: 2_000 },
        { name: "read", startedMs: 0, durationMs: 3 },
      ],
    };
    service.journeys.ended(report);
    const marked = note({ basePartId: message.id, outcome: "in-review", cardId: "C1:1.2" });
    const explained = explain([message, marked], service.knowledge);
    expect(explained.timeline.map(({ words }) => words)).toEqual([
      "the customer wrote 18 characters",
      "a notification arrived",
      `looked at because a notification arrived: recalled 0 answers, 1 article, 0 earlier messages (not asked: memory), left out what is for others: “Refunds at Beta” (brand Beta), an answer (brand Beta); drafted with a confidence of 55 %; decided review: ${explainDecision({ action: "review", reason: "low-confidence" })}; a card asks people in Slack (2.4 s: draft 2.0)`,
      "our note says: a drafted reply waits for review in Slack",
    ]);
    expect(explained).toMatchObject({
      now: { state: "quiet", reason: "already-handled" },
      toDo: expect.stringMatching(/^Decide the card in Slack/),
      unknown: [],
    });
    expect(JSON.stringify(explained)).not.toMatch(/secret/);
  });

  it("says that a notification is on its way through, and waits", () => {
    const message = asked();
    const service = createKnowledge();
    service.at(noon + 5_500);
    service.journeys.hinted(hint("webhook", message.id));
    expect(explain([message], service.knowledge)).toMatchObject({
      now: { state: "waiting", reason: null },
      next: expect.stringMatching(/goes out by itself if its confidence reaches 80 %/),
      toDo: expect.stringMatching(/^Wait: it is being looked at/),
    });
  });

  it("says that no notification came, where none did", () => {
    expect(explain([asked()], createKnowledge().knowledge).toDo).toMatch(
      /^Wait for the next sweep.*no notification/,
    );
  });

  it("says what broke off and must be mended", () => {
    const service = createKnowledge();
    service.at(noon + 6_000);
    service.journeys.hinted(hint("webhook"));
    service.at(noon + 7_000);
    const error = new Error("[intercom] GET /conversations/c1 → 503");
    service.journeys.brokeOff(hint("webhook"), noon + 6_100, error);
    const { toDo, timeline } = explain([asked()], service.knowledge);
    expect(toDo).toMatch(/^Mend what stands in the way.*GET \/conversations\/c1 → 503$/);
    expect(timeline.at(-1)?.words).toMatch(/broke off, to be looked at again: \[intercom\]/);
  });

  it.each([
    ["review", {}, /drafted, and people are asked \(REPLY_MODE\)/],
    ["note", {}, /left as a note \(REPLY_MODE\)/],
    ["auto", { automaticReplyMaxAgeMs: 1_000 }, /waited too long for an automatic one/],
  ] as const)("says what would happen now in mode %s", (replyMode, more, expected) => {
    expect(explain([asked()], null, { replyMode, ...more }).next).toMatch(expected);
  });

  it("says what keeps it quiet, until when, and what can be done", () => {
    const taken = part(teammate, "I am on it", { at: noon });
    const again = part(customer, "Are you?", { at: noon + 60_000 });
    expect(explain([asked(), taken, again])).toMatchObject({
      now: { state: "quiet", reason: "teammate-active" },
      next: "Nothing before 2026-01-11T08:00:00.000Z; then it is looked at again.",
      toDo: expect.stringMatching(/TEAMMATE_PATIENCE_HOURS/),
    });
    expect(explain([asked()], null, {}, { state: "closed" })).toMatchObject({
      now: { reason: "conversation-closed", words: "The conversation is closed." },
      next: expect.stringMatching(/^Nothing, until somebody writes/),
    });
  });

  it("names the policy file's rule that leaves it to people", () => {
    const rules = {
      ...policy.rules,
      never: [{ name: "VIP", when: { channel: ["conversation"] } }],
    };
    const { now } = explain([asked()], null, { rules: rules as unknown as Policy["rules"] });
    expect(now.reason).toBe("excluded-by-policy");
    expect(now.words).toContain("“VIP”");
  });

  it("says that a turn was given up after three refusals", () => {
    const service = { ...createKnowledge().knowledge, isGivenUp: () => true };
    expect(explain([asked()], service)).toMatchObject({
      now: { reason: "given-up" },
      toDo: expect.stringMatching(/INTERCOM_ADMIN_ID/),
    });
  });

  it.each(["noted", "rejected", "no-answer-needed", "taken-over"] as const)(
    "says what to do about a note that says %s",
    (outcome) => {
      const message = asked();
      const marked = note({ basePartId: message.id, outcome, cardId: null });
      const { timeline, toDo } = explain([message, marked]);
      expect(timeline.at(-1)?.words).toMatch(/^our note/);
      expect(toDo).not.toBe("");
    },
  );

  it("says of a conversation that is not there that it is gone", () => {
    expect(explainConversation("c1", null, policy, null)).toMatchObject({
      url: null,
      timeline: [],
      now: { state: "gone", reason: "conversation-gone" },
    });
  });

  it("says what it cannot know: another life, another process, parts that are out of sight", () => {
    const service = createKnowledge();
    const old = part(customer, "Hello", { at: noon - 7_200_000 });
    expect(explain([old, asked()], service.knowledge).unknown).toEqual([
      expect.stringMatching(/before its start at 2026-01-10T07:00:00.000Z is gone/),
    ]);
    const replica = { ...createKnowledge().knowledge, isOneOfSeveral: true };
    expect(explain([asked()], replica).unknown).toEqual([
      expect.stringMatching(/^Only this replica was asked/),
    ]);
    expect(explain([asked()], null, {}, { isCut: true }).unknown).toEqual([
      expect.stringMatching(/The service was not asked/),
      expect.stringMatching(/only the newest parts/),
    ]);
  });
});
