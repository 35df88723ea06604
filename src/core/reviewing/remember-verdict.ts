import type { AnswerMemory, JudgedDraft, RememberedAnswer } from "../knowledge/answer-memory.ts";
import type { Clock, Log } from "../ports.ts";
import { brandOf, contactIdOf } from "../turn.ts";
import type { Conversation, Turn } from "../types.ts";
import { editedShare } from "./edited-share.ts";
import { lessonQuestion } from "./lesson-question.ts";
import type { PendingReview } from "./review-standing.ts";

export type DecidedReview = {
  review: PendingReview;
  conversation: Conversation;
  turn: Turn;
  /** What the customer was told, or `null` when the draft was rejected. */
  sent: { text: string; replyId: string } | null;
  verdict: { by: string; reason: string | null };
};

/** Storing may take longer than a recall; the customer has the reply already. */
const rememberTimeoutMs = 10_000;

/**
 * Keeps a verdict: what was sent as an answer to the customer's question, what was rejected for
 * calibration. A memory that is down costs nobody the verdict itself.
 */
export async function rememberVerdict(
  decided: DecidedReview,
  {
    memory,
    mayKeepEarlier = true,
    clock,
    log,
  }: {
    memory: Pick<AnswerMemory, "rememberAnswers" | "rememberTurns">;
    mayKeepEarlier?: boolean;
    clock: Clock;
    log: Log;
  },
): Promise<void> {
  const { review, turn, sent, verdict } = decided;
  const { conversationId } = review;
  const answer = rememberedAnswer(decided, mayKeepEarlier, clock());
  try {
    // Hello and thanks, what a verdict refused already, or a fact about one customer: no lesson for
    // anybody else.
    if (answer.question !== "" && review.isPersonal !== true) {
      await memory.rememberAnswers([answer], AbortSignal.timeout(rememberTimeoutMs));
    }
    const contactId = contactIdOf(turn.messages.at(-1));
    if (sent === null || contactId === null) return;
    const reply = { conversationId, contactId, partId: sent.replyId };
    await memory.rememberTurns(
      [{ ...reply, speaker: "us", text: sent.text, at: clock() }],
      AbortSignal.timeout(rememberTimeoutMs),
    );
  } catch (error) {
    log.warn({ conversationId, decidedBy: verdict.by, error }, "verdict not remembered");
  }
}

function rememberedAnswer(
  decided: DecidedReview,
  mayKeepEarlier: boolean,
  at: number,
): RememberedAnswer {
  const { review, conversation, turn, sent, verdict } = decided;
  const isUnchanged = sent === null || sent.text === review.draft;
  const { reason, rule } = review;
  const drafted = isUnchanged ? "approved-draft" : "edited-draft";
  const author = review.needsAnswer ? "teammate" : drafted;
  return {
    question: lessonQuestion(conversation, turn.messages, mayKeepEarlier),
    answer: sent?.text ?? review.draft,
    status: sent === null ? "rejected" : "answer",
    author,
    conversationId: review.conversationId,
    partId: sent?.replyId || review.basePartId,
    at,
    language: review.language,
    // Where it stems from is told by conversation and part; a link would be one that customers may get.
    url: null,
    decision: { action: "review", reason, ...(rule === undefined ? {} : { rule }) },
    verdict: {
      ...verdict,
      ...(review.needsAnswer ? {} : { judged: judgedDraft(review, sent) }),
    },
    draftedFrom: review.draftedFrom,
    // What was written from one brand's source answers no other's, also where nobody knew whose it was.
    ...brandOf(conversation),
    ...(review.forWhom === undefined ? {} : { forWhom: review.forWhom }),
  };
}

function judgedDraft(
  { draft, confidence, basis }: PendingReview,
  sent: DecidedReview["sent"],
): JudgedDraft {
  return {
    draft,
    confidence,
    editedShare: sent === null ? null : editedShare(draft, sent.text),
    ...(basis === undefined ? {} : { basis }),
  };
}
