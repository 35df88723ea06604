import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attachmentKey } from "../../../src/core/attachment-marks.ts";
import { builtInEscalations } from "../../../src/core/judging/built-in-escalations.ts";
import { holds } from "../../../src/core/judging/conditions.ts";
import { decideByRules } from "../../../src/core/judging/decide-by-rules.ts";
import { draftRequest } from "../../../src/core/judging/draft-request.ts";
import { factsOf } from "../../../src/core/judging/facts-of.ts";
import { turnStanding } from "../../../src/core/judging/standing.ts";
import { whyQuiet } from "../../../src/core/judging/why-quiet.ts";
import { explainDecision } from "../../../src/core/judging/wording.ts";
import type {
  Attributes,
  Condition,
  Escalation,
  ModeRule,
  NamedCondition,
} from "../../../src/core/policy.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type {
  Attachment,
  Conversation,
  Decision,
  Draft,
  Part,
  Policy,
} from "../../../src/core/types.ts";
import { unknown } from "../../../src/core/unknown.ts";
import {
  conversation,
  customer,
  draft,
  noon,
  part,
  policy,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

// What must hold for every conversation, every draft and every policy. Whatever says something to a
// customer by itself counts: a reply, an offer, and the words with a hand-off.

/** The first nearly always, so that enough goes out to say something about. */
const mostly = <Value>(usual: Value, ...rest: Value[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...rest) },
  );

const simple = fc.constantFrom<Condition>(
  {},
  { tag: ["vip"] },
  { channel: ["email"] },
  { words: ["refund"] },
  { language: ["de"] },
  { intent: ["complaint"] },
  { sentiment: ["angry"] },
  { topic: ["billing", "none"] },
  { says: ["The customer haggles"] },
  { confidence: { below: 0.6 } },
  { sign: ["asked_for_person", "legal_threat"] },
  { sameQuestionAgain: true },
  { customerTurns: { atLeast: 3 } },
  { questionsBack: { atLeast: 2 } },
  { segment: ["At risk"] },
  { plan: ["Gold"] },
  { contactAttribute: { Seats: { atLeast: 5 } } },
  { previousConversations: { atLeast: 1, ratingAtMost: 2 } },
);
const conditions = fc.oneof(
  simple,
  simple.map((not): Condition => ({ not })),
  fc.tuple(simple, simple).map((all): Condition => ({ all })),
  fc.tuple(simple, simple).map((any): Condition => ({ any })),
);
const named = <Rule>(rules: Rule[], list: string): (Rule & { name: string })[] =>
  rules.map((rule, index) => ({ ...rule, name: `${list} ${index}` }));
const targets = fc.constantFrom(null, { type: "team" as const, id: "12" });
const escalations = fc
  .array(
    fc.record({
      when: conditions,
      step: fc.constantFrom("review" as const, "at-once" as const, "offer-first" as const),
      to: targets,
      tell: fc.constantFrom(null, "nothing" as const, { any: "Wait." }),
    }),
    { maxLength: 3 },
  )
  .map((rules): Escalation[] => named(rules, "escalate"));
const modes = fc
  .array(
    fc.record({
      when: conditions,
      mode: fc.constantFrom<ModeRule["mode"]>("auto", "review", "note", "shadow"),
      percent: fc.constantFrom(0, 50, 100),
    }),
    { maxLength: 3 },
  )
  .map((rules): ModeRule[] => named(rules, "mode"));
const audiences = (list: string) =>
  fc
    .tuple(mostly(0, 1, 2), conditions, conditions)
    .map(([count, ...whens]) => whens.slice(0, count).map((when) => ({ when })))
    .map((rules): NamedCondition[] => named(rules, list));
