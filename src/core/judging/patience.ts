import { markOf } from "../note-marks.ts";
import { newestMessage } from "../turn.ts";
import type { Conversation, Part, Policy, Turn } from "../types.ts";

// Others go first, but not for ever: a bot that has gone silent and a teammate who has moved on leave
// a customer who still waits.

/**
 * Until when a bot has the customer to itself, or `null` when none is at it: one that said something
 * after the newest message, though no answer, or Fin while it is active.
 *
 * @returns milliseconds by Intercom's clock
 */
export function botsTurnEnd(
  conversation: Conversation,
  turn: Turn,
  { botPatienceMs }: Policy,
): number | null {
  const newest = newestMessage(turn);
  const since = after(conversation, newest);
  const lastPart = since.findLast(({ author }) => author.role === "bot");
  const hasSpoken = since.some(({ kind, author }) => kind === "comment" && author.role === "bot");
  if (!hasSpoken && conversation.fin !== "active") return null;
  return (lastPart ?? newest).at + botPatienceMs;
}

/**
 * When a person last showed that they are at work here, or `null` when nobody is: somebody commented,
 * took the conversation (in Intercom or from a card), or was given it by a person or by us. What lies
 * before it was last closed or opened does not count, nor does the opener: a customer who answers a
 * campaign or a teammate's first message is a customer with a question. Nor does what lies before
 * somebody gave it to us.
 *
 * @returns milliseconds by Intercom's clock
 */
export function lastTeammateActivityAt({ parts }: Conversation): number | null {
  const opened = parts.findLastIndex(({ opens }) => opens);
  const closed = parts.findLastIndex(({ closes }) => closes);
  const givenBack = parts.findLastIndex(isGivenBack);
  const considered = parts.slice(Math.max(opened, closed + 1, givenBack + 1, 1));
  if (!considered.some(isTaking)) return null;
  const shows = (part: Part) => isTaking(part) || part.author.role === "teammate";
  return considered.findLast(shows)?.at ?? null;
}

/** Whom a person gave the conversation to after this part, if anybody: an id of Intercom. */
export function assignedSince(conversation: Conversation, basePartId: string): string | null {
  const base = conversation.parts.find(({ id }) => id === basePartId);
  if (base === undefined) return null;
  return (
    after(conversation, base).findLast(({ assignedTo }) => assignedTo !== null)?.assignedTo ?? null
  );
}

/** Whoever assigns the conversation to us wants us to answer. */
export function isGivenBack({ author, assigns }: Part): boolean {
  return author.role === "teammate" && assigns === "us";
}

function isTaking(part: Part): boolean {
  if (part.kind === "comment" && part.author.role === "teammate") return true;
  return part.assignedTo !== null || markOf(part)?.outcome === "taken-over";
}

function after({ parts }: Conversation, { id }: Part): Part[] {
  return parts.slice(parts.findIndex((part) => part.id === id) + 1);
}
