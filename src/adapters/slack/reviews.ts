import type { Log, Reviews } from "../../core/ports.ts";
import { askedInOneLine } from "../../core/reviewing/asked.ts";
import { type CloseCard, retireOlderCards } from "../../core/reviewing/close-reviews.ts";
import { basisOf } from "../../core/reviewing/draft-basis.ts";
import type { Card, Conversation, Draft, ReviewReason, Turn } from "../../core/types.ts";
import { type CardDraft, type CardMessage, decidedCard, reviewCard } from "./card.ts";
import { type CardPlace, cardId, readCardId } from "./card-id.ts";
import { type SlackClients, upstreamError } from "./clients.ts";
import { cutText } from "./cut-text.ts";
import { askedLimit } from "./notification-line.ts";
import type { Packer } from "./pack-draft.ts";
import { mrkdwnStatus } from "./wording.ts";

export type CardPosterOptions = {
  clients: SlackClients;
  channelId: string;
  packer: Packer;
  /** Told about each card that waits for a decision. Must not throw. */
  onPosted(place: CardPlace, url: string | null): Promise<void>;
  onOk(): void;
  onFailing(error: Error): void;
  /** Told about each card that was closed. */
  onClosed(place: CardPlace): Promise<void>;
  log: Log;
};

/** Posts the cards that ask a person. */
export function createCardPoster(options: CardPosterOptions) {
  const { clients, channelId, packer } = options;

  const post: Reviews["post"] = async ({ conversation, turn, draft, decision }) => {
    const cardDraft = cardDraftOf(conversation, turn, draft, decision);
    const card = await postReview(
      cardDraft,
      turn.messages.map(({ text }) => text),
    );
    // The note that names the card comes first: nothing else may stand between the two.
    void retireOlderCards(conversation, turn.basePartId, close);
    return card;
  };

  /** @throws UpstreamError */
  async function postReview(draft: CardDraft, messages: string[]): Promise<Card> {
    const { holdsDraft, ...card } = reviewCard(draft, messages, packer);
    return { ...(await postCard(card, "reminder")), holdsDraft };
  }

  /** Only what is in Intercom can be shown: an app may not read its own messages without a scope. */
  const close: CloseCard = async (id, conversation, reason) => {
    const place = readCardId(id);
    if (place === null) return;
    const about = {
      kind: "review" as const,
      customerName: conversation.contact.name,
      url: conversation.url,
    };
    const isRetired = reason === "customer-wrote-again";
    const sentence = isRetired ? mrkdwnStatus.retired : mrkdwnStatus.decidedElsewhere(reason);
    try {
      const { text, blocks } = decidedCard(about, sentence, null);
      await clients.patient.chat.update({ channel: place.channel, ts: place.ts, text, blocks });
    } catch (error) {
      options.log.warn({ cardId: id, error }, "card not closed");
    }
    await options.onClosed(place);
  };

  /** @throws UpstreamError when Slack refuses the card, or does not say that it took it. */
  async function postCard(
    card: CardMessage,
    reminder: "reminder" | "no reminder",
  ): Promise<Omit<Card, "holdsDraft">> {
    const place = await postMessage(card);
    const url = await permalink(place);
    if (reminder === "reminder") void options.onPosted(place, url);
    return { id: cardId(place), url };
  }

  async function postMessage({ text, blocks }: CardMessage): Promise<CardPlace> {
    try {
      const { channel, ts } = await clients.posting.chat.postMessage({
        channel: channelId,
        text,
        blocks,
        unfurl_links: false,
        unfurl_media: false,
      });
      options.onOk();
      return { channel: channel ?? channelId, ts: ts ?? "" };
    } catch (error) {
      const failure = upstreamError("chat.postMessage", error);
      options.onFailing(failure);
      throw failure;
    }
  }

  /** A card without a link is still a card. */
  async function permalink({ channel, ts }: CardPlace): Promise<string | null> {
    try {
      const found = await clients.interactive.chat.getPermalink({ channel, message_ts: ts });
      return found.permalink ?? null;
    } catch {
      return null;
    }
  }

  return { post, postReview, postCard, close };
}

/** What the card shows and carries of a draft. */
export function cardDraftOf(
  conversation: Conversation,
  turn: Turn,
  draft: Draft,
  { reason, rule }: { reason: ReviewReason; rule?: string },
): CardDraft {
  return {
    kind: "review",
    conversationId: conversation.id,
    basePartId: turn.basePartId,
    draft: draft.reply,
    draftDigest: null,
    language: draft.language,
    confidence: draft.confidence,
    reasoning: draft.reasoning,
    reason,
    ...(rule === undefined ? {} : { rule }),
    sources: draft.usedSources.map(({ id, title, url }) => ({ id, title, url })),
    basis: basisOf(draft),
    customerName: conversation.contact.name,
    ...(conversation.shownFacts.length === 0 ? {} : { known: conversation.shownFacts }),
    asked: cutText(askedInOneLine(turn.messages.map(({ text }) => text)), askedLimit),
    url: conversation.url,
    generation: 1,
    heldSince: null,
    card: null,
    by: null,
  };
}
