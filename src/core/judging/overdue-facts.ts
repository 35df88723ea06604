import { markOf, type NoteMark } from "../note-marks.ts";
import type { Conversation, Part, Policy, Turn } from "../types.ts";
import type { Begun } from "./hand-off-state.ts";

/** What the hand-off is called that follows when nobody fills in what a draft lacks. */
export const missingFactsRule = "missing_facts";

/**
 * When a conversation is handed over because its card asks for facts and nobody has decided it, in
 * milliseconds by Intercom's clock; `null`: never. It counts from the note that names the card.
 */
export function factsDueAt(conversation: Conversation, turn: Turn, policy: Policy): number | null {
  const { missingFacts, handOffTo } = policy;
  if (missingFacts?.step !== "hand-over" || handOffTo === null) return null;
  const asked = askedFor(conversation, turn);
  return asked === null ? null : asked.part.at + missingFacts.afterMs;
}

/** The hand-off that is due, or `null`. */
export function overdueHandOff(
  conversation: Conversation,
  turn: Turn,
  policy: Policy,
): Begun | null {
  const dueAt = factsDueAt(conversation, turn, policy);
  const asked = askedFor(conversation, turn);
  if (dueAt === null || asked === null || policy.handOffTo === null) return null;
  if (conversation.readAt < dueAt) return null;
  const language = asked.mark.lacksIn ?? "en";
  return { action: "hand-off", rule: missingFactsRule, target: policy.handOffTo, language };
}

/** The note of a card that asks for facts, while nothing newer is known of the turn. */
function askedFor(
  { parts }: Conversation,
  { basePartId }: Turn,
): { part: Part; mark: NoteMark } | null {
  for (const part of parts.toReversed()) {
    const mark = markOf(part);
    if (mark === null || mark.basePartId !== basePartId) continue;
    return mark.outcome === "in-review" && mark.lacksIn !== undefined ? { part, mark } : null;
  }
  return null;
}
