import type { Facts } from "../facts.ts";
import type { Conversation, Decision, Drafting, Policy, Turn } from "../types.ts";
import { excludingRule } from "./audience.ts";
import { builtInWords } from "./built-in-escalations.ts";
import { decide } from "./decide.ts";
import { escalationFor } from "./escalations.ts";
import { factsOf } from "./facts-of.ts";
import { modeFor } from "./mode.ts";
import type { TurnStanding } from "./standing.ts";
import { toPeople } from "./to-people.ts";
import { whyNotOurs } from "./why-quiet.ts";

/** Decided by the mode alone: whatever else was found goes before it and has its own name. */
const modesReasons: Decision["reason"][] = ["confident", "review-mode", "note-mode"];
/**
 * What is wrong with the draft itself goes before what the customer's words ask for: whoever reviews
 * must know it.
 */
const draftsFaults: Decision["reason"][] = [
  "unseen-image",
  "unread-attachment",
  "missing-parts",
  "unknown-part",
  "customer-unread",
  "lookup-failed",
  "unknown-link",
  "repeats-prompt",
  "internal-source",
  "for-whom-unknown",
  "unsupported-claim",
  "outdated-answer",
  "doubted",
  "not-checked",
  "taken-for-spam",
];

/** What becomes of a draft under the policy file's rules and the built-in ones. */
export function decideByRules(
  { conversation, turn }: { conversation: Conversation; turn: Turn },
  drafting: Drafting,
  policy: Policy,
  standing: TurnStanding,
): Decision {
  const draft = "draft" in drafting ? drafting.draft : null;
  const facts = factsOf(conversation, turn, draft);
  const chosen = modeFor(policy, facts);
  const { mode, rule } = standing.isAskedFor
    ? forWhoeverAsks(chosen, conversation, turn, policy)
    : chosen;
  if (mode === "shadow") {
    const auto: Policy = { ...policy, replyMode: "auto", rules: { ...policy.rules, mode: [] } };
    const { action, reason } = decideByRules({ conversation, turn }, drafting, auto, standing);
    const would = `${action}: ${reason}`;
    const named = rule === null ? {} : { rule };
    return { action: "stay-quiet", reason: "shadow-mode", would, ...named };
  }
  const against =
    draft === null || standing.isAskedFor ? null : excludingRule(policy.rules, facts, true);
  if (against !== null) return { action: "note", reason: "left-to-people", rule: against };
  const decision = decide(drafting, { ...policy, replyMode: mode }, standing);
  const isByMode = rule !== null && modesReasons.includes(decision.reason);
  const byMode = isByMode ? { ...decision, rule } : decision;
  const about = {
    conversation,
    turn,
    standing,
    facts,
    policy,
    draft,
    isAutomatic: mode === "auto",
  };
  return toPeople(byMode, about) ?? escalate(byMode, facts, policy) ?? byMode;
}

/**
 * Where a teammate asks, nothing goes out by itself and nothing stays in the shadow. What could not be
 * sent from a card, such as an answer where somebody has answered, is a note.
 */
function forWhoeverAsks(
  { mode }: { mode: Policy["replyMode"] },
  conversation: Conversation,
  { basePartId }: Turn,
  policy: Policy,
) {
  const isOpen = whyNotOurs(conversation, basePartId, policy, { teammateId: null }) === null;
  const isForCard = isOpen && (mode === "auto" || mode === "review");
  return { mode: isForCard ? "review" : "note", rule: null } as const;
}

/** The decision that an escalation rule makes of this one, or `null` where none changes it. */
function escalate(decision: Decision, facts: Facts, { rules }: Policy): Decision | null {
  if (decision.action !== "reply" && decision.action !== "review") return null;
  // Whoever asked for it looks at it whatever the rules say.
  if (draftsFaults.includes(decision.reason) || decision.reason === "asked-for") return null;
  const escalation = escalationFor(rules.escalate, facts);
  if (escalation === null) return null;
  // What the operator wrote is named before what is built in.
  const isSaidByFile = decision.action === "review" && decision.rule !== undefined;
  if (isSaidByFile && escalation.name in builtInWords) return null;
  // That the model asks for a person itself says more than that it is unsure.
  if (decision.reason === "needs-human" && escalation.when.confidence !== undefined) return null;
  return { action: "review", reason: "escalated", rule: escalation.name };
}
