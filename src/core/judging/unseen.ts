import { attachmentKey } from "../attachment-marks.ts";
import type { Conversation, ReviewReason, Turn } from "../types.ts";
import { unknown } from "../unknown.ts";

/**
 * What of the customer's turn, or of who they are, was not seen. It counts against sending: whoever decides
 * must have seen what the customer sent.
 *
 * @param seen attachments that the model was shown whole, by `attachmentKey`
 */
export function unseenIn(
  conversation: Conversation,
  turn: Turn,
  seen: readonly string[],
): ReviewReason | null {
  const unseen = turn.messages.flatMap((message) =>
    message.attachments.filter(
      ({ isHeard = false }, index) => !isHeard && !seen.includes(attachmentKey(message, index)),
    ),
  );
  if (unseen.some(({ kind }) => kind === "image")) return "unseen-image";
  if (unseen.length > 0) return "unread-attachment";
  if (conversation.isCut) return "missing-parts";
  const ids = new Set(turn.messages.map(({ id }) => id));
  const start = conversation.parts.findIndex(({ id }) => ids.has(id));
  // Words on a part of a type that nobody has told us about may be a question, or the answer to one.
  const isUnread = conversation.parts
    .slice(start)
    .some((part) => part.isOfUnknownType && part.text !== "");
  if (isUnread) return "unknown-part";
  return conversation.customer === unknown ? "customer-unread" : null;
}
