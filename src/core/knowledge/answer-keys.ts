import type { RememberedAnswer, StoredAnswer } from "./answer-memory.ts";

/**
 * What a table of answers goes by: the same answer gets the same id however often it is stored.
 * @returns `null` for one that stems from no part of a conversation, and is like no other
 */
export function idOfPart({ status, conversationId, partId }: RememberedAnswer): string | null {
  if (conversationId === null || partId === null) return null;
  return `${status}-${conversationId}-${partId}`;
}

/** Whether storing the answer would change nothing. */
export function isSameAnswer(
  { id, score, ...stored }: StoredAnswer,
  answer: RememberedAnswer,
): boolean {
  const keys = Object.keys({ ...stored, ...answer }) as (keyof RememberedAnswer)[];
  return keys.every((key) => JSON.stringify(stored[key]) === JSON.stringify(answer[key]));
}

/** What a page of a list is asked for with, to go on behind an answer. */
export function placeBehind({ at, id }: Pick<StoredAnswer, "at" | "id">): string {
  return `${at}.${id}`;
}

/** Where a page goes on: behind this time and, of those of the same time, this id. */
export function placeOf(after: string | null): { at: number; id: string } {
  const [, at, id = ""] = /^(\d{1,15})\.(.*)$/.exec(after ?? "") ?? [];
  return { at: at === undefined ? Number.MAX_SAFE_INTEGER : Number(at), id };
}
