import type { StoredAnswer } from "../knowledge/answer-memory.ts";
import { judgedCases } from "../proving/judged-drafts.ts";
import { isTryOut } from "../try-out.ts";

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

/** An automatic reply that was found wrong, with the ids of what it was written from. */
export type WrongReply = { at: number; foundBy: "audit" | "customer"; draftedFrom: string[] };

export type Verdicts = {
  verdicts: VerdictFacts[];
  corrections: CorrectionFacts[];
  wrong: WrongReply[];
};

/** @param withTryOuts also what was typed on the chat page */
export function verdictsIn(stored: StoredAnswer[], withTryOuts: boolean): Verdicts {
  const { cases } = judgedCases(stored, withTryOuts);
  return {
    verdicts: cases.map(({ at, topic, intent, language, confidence, isAudit, isRight }) => {
      return { at, topic: `${topic ?? intent} · ${language}`, confidence, isAudit, isRight };
    }),
    corrections: stored
      .filter(({ decision }) => decision?.action === "review" && decision.reason === "audit-sample")
      .map(({ at, status }) => ({ at, wasSent: status === "answer" })),
    wrong: stored
      .filter(
        ({ author, status, conversationId }) =>
          author === "automatic-reply" &&
          status === "rejected" &&
          (withTryOuts || !isTryOut(conversationId ?? "")),
      )
      .map(({ at, verdict, draftedFrom }) => {
        // What a customer's answer showed is no sample: nothing is kept that could count as one.
        const foundBy = verdict?.judged === undefined ? "customer" : "audit";
        return { at, foundBy, draftedFrom };
      }),
  };
}
