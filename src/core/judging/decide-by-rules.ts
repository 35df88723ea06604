import type { Conversation, Decision, Drafting, Policy, Turn } from "../types.ts";
import { decide } from "./decide.ts";
import { factsOf } from "./facts-of.ts";
import { modeFor } from "./mode.ts";
import { asksForPerson } from "./person-phrases.ts";
import type { TurnStanding } from "./standing.ts";

/** Decided by the mode alone: whatever else was found goes before it and has its own name. */
const modesReasons: Decision["reason"][] = ["confident", "review-mode", "note-mode"];

/** What becomes of a draft, with the mode that the policy file's rules choose for this conversation. */
export function decideByRules(
  { conversation, turn }: { conversation: Conversation; turn: Turn },
  drafting: Drafting,
  policy: Policy,
  standing: TurnStanding,
): Decision {
  const draft = "draft" in drafting ? drafting.draft : null;
  const facts = factsOf(conversation, turn, draft);
  const { mode, rule } = modeFor(policy, facts);
  const decision = decide(drafting, { ...policy, replyMode: mode }, standing);
  // Whatever the model makes of it: a customer who asks for a person is not answered by a program.
  if (decision.action === "reply" && asksForPerson(facts.text)) {
    return { action: "review", reason: "asked-for-person" };
  }
  if (rule === null || !modesReasons.includes(decision.reason)) return decision;
  return { ...decision, rule };
}
