import { checkedByPeople } from "./agreement.ts";
import type { BacktestCase, Label } from "./backtest-case.ts";
import { summaryOf } from "./backtest-summary.ts";
import { labelSentences } from "./backtest-wording.ts";
import { type VerdictPoint, verdictCurve, verdictSentence } from "./verdict-curve.ts";

/** A case as a person sees it who is to say whether the draft was right. */
export type CaseToLabel = {
  turn: string;
  url: string;
  askedAt: number;
  question: string;
  answer: string;
  draft: string;
  confidence: number;
  sources: { title: string; url: string | null }[];
  label: Label | null;
};

/** What the labels so far come to. */
export type LabelledSoFar = {
  turns: number;
  /** That go to people whatever their confidence: by a rule, or because there is no draft. */
  heldBack: number;
  /** Of the others. */
  labelled: number;
  counts: Record<Label, number>;
  curve: (VerdictPoint & { sentence: string })[];
  /** How labels and judge agree and what both together say; empty where nothing was judged. */
  withJudge: string[];
};

/** Only drafts that could go out by themselves; of the others a person's word changes nothing. */
export function casesToLabel(cases: BacktestCase[]): CaseToLabel[] {
  return labelledCases(cases).map(({ draft, ...one }) => ({
    turn: one.basePartId,
    url: one.url,
    askedAt: one.askedAt,
    question: one.question,
    answer: one.answer,
    draft: draft.reply,
    confidence: draft.confidence,
    sources: draft.sources.map(({ title, url }) => ({ title, url })),
    label: one.label,
  }));
}

/** @param random from 0 up to, not including, 1 */
export function labelledSoFar(cases: BacktestCase[], random: () => number): LabelledSoFar {
  const sendable = labelledCases(cases);
  const count = (label: Label) => sendable.filter((one) => one.label === label).length;
  const counts = { ok: count("ok"), edit: count("edit"), wrong: count("wrong") };
  const turns = cases.length;
  return {
    turns,
    heldBack: turns - sendable.length,
    labelled: counts.ok + counts.edit + counts.wrong,
    counts,
    curve: verdictCurve(cases).map((point) => {
      return { ...point, sentence: verdictSentence(point, turns) };
    }),
    withJudge: withJudge(cases, random),
  };
}

function withJudge(given: BacktestCase[], random: () => number): string[] {
  if (given.every(({ judgement }) => judgement === null)) return [];
  const { cases, agreement } = checkedByPeople(given);
  if (agreement.labelled === 0) return [];
  const terms = { errorLimit: 0.05, delta: 0.05, random, prices: { drafts: null, judge: null } };
  return labelSentences(agreement, summaryOf(cases, terms).estimate);
}

function labelledCases(cases: BacktestCase[]) {
  return cases.flatMap((one) => {
    const { draft, heldBack } = one;
    return draft === null || heldBack !== null ? [] : [{ ...one, draft }];
  });
}
