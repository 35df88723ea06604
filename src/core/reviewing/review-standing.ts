import type { ForWhom } from "../for-whom.ts";
import { type DecidedBy, whyNotOurs } from "../judging/why-quiet.ts";
import { marksIn } from "../note-marks.ts";
import { comments, isAnswer, unansweredTurn } from "../turn.ts";
import type {
  Conversation,
  DraftBasis,
  Part,
  Policy,
  QuietReason,
  ReviewReason,
  Turn,
} from "../types.ts";

/** What a card asks about; everything a decision needs, so that any process can carry it out. */
export type PendingReview = {
  cardId: string;
  conversationId: string;
  /** The part that the draft answers: the customer's newest, or our own reply that it corrects. */
  basePartId: string;
  isCorrection: boolean;
  /** There is no draft to decide (any more): a person writes the reply. */
  needsAnswer: boolean;
  /** Markdown. */
  draft: string;
  /** The model's own estimate of it, 0 to 1. */
  confidence: number;
  /** ISO 639-1. */
  language: string;
  reason: ReviewReason;
  /** The policy file's rule that asked for the review. */
  rule?: string | undefined;
  basis?: DraftBasis | undefined;
  /** Ids of the memories and articles that it was drafted from. */
  draftedFrom: string[];
  /** For whom those are; unset: for everybody. */
  forWhom?: ForWhom | undefined;
  /** It was drafted with what a teammate knows of this customer: no answer for anybody else. */
  isPersonal?: boolean;
};

/** How a review stands in the conversation as it was just read. */
export type Standing =
  | { kind: "open"; conversation: Conversation; turn: Turn }
  /** Our reply stands after the base: the draft went out, by this verdict or one before it. */
  | { kind: "answered-by-us"; conversation: Conversation; reply: Part }
  | { kind: "stale"; conversation: Conversation | null; reason: StaleReason }
  | { kind: "superseded"; conversation: Conversation; by: SupersededBy };

export type StaleReason = QuietReason | "customer-wrote-again";

/** What the newest note about the base part says instead of naming this card. */
export type SupersededBy = "another-card" | "rejection" | "taken-over" | "a-note" | "nothing";

type ReviewOnCard = Pick<
  PendingReview,
  "basePartId" | "isCorrection" | "needsAnswer" | "cardId" | "reason"
>;

/**
 * Whether a draft may still be decided. Only the card that the newest note about its base part
 * names may be: two cards for one turn, the remains of a crash, must not become two replies.
 *
 * @param decidedBy whoever decides, so that their having taken the conversation does not stop them
 */
export function standingOf(
  review: ReviewOnCard,
  conversation: Conversation | null,
  policy: Policy,
  decidedBy: DecidedBy = { teammateId: null },
): Standing {
  if (conversation === null) return { kind: "stale", conversation, reason: "conversation-gone" };
  const reply = answerAfter(conversation, review.basePartId);
  if (reply?.author.role === "us") return { kind: "answered-by-us", conversation, reply };

  const reason = review.isCorrection
    ? whyNotCorrectable(conversation, review.basePartId)
    : whyNotOurs(conversation, review.basePartId, policy, decidedBy);
  if (reason !== null) return { kind: "stale", conversation, reason };

  const by = supersededBy(review, conversation);
  if (by !== null) return { kind: "superseded", conversation, by };
  const turn = review.isCorrection
    ? answeredTurn(conversation, review.basePartId)
    : unansweredTurn(conversation);
  if (turn === null) return { kind: "stale", conversation, reason: "conversation-gone" };
  return { kind: "open", conversation, turn };
}

/** The first answer that anybody gave after that part. */
export function answerAfter(conversation: Conversation, basePartId: string): Part | null {
  const said = comments(conversation);
  const base = said.findIndex((part) => part.id === basePartId);
  if (base === -1) return null;
  return said.slice(base + 1).find(isAnswer) ?? null;
}

/** The messages that our reply answered; the reply itself is the base, so that a later one shows. */
export function answeredTurn(conversation: Conversation, replyId: string): Turn | null {
  const said = comments(conversation);
  const reply = said.findIndex((part) => part.id === replyId);
  if (reply === -1) return null;
  const before = said.slice(0, reply);
  const lastAnswer = before.findLastIndex((part) => part.author.role !== "customer");
  const messages = before.slice(lastAnswer + 1);
  return { basePartId: replyId, messages, earlier: before.slice(0, lastAnswer + 1) };
}

/** Whether nobody has said anything since that reply of ours, so that it can still be put right. */
export function isCorrectable(conversation: Conversation, replyId: string): boolean {
  return whyNotCorrectable(conversation, replyId) === null;
}

/** Why our own reply need not or must not be corrected any more. */
function whyNotCorrectable(conversation: Conversation, replyId: string): StaleReason | null {
  const newest = comments(conversation).at(-1);
  if (newest?.id !== replyId) {
    if (newest?.author.role === "teammate") return "teammate-answered";
    return newest?.author.role === "bot" ? "other-bot-answered" : "customer-wrote-again";
  }
  if (conversation.state === "closed") return "conversation-closed";
  return conversation.state === "snoozed" ? "conversation-snoozed" : null;
}

function supersededBy(
  { basePartId, cardId, reason, needsAnswer }: ReviewOnCard,
  conversation: Conversation,
): SupersededBy | null {
  const newest = marksIn(conversation).findLast((mark) => mark.basePartId === basePartId);
  // Where Intercom refused the note as well, none can name the card.
  const mayBeUnnamed = reason === "intercom-refused" || reason === "no-draft";
  if (newest === undefined) return mayBeUnnamed ? null : "nothing";
  switch (newest.outcome) {
    case "in-review":
      return newest.cardId === cardId ? null : "another-card";
    case "rejected":
      // Whoever answers after a rejection does so on the card that was rejected.
      return needsAnswer && newest.cardId === cardId ? null : "rejection";
    case "taken-over":
      return "taken-over";
    default:
      return "a-note";
  }
}
