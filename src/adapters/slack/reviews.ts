import { forWhomOfAll } from "../../core/for-whom.ts";
import { claimedWords, claimLines, inventedQuotes } from "../../core/judging/wording.ts";
import type { HandOff, Log, Reviews } from "../../core/ports.ts";
import { askedInOneLine } from "../../core/reviewing/asked.ts";
import { type CloseCard, retireOlderCards } from "../../core/reviewing/close-reviews.ts";
import { basisOf } from "../../core/reviewing/draft-basis.ts";
import { rejectionOn } from "../../core/reviewing/rejections.ts";
import { type Background, backgroundOf } from "../../core/reviewing/review-background.ts";
import type { Card, Conversation, Draft, ReviewReason, Source, Turn } from "../../core/types.ts";
import { type Beside, reviewCard } from "./card.ts";
import type { CardDraft, CardMessage } from "./card-blocks.ts";
import { type CardPlace, cardId, readCardId } from "./card-id.ts";
import { type SlackClients, upstreamError } from "./clients.ts";
import { cutText } from "./cut-text.ts";
import { decidedCard } from "./decided-card.ts";
import { handOffCard } from "./hand-off-card.ts";
import { askedLimit } from "./notification-line.ts";
import type { Packer } from "./pack-draft.ts";
import { cardSource } from "./source-blocks.ts";
import { unansweredCard } from "./unanswered-card.ts";
import { closedSentence, mrkdwnStatus } from "./wording.ts";

export type CardPosterOptions = {
  clients: SlackClients;
  channelId: string;
  packer: Packer;
  /** Told about each card that waits for a decision. Must not throw. */
  onPosted(place: CardPlace, url: string | null, draft: CardDraft): Promise<void>;
  onOk(): void;
  onFailing(error: Error): void;
  /** Told about each card that was closed. */
  onClosed(place: CardPlace): Promise<void>;
  log: Log;
};

