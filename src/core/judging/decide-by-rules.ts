import type { Conversation, Decision, Drafting, Policy, Recall, Turn } from "../types.ts";
import { decide } from "./decide.ts";
import { factsOf } from "./facts-of.ts";
import { modeFor } from "./mode.ts";

/** Decided by the mode alone: whatever else was found goes before it and has its own name. */
const modesReasons: Decision["reason"][] = ["confident", "review-mode", "note-mode"];

/** What becomes of a draft, with the mode that the policy file's rules choose for this conversation. */
export function decideByRules(
  { conversation, turn }: { conversation: Conversation; turn: Turn },
  drafting: Drafting,
  recall: Recall,
  policy: Policy,
  standing: Parameters<typeof decide>[3],
): Decision {
  const draft = "draft" in drafting ? drafting.draft : null;
  const { mode, rule } = modeFor(policy, factsOf(conversation, turn, draft));
  const decision = decide(drafting, recall, { ...policy, replyMode: mode }, standing);
  if (rule === null || !modesReasons.includes(decision.reason)) return decision;
  return { ...decision, rule };
}
