import type { StoredAnswer } from "../knowledge/answer-memory.ts";
import { judgedCases } from "../proving/judged-drafts.ts";

/** What a person decided about a draft or a reply that was sent; none of anybody's words. */
export type VerdictFacts = {
  at: number;
  /** "question · en" */
  topic: string;
  confidence: number;
  isAudit: boolean;
  isRight: boolean;
};

/** A correction of a reply that was found wrong, which a person decided. */
export type CorrectionFacts = { at: number; wasSent: boolean };

export type Verdicts = { verdicts: VerdictFacts[]; corrections: CorrectionFacts[] };

/** @param withTryOuts also what was typed on the chat page */
export function verdictsIn(stored: StoredAnswer[], withTryOuts: boolean): Verdicts {
  const { cases } = judgedCases(stored, withTryOuts);
  return {
    verdicts: cases.map(({ at, intent, language, confidence, isAudit, isRight }) => {
      return { at, topic: `${intent} · ${language}`, confidence, isAudit, isRight };
    }),
    corrections: stored
      .filter(({ decision }) => decision?.action === "review" && decision.reason === "audit-sample")
      .map(({ at, status }) => ({ at, wasSent: status === "answer" })),
  };
}
