import { withoutAttachmentMarks } from "../attachment-marks.ts";
import { keptQuestion } from "../follow-up.ts";
import { marksIn } from "../note-marks.ts";
import { withoutSmallTalk } from "../small-talk.ts";
import { comments } from "../turn.ts";
import type { Conversation, Part } from "../types.ts";

/**
 * The question that a verdict on a draft is remembered under: what the customer asked, without
 * hello and thanks, and without the messages whose draft was rejected before. A reply that answers
 * those as well must not become the answer to them: why it was rejected is not known.
 *
 * A follow-up has the question before it that it leans on, unless that was rejected.
 *
 * @param messages what the draft answered, oldest first
 * @param mayKeepEarlier `false` where nobody agreed to keep what was said before
 * @returns "" when nothing is left to learn from
 */
export function lessonQuestion(
  conversation: Conversation,
  messages: Part[],
  mayKeepEarlier = true,
): string {
  const rejected = new Set(
    marksIn(conversation)
      .filter(({ outcome }) => outcome === "rejected")
      .map(({ basePartId }) => basePartId),
  );
  const newest = messages.at(-1);
  // The verdict at hand may be the rejection of the newest message itself.
  const refused = messages.findLastIndex(({ id }) => rejected.has(id) && id !== newest?.id);
  const isNotRejected = ({ id }: Part) => !rejected.has(id);
  const asked = matterOf(messages.slice(refused + 1));
  if (asked === "") return "";
  const before =
    mayKeepEarlier && refused === -1
      ? matterOf(questionBefore(conversation, messages).filter(isNotRejected))
      : "";
  return keptQuestion(asked, before === "" ? null : before) ?? "";
}

function matterOf(messages: Part[]): string {
  return messages
    .map(({ text }) => withoutSmallTalk(withoutAttachmentMarks(text)))
    .filter((text) => text !== "")
    .join("\n\n");
}

/** The customer's messages of the turn before, all that stand together. */
function questionBefore(conversation: Conversation, messages: Part[]): Part[] {
  const said = comments(conversation);
  const start = said.findIndex(({ id }) => id === messages[0]?.id);
  const before = said.slice(0, Math.max(0, start));
  const last = before.findLastIndex(({ author }) => author.role === "customer");
  const first = before.slice(0, last + 1).findLastIndex(({ author }) => author.role !== "customer");
  return before.slice(first + 1, last + 1);
}
