import type { Conversation, Part } from "../types.ts";

/** Two seconds: Intercom counts whole ones, and a round trip may cross from one into the next. */
const longestRoundTripMs = 2000;

/**
 * Moves each reply of ours to just behind the newest message that it answers.
 *
 * A customer's message can land between our last reading and our reply. In Intercom it then stands
 * before a reply that never saw it and looks answered. This process knows what its own replies
 * answered (`basePartIds`, by the reply's id). For replies of an earlier process the quiet period
 * tells: a reply that follows a message sooner than that cannot have seen it.
 */
export function withRepliesInPlace(
  conversation: Conversation,
  basePartIds: ReadonlyMap<string, string>,
  quietPeriodMs: number,
): Conversation {
  // Half of it, so that no clock's grain makes a reply that saw a message look as if it had not.
  const unseenWithinMs = Math.min(quietPeriodMs / 2, longestRoundTripMs);
  const parts: Part[] = [];
  for (const part of conversation.parts) {
    const isOurReply = part.kind === "comment" && part.author.role === "us";
    const place = isOurReply ? placeOf(part, parts, basePartIds, unseenWithinMs) : parts.length;
    parts.splice(place, 0, part);
  }
  return { ...conversation, parts };
}

function placeOf(
  reply: Part,
  before: Part[],
  basePartIds: ReadonlyMap<string, string>,
  unseenWithinMs: number,
): number {
  const base = before.findIndex((part) => part.id === basePartIds.get(reply.id));
  if (base >= 0) return base + 1;

  let place = before.length;
  let messages = 0;
  for (const [index, part] of [...before.entries()].reverse()) {
    if (part.kind !== "comment") continue;
    if (part.author.role !== "customer") break;
    messages += 1;
    // Whatever it answered, it answered something: the oldest of these messages stays before it.
    if (reply.at - part.at >= unseenWithinMs) return place;
    place = index;
  }
  return messages > 1 ? Math.max(place, firstOf(before, messages) + 1) : before.length;
}

/** Index of the first of the last `count` comments. */
function firstOf(parts: Part[], count: number): number {
  const indexes = [...parts.entries()].filter(([, part]) => part.kind === "comment");
  return indexes.at(-count)?.[0] ?? 0;
}
