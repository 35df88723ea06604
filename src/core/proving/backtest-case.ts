import type { Draft, Intent } from "../types.ts";
import type { CodeFinding } from "./code-checks.ts";
import type { Judgement } from "./judge.ts";
import type { LeakCounts } from "./leak-free.ts";

/** What the journey came to for one turn of the past; secrets in the texts are masked. */
export type DraftedCase = {
  conversationId: string;
  basePartId: string;
  url: string;
  /** Milliseconds since 1970. */
  askedAt: number;
  channel: string | null;
  question: string;
  /** What the teammate said. */
  answer: string;
  /** `null`: there was none. */
  draft: DraftOfCase | null;
  /** What keeps it from going out whatever its confidence, by the decision's name; `null`: nothing. */
  heldBack: string | null;
  /** What went wrong on the way: no draft, or something that could not be asked. */
  problems: string[];
  leftOut: LeakCounts;
};

export type DraftOfCase = {
  reply: string;
  confidence: number;
  intent: Intent;
  language: string;
  sources: { id: string; title: string; url: string | null; text: string; score: number }[];
  findings: CodeFinding[];
  model: string;
  promptHash: string | null;
  tokens: { prompt: number; completion: number } | null;
  /**
   * Everything else that the rules look at, without prompt and raw answer; absent in runs from before
   * it was kept.
   */
  whole?: Draft;
};

/** What the judge said of a draft, or why it said nothing. */
export type CaseJudgement = {
  basePartId: string;
  tokens: { prompt: number; completion: number } | null;
} & ({ judgement: Judgement } | { problem: string });

/** One turn with all that is known of it. */
export type BacktestCase = DraftedCase & {
  judgement: Judgement | null;
  /** `false`: it does not agree with people, so what it says decides nothing. */
  isJudgeTrusted: boolean;
  /** What a person said of the draft. */
  label: Label | null;
  judgeTokens: { prompt: number; completion: number } | null;
};

/** `ok`: could go out as it is; `edit`: would do with an edit. */
export const labels = ["ok", "edit", "wrong"] as const;
export type Label = (typeof labels)[number];

/**
 * Whether the draft could have gone out as it was. A person's label decides; without one, what code
 * found and the judge said. What code found alone would make a sample of wrong drafts only, so
 * without a judgement that counts it is not known.
 */
export function isRightDraft({
  draft,
  judgement,
  label,
  isJudgeTrusted,
}: BacktestCase): boolean | null {
  if (draft === null) return null;
  if (label !== null) return label === "ok";
  if (judgement === null || !isJudgeTrusted) return null;
  if (draft.findings.length > 0) return false;
  const { isSupported, isOnQuestion, isConsistent, isSendable } = judgement;
  return isSupported && isOnQuestion && isConsistent && isSendable;
}

/** The drafts that nothing but their confidence keeps back, of which it is known whether they are right. */
export function ratedCases(cases: BacktestCase[]): (BacktestCase & {
  draft: DraftOfCase;
  confidence: Draft["confidence"];
  isRight: boolean;
})[] {
  return cases.flatMap((one) => {
    const { draft, heldBack } = one;
    const isRight = isRightDraft(one);
    if (draft === null || heldBack !== null || isRight === null) return [];
    return [{ ...one, draft, confidence: draft.confidence, isRight }];
  });
}