const policies = fc
  .record({
    replyMode: mostly<Policy["replyMode"]>("auto", "review", "note", "shadow"),
    confidenceThreshold: mostly(0.8, 0, 0.5, 1),
    maxAutomaticReplies: mostly(5, 0, 1),
    handOffTo: targets,
    isDailyLimitSpent: mostly(false, true),
    draftOn: mostly<Policy["draftOn"]>(null, { tags: [], words: ["/draft"] }),
    ladder: mostly<Policy["ladder"]>(null, { errorLimit: 0.05, promotes: "asks" }),
    mode: fc.oneof(fc.constant<ModeRule[]>([]), modes),
    only: audiences("only"),
    never: audiences("never"),
    escalate: fc.oneof(fc.constant<Escalation[]>([]), escalations),
    hasBuiltIn: fc.boolean(),
  })
  .map(({ mode, only, never, escalate, hasBuiltIn, ...settings }): Policy => {
    const rules = [...escalate, ...(hasBuiltIn ? builtInEscalations : [])];
    return { ...policy, ...settings, rules: { mode, only, never, escalate: rules, guidance: [] } };
  });

const texts = mostly(
  "How do I log in to my account?",
  "how do i log in to my account",
  "I want a refund",
  "Can I talk to a human?",
  "yes please",
  "No, thanks for nothing",
  "My lawyer will call you",
);
const kinds = fc.constantFrom(
  "customer",
  "us",
  "customer",
  "us",
  "us",
  "teammate",
  "asks",
  "closed",
  "taken",
  "left",
);
const histories = fc
  .tuple(fc.array(fc.tuple(kinds, texts), { maxLength: 5 }), texts)
  .map(([before, last]): Part[] => [
    ...before.map(([kind, text]) => {
      if (kind === "asks") return part(teammate, "/draft", { kind: "note" });
      if (kind === "closed") return part(teammate, "", { kind: "event", closes: true });
      if (kind === "taken") return part(teammate, "", { kind: "event", assignedTo: teammate.id });
      // Long enough ago to count as gone.
      if (kind === "left") {
        const at = noon - 25 * 3_600_000;
        return part(teammate, "", { kind: "event", assignedTo: teammate.id, at });
      }
      if (kind === "us") return part(us, "Here is how.");
      return part(kind === "teammate" ? teammate : customer, text);
    }),
    part(customer, last),
  ]);
const image: Attachment = { kind: "image", name: null, contentType: null, url: null };
const file: Attachment = { ...image, kind: "file", name: "error.log" };
const conversations = fc
  .record({
    parts: histories,
    id: fc.nat({ max: 50 }).map(String),
    tags: fc.constantFrom<string[]>([], ["VIP"]),
    channel: fc.constantFrom("email", "conversation"),
    attributes: fc.constantFrom<Attributes>({}, { Seats: 9 }),
    customer: mostly<Conversation["customer"]>(null, unknown, {
      attributes: { Seats: "many" },
      tags: [],
      segments: ["At risk"],
      companies: unknown,
      conversations: unknown,
    }),
    attachments: mostly<Attachment[]>([], [image], [image, file]),
    waitedMs: mostly(5_000, 20 * 60_000),
  })
  .map(({ parts, attachments, waitedMs, ...about }): Conversation => {
    const last = parts.at(-1);
    if (last !== undefined) last.attachments = attachments;
    return conversation(parts, { ...about, readAt: (last?.at ?? 0) + waitedMs });
  });
const drafts = fc
  .record({
    confidence: mostly(1, 0, 0.3, 0.5, 0.79, 0.8),
    needsHuman: mostly(false, true),
    language: fc.constantFrom("de", "en"),
    intent: fc.constantFrom("question" as const, "complaint" as const, "thanks" as const),
    sentences: fc.constantFrom<Draft["sentences"]>(
      ...[true, false, null].map((holds) => [
        { sentence: "The customer haggles", holds, probability: null },
      ]),
      undefined,
    ),
    support: mostly<Draft["support"]>(
      undefined,
      { holds: true, probability: 0.9 },
      { holds: false, probability: 0.3 },
      { holds: null, probability: null },
    ),
    sentiment: fc.constantFrom<Draft["sentiment"]>("calm", "angry", undefined),
    topic: fc.constantFrom<Draft["topic"]>("billing", null, undefined),
    reply: mostly("Here is how.", ""),
    seenPlaces: mostly<number[]>([0, 1], [], [0], [1]),
    unknownLinks: mostly<string[]>([], ["https://evil.example"]),
  })
  .map(({ seenPlaces, ...more }) => ({ ...draft(more), seenPlaces }));

