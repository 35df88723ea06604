import type { StoredAnswer, StoredUses } from "./answer-memory.ts";

/** What became of a reply that was written from a memory. */
export const useOutcomes = [
  "approved",
  "edited",
  "rejected",
  "sent",
  "right-in-audit",
  "wrong-in-audit",
] as const;
export type UseOutcome = (typeof useOutcomes)[number];

export type AnswerUse = {
  outcome: UseOutcome;
  /** What the customer asked; `null` where it is not kept beside the reply. */
  question: string | null;
  /** What was said, or, of a rejected draft, what would have been. */
  reply: string;
  conversationId: string;
  /** Who decided; `null` where nobody did. */
  by: string | null;
  /** In milliseconds since 1970. */
  at: number;
};

/** The replies that were written from a memory, newest first; one that was audited counts once. */
export function usesIn({ decided, sent }: StoredUses): AnswerUse[] {
  const drafts = decided.flatMap((answer): AnswerUse[] => {
    const outcome = outcomeOf(answer);
    if (outcome === null || answer.conversationId === null) return [];
    const { question, answer: reply, conversationId, verdict, at } = answer;
    return [{ outcome, question, reply, conversationId, by: verdict?.by ?? null, at }];
  });
  const audited = new Set(
    decided.map(({ conversationId, partId }) => `${conversationId} ${partId}`),
  );
  const replies = sent
    .filter(({ conversationId, partId }) => !audited.has(`${conversationId} ${partId}`))
    .map(({ conversationId, text, at }): AnswerUse => {
      return { outcome: "sent", question: null, reply: text, conversationId, by: null, at };
    });
  return [...drafts, ...replies].sort((one, other) => other.at - one.at);
}

/** How often each came of it. */
export function tallyOf(uses: AnswerUse[]): Record<UseOutcome, number> {
  const tally = {
    approved: 0,
    edited: 0,
    rejected: 0,
    sent: 0,
    "right-in-audit": 0,
    "wrong-in-audit": 0,
  };
  for (const { outcome } of uses) tally[outcome] += 1;
  return tally;
}

/** `null` for what a person wrote instead of a draft: that rests on nothing but the person. */
function outcomeOf({ status, author, decision }: StoredAnswer): UseOutcome | null {
  const isAudit = decision?.action === "reply";
  if (author === "automatic-reply" || status === "rejected") {
    return isAudit ? "wrong-in-audit" : "rejected";
  }
  if (author === "teammate" || author === "operator") return null;
  if (isAudit) return "right-in-audit";
  return author === "approved-draft" ? "approved" : "edited";
}
