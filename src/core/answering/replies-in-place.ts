import { isOurReply } from "../turn.ts";
import type { Conversation, Part, Turn } from "../types.ts";

/**
 * A message that a reply has not seen stands at most so long before it: from our last reading to the
 * moment at which Intercom takes the reply. Its times count whole seconds.
 */
const unseenWithinMs = 2000;
/** A reply to several messages leaves so long after the newest of them, whatever the quiet period. */
const severalMessagesPauseMs = 3000;

/**
 * For how long a customer must have been silent before this turn is answered.
 *
 * Which messages a reply covers must be readable from the conversation alone, by whatever process
 * comes after a crash, although times have a grain of one second: a message that stands less than
 * three seconds before our reply was not seen by it, unless it is the only one. So a reply to a
 * single message may leave at once, and one to several keeps that distance.
 */
export function pauseBeforeReplyMs({ messages }: Turn, quietPeriodMs: number): number {
  return messages.length > 1 ? Math.max(quietPeriodMs, severalMessagesPauseMs) : quietPeriodMs;
}

/**
 * Moves each reply of ours to just behind the newest message that it answers.
 *
 * A customer's message can land between our last reading and our reply. In Intercom it then stands
 * before a reply that never saw it and looks answered. This process knows what its own replies
 * answered (`basePartIds`, by the reply's id); of an earlier process the distance between message
 * and reply tells (`pauseBeforeReplyMs`).
 */
export function withRepliesInPlace(
  conversation: Conversation,
  basePartIds: ReadonlyMap<string, string>,
): Conversation {
  const parts: Part[] = [];
  for (const part of conversation.parts) {
    const place = isOurReply(part) ? placeOf(part, parts, basePartIds) : parts.length;
    parts.splice(place, 0, part);
  }
  return { ...conversation, parts };
}

function placeOf(reply: Part, before: Part[], basePartIds: ReadonlyMap<string, string>): number {
  const base = before.findIndex((part) => part.id === basePartIds.get(reply.id));
  if (base >= 0) return base + 1;

  let place = before.length;
  let oldest = before.length;
  for (const [index, part] of [...before.entries()].reverse()) {
    if (part.kind !== "comment") continue;
    if (part.author.role !== "customer") break;
    if (reply.at - part.at > unseenWithinMs) return place;
    place = index;
    oldest = index;
  }
  // Whatever it answered, it answered something: the oldest of these messages stays before it.
  return Math.max(place, Math.min(oldest + 1, before.length));
}