/** The newest message's attachments in these places, as a drafter says that the model saw them. */
function seenBy({ parts }: Conversation, places: number[]): string[] {
  const last = parts.at(-1);
  return last === undefined ? [] : places.map((place) => attachmentKey(last, place));
}

/** What is decided, or `null` where nothing is drafted. */
function decided(
  asked: Conversation,
  written: (Draft & { seenPlaces: number[] }) | null,
  rules: Policy,
): Decision | null {
  const request = draftRequest(asked, rules);
  const turn = request ?? unansweredTurn(asked);
  if (turn === null || whyQuiet(asked, rules) !== null) return null;
  const seen = seenBy(asked, written?.seenPlaces ?? []);
  const drafting =
    written === null
      ? { noDraft: { reason: "model-unavailable" as const, explanation: "The model is down." } }
      : { draft: { ...written, seen } };
  const standing = turnStanding(asked, turn, { seen, isAskedFor: request !== null });
  return decideByRules({ conversation: asked, turn }, drafting, rules, standing);
}

/** Whether a customer hears something that no person has seen. */
const speaks = (decision: Decision | null) =>
  decision?.action === "reply" ||
  decision?.action === "offer" ||
  (decision?.action === "hand-off" && decision.told !== null);

const check = (property: Parameters<typeof fc.assert>[0]) => fc.assert(property, { numRuns: 2000 });

