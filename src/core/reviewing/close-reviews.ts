import { marksIn, type NoteMark } from "../note-marks.ts";
import type { Inbox } from "../ports.ts";
import type { Conversation } from "../types.ts";
import { answerAfter, type StaleReason } from "./review-standing.ts";

type OpenCard = { cardId: string; basePartId: string; outcome: "in-review" | "rejected" };

/** Takes the buttons off a card that needs no verdict any more. Never throws. */
export type CloseCard = (
  cardId: string,
  conversation: Conversation,
  reason: StaleReason,
) => Promise<void>;

/** Cards about which the newest note says that a person is asked, or that one has to answer. */
export function openCards(conversation: Conversation): OpenCard[] {
  const newest = new Map<string, NoteMark>();
  for (const mark of marksIn(conversation)) newest.set(mark.basePartId, mark);
  return [...newest.values()].flatMap(({ outcome, cardId, basePartId }) =>
    (outcome === "in-review" || outcome === "rejected") && cardId !== null
      ? [{ cardId, basePartId, outcome }]
      : [],
  );
}

/** Closes the older cards of a conversation in which the customer wrote again and has a new draft. */
export async function retireOlderCards(
  conversation: Conversation,
  basePartId: string,
  close: CloseCard,
): Promise<void> {
  const older = openCards(conversation).filter(
    (card) => card.basePartId !== basePartId && answerAfter(conversation, card.basePartId) === null,
  );
  await Promise.all(older.map(({ cardId }) => close(cardId, conversation, "customer-wrote-again")));
}

/**
 * Closes the cards of a conversation that was answered or closed in Intercom itself. To be run while
 * nothing else is at work on the conversation.
 * @throws UpstreamError when Intercom cannot be read
 */
export async function closeReviewsDecidedElsewhere(
  conversationId: string,
  ports: { inbox: Pick<Inbox, "read">; close: CloseCard },
): Promise<void> {
  const conversation = await ports.inbox.read(conversationId);
  if (conversation === null) return;
  for (const { cardId, basePartId } of openCards(conversation)) {
    const reason = whyDecidedElsewhere(conversation, basePartId);
    if (reason !== null) await ports.close(cardId, conversation, reason);
  }
}

/** A card whose draft we sent says so itself. */
function whyDecidedElsewhere(conversation: Conversation, basePartId: string): StaleReason | null {
  switch (answerAfter(conversation, basePartId)?.author.role) {
    case "teammate":
      return "teammate-answered";
    case "bot":
      return "other-bot-answered";
    case "us":
      return null;
    default:
      return conversation.state === "closed" ? "conversation-closed" : null;
  }
}