/** Posts the cards that ask a person. */
export function createCardPoster(options: CardPosterOptions) {
  const { clients, channelId, packer } = options;

  const post: Reviews["post"] = async ({ conversation, turn, draft, decision, found }) => {
    const cardDraft = cardDraftOf(conversation, turn, draft, decision);
    const card = await postReview(
      cardDraft,
      backgroundOf(conversation, turn),
      besideOf(found, draft),
    );
    // The note that names the card comes first: nothing else may stand between the two.
    void retireOlderCards(conversation, turn.basePartId, close);
    return card;
  };

  const askForAnswer: Reviews["askForAnswer"] = async (open) => {
    const { conversation, turn, explanation, found } = open;
    const question = unanswered(conversation, turn, explanation);
    const asked = question.asked ?? "";
    const others = found.map((source) => cardSource(source, asked));
    const background = backgroundOf(conversation, turn);
    const card = unansweredCard(question, background, packer, null, { others });
    const posted = await postCard(card, question);
    void retireOlderCards(conversation, turn.basePartId, close);
    return { ...posted, holdsDraft: true };
  };

  /** @throws UpstreamError */
  async function postReview(
    draft: CardDraft,
    background: Background,
    beside: Beside = {},
  ): Promise<Card> {
    const { holdsDraft, ...card } = reviewCard(draft, background, packer, null, beside);
    return { ...(await postCard(card, draft)), holdsDraft };
  }

  /** Only what is in Intercom can be shown: an app may not read its own messages without a scope. */
  const close: CloseCard = async (id, conversation, reason) => {
    const place = readCardId(id);
    if (place === null) return;
    const about = {
      kind: "review" as const,
      customerName: conversation.contact.name,
      url: conversation.url,
      whyUrl: conversation.whyUrl,
    };
    const isRetired = reason === "customer-wrote-again";
    const closed = isRetired ? mrkdwnStatus.retired : mrkdwnStatus.decidedElsewhere(reason);
    const rejection = rejectionOn(id, conversation);
    const sentence =
      rejection === null
        ? closed
        : mrkdwnStatus.rejectedThen(rejection.by, rejection.reason, closedSentence(reason));
    try {
      const { text, blocks } = decidedCard(about, sentence, null);
      await clients.patient.chat.update({ channel: place.channel, ts: place.ts, text, blocks });
    } catch (error) {
      options.log.warn({ cardId: id, error }, "card not closed");
    }
    await options.onClosed(place);
  };

  /**
   * @param waiting what somebody is reminded of; `null`: nobody waits for a decision
   * @throws UpstreamError when Slack refuses the card, or does not say that it took it
   */
  async function postCard(
    card: CardMessage,
    waiting: CardDraft | null,
  ): Promise<Omit<Card, "holdsDraft">> {
    const place = await postMessage(card);
    const url = await permalink(place);
    if (waiting !== null) void options.onPosted(place, url, waiting);
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

  const showHandOff = async (handOff: HandOff) => {
    await postCard(handOffCard(handOff), null);
  };

  return { post, askForAnswer, showHandOff, postReview, postCard, close, permalink };
}

/** A card that carries no draft, because there is none. */
function unanswered(conversation: Conversation, turn: Turn, explanation: string): CardDraft {
  return {
    ...cardFor(conversation, turn),
    draft: "",
    language: "",
    confidence: 0,
    reasoning: explanation,
    reason: "no-draft",
    sources: [],
    needsAnswer: true,
  };
}

/** What the card shows and carries of a draft. */
export function cardDraftOf(
  conversation: Conversation,
  turn: Turn,
  draft: Draft,
  { reason, rule }: { reason: ReviewReason; rule?: string },
): CardDraft {
  return {
    ...cardFor(conversation, turn),
    ...carriedOf(draft),
    reason,
    ...(rule === undefined ? {} : { rule }),
    basis: basisOf(draft),
  };
}

/** What of a draft itself a card carries, also of one that takes another's place. */
export function carriedOf(draft: Draft) {
  return {
    draft: draft.reply,
    language: draft.language,
    confidence: draft.confidence,
    calibrated: draft.calibrated,
    reasoning: draft.reasoning,
    sources: draft.usedSources.map((source) => cardSource(source, draft.reply, draft.quotes)),
    forWhom: forWhomOfAll(draft.usedSources),
    missing: unlessEmpty(draft.missing),
    unknownLinks: unlessEmpty(draft.unknownLinks),
    claims: unlessEmpty([...claimLines(draft), ...inventedQuotes(draft)]),
    unsupported: unlessEmpty(claimedWords(draft)),
  };
}

/** What is empty takes no room in a card. */
function unlessEmpty(words: string[] = []): string[] | undefined {
  return words.length === 0 ? undefined : words;
}

/** What was found and not used, each with what fits the draft best, and what the draft says to people. */
export function besideOf(found: Source[], draft: Draft): Beside {
  const { usedSources, reply, translation, promises, summary } = draft;
  const used = new Set(usedSources.map(({ id }) => id));
  const others = found.filter(({ id }) => !used.has(id)).map((source) => cardSource(source, reply));
  return { others, translation, promises, summary };
}

function waitingSince({ messages: [first] }: Turn) {
  return first === undefined ? {} : { waitingSince: Math.floor(first.at / 1000) };
}

/** Whom and what a new card is about. */
function cardFor(conversation: Conversation, turn: Turn) {
  return {
    kind: "review" as const,
    conversationId: conversation.id,
    basePartId: turn.basePartId,
    draftDigest: null,
    customerName: conversation.contact.name,
    ...(conversation.shownFacts.length === 0 ? {} : { known: conversation.shownFacts }),
    asked: cutText(askedInOneLine(turn.messages.map(({ text }) => text)), askedLimit),
    ...waitingSince(turn),
    url: conversation.url,
    ...(conversation.whyUrl === undefined ? {} : { whyUrl: conversation.whyUrl }),
    generation: 1,
    heldSince: null,
    card: null,
    by: null,
  };
}