describe("for every conversation, draft and policy", () => {
  it("no reply goes out that a threshold, an unseen part, a strange link or the model holds back", () => {
    let replies = 0;
    let withAttachments = 0;
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        const decision = decided(asked, written, rules);
        if (decision?.action !== "reply") return;
        replies += 1;
        expect(written.confidence).toBeGreaterThanOrEqual(rules.confidenceThreshold);
        expect(written.needsHuman).toBe(false);
        expect(written.support?.holds ?? written.support === undefined).toBe(true);
        expect(written.unknownLinks).toEqual([]);
        expect(asked.customer).not.toBe(unknown);
        const { length } = asked.parts.at(-1)?.attachments ?? [];
        withAttachments += length > 0 ? 1 : 0;
        for (let place = 0; place < length; place += 1) {
          expect(written.seenPlaces).toContain(place);
        }
        expect(written.reply).not.toBe("");
      }),
    );
    expect(replies).toBeGreaterThan(5);
    expect(withAttachments).toBeGreaterThan(0);
  });

  it("nothing is said by itself where a teammate has the conversation or the customer waited for long", () => {
    let spoken = 0;
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        const decision = decided(asked, written, rules);
        if (!speaks(decision)) return;
        spoken += 1;
        const turn = unansweredTurn(asked);
        if (turn === null) throw new Error("Nobody waits");
        const standing = turnStanding(asked, turn);
        expect(standing.isLeftByTeammate).toBe(false);
        expect(rules.isDailyLimitSpent).toBe(false);
        if (decision?.action === "reply") expect(rules.ladder).toBeNull();
        expect(standing.waitedMs).toBeLessThanOrEqual(rules.automaticReplyMaxAgeMs);
      }),
    );
    expect(spoken).toBeGreaterThan(5);
  });

  it("nothing is said by itself outside only and inside never, as far as the draft can tell", () => {
    let kept = 0;
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        const decision = decided(asked, written, rules);
        const turn = unansweredTurn(asked);
        if (decision === null || turn === null) return;
        if (decision.reason === "left-to-people") kept += 1;
        if (!speaks(decision)) return;
        const facts = factsOf(asked, turn, written);
        const { never, only } = rules.rules;
        expect(never.filter(({ when }) => holds(when, facts) !== "no")).toEqual([]);
        const isIn = only.some(({ when }) => holds(when, facts) === "yes");
        expect(only.length === 0 || isIn).toBe(true);
      }),
    );
    expect(kept).toBeGreaterThan(5);
  });

  it("nothing is said by itself where no mode lets replies go out", () => {
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        const mode = rules.rules.mode.filter((rule) => rule.mode !== "auto");
        const replyMode = rules.replyMode === "auto" ? "review" : rules.replyMode;
        const careful = { ...rules, replyMode, rules: { ...rules.rules, mode } };
        expect(speaks(decided(asked, written, careful))).toBe(false);
      }),
    );
  });

  it("nothing at all comes of a draft in the shadow, and what would have is told", () => {
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        const mode = {
          ...rules,
          replyMode: "shadow" as const,
          rules: { ...rules.rules, mode: [] },
        };
        const decision = decided(asked, written, mode);
        if (decision === null || draftRequest(asked, mode) !== null) return;
        expect(decision).toMatchObject({ action: "stay-quiet", reason: "shadow-mode" });
        const auto = decided(asked, written, { ...mode, replyMode: "auto" });
        expect(decision).toMatchObject({ would: `${auto?.action}: ${auto?.reason}` });
      }),
    );
  });

  it("nothing is said by itself of what a teammate asks for, and people get it", () => {
    let requests = 0;
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        if (draftRequest(asked, rules) === null) return;
        requests += 1;
        const decision = decided(asked, written, rules);
        expect(speaks(decision)).toBe(false);
        if (written.reply !== "") expect(["review", "note"]).toContain(decision?.action);
      }),
    );
    expect(requests).toBeGreaterThan(5);
  });

  it("a hand-off goes to somebody who is named, and is said only with the assignment", () => {
    let handOffs = 0;
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        const decision = decided(asked, written, rules);
        if (decision?.action !== "hand-off" && decision?.action !== "offer") return;
        handOffs += 1;
        const rule = rules.rules.escalate.find(({ name }) => name === decision.rule);
        expect(decision.target).toEqual(rule?.to ?? rules.handOffTo);
        expect(decision.target).not.toBeNull();
      }),
    );
    expect(handOffs).toBeGreaterThan(5);
  });

  it("a higher threshold or one more rule of escalate never makes a reply of something else", () => {
    check(
      fc.property(
        conversations,
        drafts,
        policies,
        escalations,
        fc.nat({ max: 3 }),
        (asked, written, rules, more, at) => {
          const before = decided(asked, written, rules);
          if (before?.action === "reply") return;
          const higher = { ...rules, confidenceThreshold: 1 };
          expect(decided(asked, written, higher)?.action).not.toBe("reply");
          const escalate = rules.rules.escalate.toSpliced(at, 0, ...more);
          const stricter = { ...rules, rules: { ...rules.rules, escalate } };
          expect(decided(asked, written, stricter)?.action).not.toBe("reply");
        },
      ),
    );
  });

  it("the order of rules that do not both fit does not matter", () => {
    const apart: Escalation[] = [
      { name: "mail", when: { channel: ["email"] }, step: "review", to: null, tell: null },
      { name: "chat", when: { channel: ["conversation"] }, step: "at-once", to: null, tell: null },
      { name: "fax", when: { channel: ["fax"] }, step: "offer-first", to: null, tell: null },
    ];
    const orders = fc.shuffledSubarray(apart, { minLength: apart.length });
    check(
      fc.property(conversations, drafts, policies, orders, (asked, written, rules, shuffled) => {
        const under = (escalate: Escalation[]) =>
          decided(asked, written, { ...rules, rules: { ...rules.rules, escalate } });
        expect(under(shuffled)).toEqual(under(apart));
      }),
    );
  });

  it("every decision has a reason in words, and a rule that it names exists and stands in them", () => {
    check(
      fc.property(
        conversations,
        fc.option(drafts, { nil: null }),
        policies,
        (asked, written, rules) => {
          const decision = decided(asked, written, rules);
          if (decision === null) return;
          const words = explainDecision(decision);
          expect(words).toMatch(/\w{3}/);
          if (decision.rule === undefined) return;
          const { mode, escalate, never } = rules.rules;
          const names = [...mode, ...escalate, ...never].map(({ name }) => name);
          expect([...names, "only"]).toContain(decision.rule);
          expect(words).toContain(decision.rule);
        },
      ),
    );
  });

  it("is decided the same each time", () => {
    check(
      fc.property(conversations, drafts, policies, (asked, written, rules) => {
        expect(decided(asked, written, rules)).toEqual(decided(asked, written, rules));
      }),
    );
  });
});
