import { withoutAttachmentMarks } from "../attachment-marks.ts";
import { withoutSmallTalk } from "../small-talk.ts";

/**
 * What a customer asked, on one line and without hello and thanks, for people who must see at once
 * what it is about; "" where there are no words.
 *
 * @param messages what they wrote, oldest first
 */
export function askedInOneLine(messages: string[]): string {
  const text = messages.join("\n");
  const matter = withoutSmallTalk(withoutAttachmentMarks(text));
  return (matter || text).replace(/\s+/g, " ").trim();
}
