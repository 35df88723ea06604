import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInEscalations } from "../../../src/core/judging/built-in-escalations.ts";
import { decideByRules } from "../../../src/core/judging/decide-by-rules.ts";
import { factsOf } from "../../../src/core/judging/facts-of.ts";
import { mayBeAutomatic } from "../../../src/core/judging/mode.ts";
import { placeOf } from "../../../src/core/judging/share.ts";
import { whyQuiet } from "../../../src/core/judging/why-quiet.ts";
import { explainDecision } from "../../../src/core/judging/wording.ts";
import {
  type Attributes,
  type Condition,
  type ModeRule,
  noRules,
  type PolicyRules,
} from "../../../src/core/policy.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Conversation } from "../../../src/core/types.ts";
import { conversation, customer, draft, part, policy, us } from "../../fixtures/conversations.ts";

const sure = {
  waitedMs: 0,
  isWithPeople: false,
  isLeftByTeammate: false,
  unseen: null,
  repliesSoFar: 0,
};
const replyModes = ["auto", "review", "note"] as const;
const conditions = fc.constantFrom<Condition>(
  {},
  { tag: ["vip"] },
  { not: { tag: ["vip"] } },
  { channel: ["email"] },
  { words: ["refund"] },
  { language: ["de"] },
  { not: { language: ["de"] } },
  { conversationAttribute: { Seats: { atLeast: 5 } } },
  { any: [{ tag: ["vip"] }, { intent: ["complaint"] }] },
);
const modeRules = fc
  .array(
    fc.record({
      when: conditions,
      mode: fc.constantFrom(...replyModes),
      percent: fc.constantFrom(0, 50, 100),
    }),
    { maxLength: 4 },
  )
  .map((rules): ModeRule[] => rules.map((rule, index) => ({ ...rule, name: `rule ${index}` })));
const conversations = fc
  .record({
    id: fc.nat({ max: 1000 }).map(String),
    tags: fc.constantFrom<string[]>([], ["VIP"]),
    channel: fc.constantFrom("email", "conversation"),
    attributes: fc.constantFrom<Attributes>({}, { Seats: 3 }, { Seats: 9 }, { Seats: "many" }),
    text: fc.constantFrom("A refund, please", "How do I log in?"),
  })
  .map(({ text, ...about }): Conversation => conversation([part(customer, text)], about));
const drafts = fc
  .record({
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    needsHuman: fc.boolean(),
    language: fc.constantFrom("de", "en"),
    intent: fc.constantFrom("question" as const, "complaint" as const),
  })
  .map((more) => draft(more));

function turnOf(asked: Conversation) {
  const turn = unansweredTurn(asked);
  if (turn === null) throw new Error("Nobody waits");
  return turn;
}

function decided(
  asked: Conversation,
  rules: PolicyRules,
  written = draft(),
  standing: Parameters<typeof decideByRules>[3] = sure,
  replyMode: (typeof replyModes)[number] = "note",
) {
  const about = { conversation: asked, turn: turnOf(asked) };
  const whole = { ...policy, replyMode, rules };
  return decideByRules(about, { draft: written }, whole, standing);
}

