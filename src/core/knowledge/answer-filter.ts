import type { AnswerFilter, StoredAnswer } from "./answer-memory.ts";
import { standsFor } from "./curation.ts";

/**
 * Whether somebody who filters so wants to see this answer, for stores that cannot be asked. How
 * often it was used is not in it, so `isUsed` lets everything through.
 */
export function fits(answer: StoredAnswer, filter: AnswerFilter): boolean {
  const { status, author, language, at } = answer;
  const { statuses, authors, by, since = 0, before = Number.POSITIVE_INFINITY } = filter;
  if (status === "forgotten" || !statuses.includes(status)) return false;
  if (authors !== undefined && !authors.includes(author)) return false;
  if (filter.language !== undefined && filter.language !== (language ?? "unknown")) return false;
  if (by !== undefined && standsFor(answer) !== by) return false;
  return at >= since && at < before;
}
