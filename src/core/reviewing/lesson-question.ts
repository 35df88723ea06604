import { withoutAttachmentMarks } from "../attachment-marks.ts";
import { marksIn } from "../note-marks.ts";
import { withoutSmallTalk } from "../small-talk.ts";
import type { Conversation, Part } from "../types.ts";

/**
 * The question that a verdict on a draft is remembered under: what the customer asked, without
 * hello and thanks, and without the messages whose draft was rejected before. A reply that answers
 * those as well must not become the answer to them: why it was rejected is not known.
 *
 * @param messages what the draft answered, oldest first
 * @returns "" when nothing is left to learn from
 */
export function lessonQuestion(conversation: Conversation, messages: Part[]): string {
  const rejected = new Set(
    marksIn(conversation)
      .filter(({ outcome }) => outcome === "rejected")
      .map(({ basePartId }) => basePartId),
  );
  const newest = messages.at(-1);
  // The verdict at hand may be the rejection of the newest message itself.
  const refused = messages.findLastIndex(({ id }) => rejected.has(id) && id !== newest?.id);
  return messages
    .slice(refused + 1)
    .map(({ text }) => withoutSmallTalk(withoutAttachmentMarks(text)))
    .filter((text) => text !== "")
    .join("\n\n");
}