describe("a decision under the rules of the policy file", () => {
  it("sends nothing by itself that another reason holds back, whatever the rules", () => {
    fc.assert(
      fc.property(conversations, modeRules, drafts, (asked, mode, written) => {
        const rules = { ...noRules, mode };
        const { action } = decided(asked, rules, written);
        if (written.confidence < policy.confidenceThreshold || written.needsHuman) {
          expect(action).not.toBe("reply");
        }
        const seen = { ...sure, unseen: "unread-attachment" as const };
        expect(decided(asked, rules, written, seen).action).not.toBe("reply");
      }),
    );
  });

  it("never becomes a reply by a rule that is put before the others and asks people", () => {
    const mode = fc.constantFrom("review" as const, "note" as const);
    fc.assert(
      fc.property(
        conversations,
        modeRules,
        conditions,
        mode,
        drafts,
        (asked, some, when, careful, written) => {
          const before = decided(asked, { ...noRules, mode: some }, written).action;
          const more = [{ name: "people", when, mode: careful, percent: 100 }, ...some];
          const after = decided(asked, { ...noRules, mode: more }, written).action;
          if (before !== "reply") expect(after).not.toBe("reply");
        },
      ),
    );
  });

  it("names a rule only where the mode decided, and then one that exists", () => {
    fc.assert(
      fc.property(conversations, modeRules, drafts, (asked, mode, written) => {
        const decision = decided(asked, { ...noRules, mode }, written);
        const names = [undefined, ...mode.map(({ name }) => name)];
        expect(names).toContain(decision.rule);
        if (decision.rule !== undefined) expect(explainDecision(decision)).toContain(decision.rule);
      }),
    );
  });

  it("was foreseen before the draft: what may not go out by itself then does not", () => {
    fc.assert(
      fc.property(conversations, modeRules, drafts, (asked, mode, written) => {
        const rules = { ...noRules, mode };
        const facts = factsOf(asked, turnOf(asked), null);
        const whole = { ...policy, replyMode: "note" as const, rules };
        if (!mayBeAutomatic(whole, facts)) {
          expect(decided(asked, rules, written).action).not.toBe("reply");
        }
      }),
    );
  });

  it("is no reply to whoever asks for a person since the last close, under any mode", () => {
    const asking = conversation([part(customer, "Let me talk to a human")]);
    const builtIn = { ...noRules, escalate: builtInEscalations };
    const review = { action: "review", reason: "escalated", rule: "human_request" };
    expect(decided(asking, builtIn, draft(), sure, "auto")).toEqual(review);
    const mode: ModeRule[] = [{ name: "all", when: {}, mode: "auto", percent: 100 }];
    expect(decided(asking, { ...builtIn, mode })).toEqual(review);
    const reopened = conversation([
      part(customer, "Let me talk to a human"),
      part(us, "", { kind: "event", closes: true }),
      part(customer, "How do I log in?", { opens: true }),
    ]);
    expect(decided(reopened, builtIn, draft(), sure, "auto").action).toBe("reply");
  });

  it("is the settings' where there are no rules", () => {
    const asked = conversation([part(customer, "How?")]);
    const decisions = replyModes.map((mode) => decided(asked, noRules, draft(), sure, mode));
    expect(decisions).toEqual([
      { action: "reply", reason: "confident" },
      { action: "review", reason: "review-mode" },
      { action: "note", reason: "note-mode" },
    ]);
  });

  it("takes the most careful mode that may fit where a rule asks what nobody can say", () => {
    const when = { conversationAttribute: { Seats: { atLeast: 5 } } };
    const mode: ModeRule[] = [
      { name: "large", when, mode: "review", percent: 100 },
      { name: "rest", when: {}, mode: "auto", percent: 100 },
    ];
    const withSeats = (attributes: Conversation["attributes"]) =>
      decided(conversation([part(customer, "How?")], { attributes }), { ...noRules, mode });
    expect(withSeats({ Seats: 9 }).rule).toBe("large");
    expect(withSeats({ Seats: 3 }).rule).toBe("rest");
    expect(withSeats({}).rule).toBe("rest");
    expect(withSeats({ Seats: "many" }).rule).toBe("large");
  });
});

describe("a share of the conversations", () => {
  it("is the same each time and about as large as asked for", () => {
    const places = Array.from({ length: 10_000 }, (_, index) =>
      placeOf(String(215_000_000 + index)),
    );
    expect(places.every((place) => place >= 0 && place < 100)).toBe(true);
    const tenth = places.filter((place) => place < 10).length;
    expect(tenth).toBeGreaterThan(900);
    expect(tenth).toBeLessThan(1100);
  });
});

describe("who is answered at all", () => {
  const lawyer = { name: "legal", when: { words: ["Lawyer"] } };
  const quiet = (asked: Conversation, rules: Partial<PolicyRules>) =>
    whyQuiet(asked, { ...policy, rules: { ...noRules, ...rules } });

  it("is not whom a rule of never fits, by whole words and in any case", () => {
    const saying = (text: string) =>
      quiet(conversation([part(customer, text)]), { never: [lawyer] });
    expect(saying("my LAWYER, then")).toBe("excluded-by-policy");
    expect(saying("the lawyers' plan")).toBeNull();
  });

  it("does not depend on what was said before the conversation was last closed", () => {
    const reopened = conversation([
      part(customer, "my lawyer will call"),
      part(us, "", { kind: "event", closes: true }),
      part(customer, "How do I log in?", { opens: true }),
    ]);
    expect(quiet(reopened, { never: [lawyer] })).toBeNull();
  });

  it("is only whom a rule of only surely fits, and never goes first", () => {
    const vip = { name: "vip", when: { tag: ["vip"] } };
    const tagged = conversation([part(customer, "How?")], { tags: ["VIP"] });
    const untagged = conversation([part(customer, "How?")]);
    expect(quiet(tagged, { only: [vip] })).toBeNull();
    expect(quiet(untagged, { only: [vip] })).toBe("excluded-by-policy");
    expect(quiet(tagged, { only: [vip], never: [vip] })).toBe("excluded-by-policy");
  });
});
