import type { KeptVerdict, StoredAnswer } from "../knowledge/answer-memory.ts";
import { carryTheSame, meaningOf } from "../knowledge/same-meaning.ts";
import { isTryOut } from "../try-out.ts";
import type { DraftBasis, DraftSignals, Intent } from "../types.ts";

/** What a person found of one draft on a live conversation. */
export type JudgedCase = {
  conversationId: string;
  /** When it was decided, in milliseconds since 1970. */
  at: number;
  /** One of the policy's topics; `null`: it had none. */
  topic: string | null;
  intent: Intent;
  /** ISO 639-1, or "unknown". */
  language: string;
  /** The model's own estimate of the draft as it wrote it, 0 to 1. */
  confidence: number;
  /** What else was known of that draft; absent where it was not kept. */
  signals?: DraftSignals | undefined;
  /** It had been sent already, and was looked at afterwards. */
  isAudit: boolean;
  /** It could have gone out as it was. */
  isRight: boolean;
  model: string;
  promptHash: string | null;
  /** Nothing but the mode or the threshold asked for a person: else it never goes out by itself. */
  couldGoOut: boolean;
};

/** Above that share of changed words an edit is another answer, even if no fact of it changed. */
const smallEdit = 0.2;

export type JudgedCases = {
  /** Oldest first. */
  cases: JudgedCase[];
  /** How many verdicts are from before it was kept what they judged. */
  unreadable: number;
  /** How many are about what was typed on the chat page. */
  tryOuts: number;
};

/**
 * The stored verdicts as cases. What somebody tried out says nothing about customers.
 *
 * @param withTryOuts nevertheless with them, where there are no customers
 */
export function judgedCases(stored: StoredAnswer[], withTryOuts = false): JudgedCases {
  const all = stored.filter(isVerdictOnDraft);
  const verdicts = all.filter(
    ({ conversationId }) => withTryOuts || !isTryOut(conversationId ?? ""),
  );
  const cases = verdicts.flatMap((answer) => caseOf(answer) ?? []);
  return {
    cases: cases.sort((one, other) => one.at - other.at),
    unreadable: verdicts.length - cases.length,
    tryOuts: all.length - verdicts.length,
  };
}

function isVerdictOnDraft({ verdict, decision, author, status }: StoredAnswer): boolean {
  if (verdict === undefined || status === "forgotten" || decision === null) return false;
  // What should have been said, beside the audited reply; and the review of a correction.
  if (decision.action === "reply") return author !== "teammate";
  return decision.action === "review" && decision.reason !== "audit-sample";
}

function caseOf(answer: StoredAnswer): JudgedCase | null {
  const { verdict, decision, conversationId, at } = answer;
  const judged = verdict?.judged;
  if (judged?.basis === undefined || decision === null || conversationId === null) return null;
  const { topic = null, intent, model, promptHash, firstConfidence, signals } = judged.basis;
  const byModeAlone = [
    "confident",
    "review-mode",
    "not-earned",
    "low-confidence",
    "not-calibrated",
  ];
  return {
    conversationId,
    at,
    topic,
    intent,
    language: answer.language ?? "unknown",
    confidence: firstConfidence ?? judged.confidence,
    // Those of a draft that was written anew say nothing of the first.
    ...(firstConfidence === undefined && signals !== undefined ? { signals } : {}),
    isAudit: decision.action === "reply",
    isRight: isRight(answer, judged, judged.basis),
    model,
    promptHash,
    couldGoOut: byModeAlone.includes(decision.reason),
  };
}

/** Sent as it was, or with so few words changed, none of them a fact, that it would have done. */
function isRight(
  { status, answer }: StoredAnswer,
  judged: NonNullable<KeptVerdict["judged"]>,
  { firstConfidence }: DraftBasis,
): boolean {
  if (status !== "answer" || firstConfidence !== undefined) return false;
  if (judged.editedShare === null || judged.editedShare > smallEdit) return false;
  return answer === judged.draft || carryTheSame(meaningOf(answer), meaningOf(judged.draft));
}
