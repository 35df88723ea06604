import { markOf } from "../note-marks.ts";
import type { DraftOn } from "../policy.ts";
import { newestTurn, unansweredTurn } from "../turn.ts";
import type { Conversation, Part, Policy, Turn } from "../types.ts";

/** What a draft, or the look for one, leaves behind: whatever was asked for before it is done. */
const drafted = ["in-review", "noted", "no-answer-needed", "handing-over", "offered"];

/**
 * The turn for which a teammate has asked for a draft that is not there yet, or `null`. Whoever asks
 * gets one also where the customer has an answer.
 *
 * What was asked before the last close, or so long ago that a customer would be left to people, is
 * not asked any more: a tag may stand there for years.
 */
export function draftRequest(
  conversation: Conversation,
  { draftOn, maxAgeMs }: Pick<Policy, "draftOn" | "maxAgeMs">,
): Turn | null {
  if (draftOn === null) return null;
  const { parts, readAt } = conversation;
  const since = parts.slice(parts.findLastIndex(({ closes }) => closes) + 1);
  const closedAt = parts.findLast(({ closes }) => closes)?.at ?? 0;
  const lastDraft = since.findLastIndex(isDrafted);
  const lastDraftAt = since[lastDraft]?.at ?? 0;

  const inNotes = since
    .slice(lastDraft + 1)
    .filter(({ kind, author, text }) => {
      const isTeammates = kind === "note" && author.role === "teammate";
      return isTeammates && asksInNote(text, draftOn);
    })
    .map(({ at }) => at);
  // Tags stand in no order with parts; times count whole seconds, and a second draft costs more
  // than having to ask again.
  const byTags = [...(conversation.taggedAt ?? [])]
    .filter(([name, at]) => isDraftTag(name, draftOn) && at >= closedAt && at > lastDraftAt)
    .map(([, at]) => at);
  const isAsked = [...inNotes, ...byTags].some((at) => readAt - at <= maxAgeMs);
  return isAsked ? (unansweredTurn(conversation) ?? newestTurn(conversation)) : null;
}

/** Whether a note begins with one of the words. */
export function asksInNote(note: string, { words }: DraftOn): boolean {
  const text = note.trim().toLowerCase();
  return words.some((word) => {
    const wanted = word.toLowerCase();
    // "/drafting" is another word than "/draft".
    return text.startsWith(wanted) && !/^[\p{L}\p{N}]/u.test(text.slice(wanted.length));
  });
}

export function isDraftTag(name: string, { tags }: DraftOn): boolean {
  return tags.some((tag) => tag.toLowerCase() === name.toLowerCase());
}

function isDrafted(part: Part): boolean {
  return drafted.includes(markOf(part)?.outcome ?? "");
}
