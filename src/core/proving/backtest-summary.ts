import { type BacktestCase, isRightDraft, ratedCases } from "./backtest-case.ts";
import { type Certification, certifyThreshold } from "./certified-threshold.ts";
import { upperErrorBound } from "./clopper-pearson.ts";
import { type Estimate, estimateShare } from "./prediction-powered.ts";

/** US dollars for a million tokens, read and written. */
export type Prices = { input: number; output: number };

export type SummaryTerms = {
  errorLimit: number;
  delta: number;
  /** From 0 up to, not including, 1. */
  random(): number;
  prices: { drafts: Prices | null; judge: Prices | null };
};

/** `atLeast`: Clopper–Pearson for one look at this line alone, 0 to 1. */
export type Share = { name: string; count: number; right: number; atLeast: number };

export type BacktestSummary = {
  turns: number;
  /** The model wrote a reply. */
  drafted: number;
  /** How many drafts a rule keeps back, by the rule's name. */
  heldBack: { name: string; count: number }[];
  /** Drafts that nothing but confidence keeps back, of which nobody has said whether they are right. */
  unknown: number;
  /** The others of them: what all that follows is about. */
  rated: { count: number; right: number };
  certification: Certification;
  /** Of rated drafts, 0 to 1: what any method must keep back at least. */
  mustBeHeldBack: number;
  /** By tenths of confidence, the highest first. */
  reliability: (Share & { said: number })[];
  /**
   * Mean distance between what was said and what was right, with the interval that 95 of 100 samples
   * drawn from these cases give, all 0 to 1; `null` without rated drafts.
   */
  ece: Estimate | null;
  byTopic: Share[];
  byLanguage: Share[];
  byChannel: Share[];
  /** How many of all drafts are right, by labels and verdicts together; `null` without labels enough. */
  estimate: Estimate | null;
  /** Questions that the sources could not answer, as the judge says. */
  notAnswerable: number;
  /** US dollars; `null` where prices or tokens are not known. */
  costs: { drafts: number | null; judge: number | null };
};

/** @param cases in any order */
export function summaryOf(cases: BacktestCase[], terms: SummaryTerms): BacktestSummary {
  const rated = ratedCases(cases);
  const right = rated.filter(({ isRight }) => isRight).length;
  const wrongShare = rated.length === 0 ? 0 : 1 - right / rated.length;
  const { errorLimit, prices } = terms;
  return {
    turns: cases.length,
    drafted: cases.filter(({ draft }) => draft !== null && draft.reply.trim() !== "").length,
    heldBack: heldBackIn(cases),
    unknown: cases.filter((one) => one.heldBack === null && isRightDraft(one) === null).length,
    rated: { count: rated.length, right },
    certification: certifyThreshold(rated, terms),
    mustBeHeldBack: Math.max(0, (wrongShare - errorLimit) / (1 - errorLimit)),
    reliability: reliabilityOf(rated, terms.delta),
    ece: rated.length === 0 ? null : eceWithInterval(rated, terms.random),
    byTopic: sharesBy(rated, ({ draft }) => draft.intent, terms.delta),
    byLanguage: sharesBy(rated, ({ draft }) => draft.language, terms.delta),
    byChannel: sharesBy(rated, ({ channel }) => channel ?? "not said", terms.delta),
    estimate: estimateOf(rated),
    notAnswerable: cases.filter(({ judgement }) => judgement?.isAnswerable === false).length,
    costs: {
      drafts: costOf(
        cases.map(({ draft }) => draft && { tokens: draft.tokens }),
        prices.drafts,
      ),
      judge: costOf(
        cases.map(({ judgement, judgeTokens }) => judgement && { tokens: judgeTokens }),
        prices.judge,
      ),
    },
  };
}

type Spending = { tokens: { prompt: number; completion: number } | null } | null;

/** Of what was spent; nothing spent costs nothing, also without a price. */
export function costOf(spendings: Spending[], prices: Prices | null): number | null {
  const spent = spendings.filter((spending) => spending !== null);
  if (spent.length === 0) return 0;
  if (prices === null) return null;
  let sum = 0;
  for (const { tokens } of spent) {
    if (tokens === null) return null;
    sum += tokens.prompt * prices.input + tokens.completion * prices.output;
  }
  return sum / 1_000_000;
}

/** With fewer the interval would promise too much. */
const fewestLabels = 30;

function estimateOf(rated: Rated[]): Estimate | null {
  const verdictOn = (one: Rated) => (isRightDraft({ ...one, label: null }) === true ? 1 : 0);
  const labelled = rated
    .filter(({ label, judgement }) => label !== null && judgement !== null)
    .map((one) => ({ label: one.isRight ? 1 : 0, verdict: verdictOn(one) }));
  if (labelled.length < fewestLabels) return null;
  return estimateShare(labelled, rated.filter(({ label }) => label === null).map(verdictOn));
}

function heldBackIn(cases: BacktestCase[]): { name: string; count: number }[] {
  const byName = Map.groupBy(cases, ({ heldBack }) => heldBack ?? "");
  byName.delete("");
  return [...byName]
    .map(([name, some]) => ({ name, count: some.length }))
    .sort((one, other) => other.count - one.count);
}

type Rated = ReturnType<typeof ratedCases>[number];

function sharesBy(rated: Rated[], nameOf: (one: Rated) => string, delta: number): Share[] {
  return [...Map.groupBy(rated, nameOf)]
    .map(([name, some]) => shareOf(name, some, delta))
    .sort((one, other) => other.count - one.count);
}

function shareOf(name: string, some: Rated[], delta: number): Share {
  const count = some.length;
  const right = some.filter(({ isRight }) => isRight).length;
  return { name, count, right, atLeast: 1 - upperErrorBound(count - right, count, delta) };
}

function reliabilityOf(rated: Rated[], delta: number): BacktestSummary["reliability"] {
  return [...binsOf(rated)]
    .sort(([one], [other]) => other - one)
    .map(([bin, some]) => ({
      ...shareOf(`${bin * 10} to ${(bin + 1) * 10} %`, some, delta),
      said: some.reduce((sum, { confidence }) => sum + confidence, 0) / some.length,
    }));
}

type Said = Pick<Rated, "confidence" | "isRight">;

function binsOf<T extends Said>(rated: T[]): Map<number, T[]> {
  return Map.groupBy(rated, ({ confidence }) => Math.min(9, Math.floor(confidence * 10 + 1e-9)));
}

/** So many samples are drawn, with replacement (Efron's bootstrap, percentiles). */
const resamples = 400;

function eceWithInterval(rated: Said[], random: () => number): Estimate {
  const drawn = Array.from({ length: resamples }, () =>
    eceOf(rated.map((one) => rated[Math.floor(random() * rated.length)] ?? one)),
  ).sort((one, other) => one - other);
  const percentile = (share: number) => drawn[Math.floor(share * (resamples - 1))] ?? 0;
  return { share: eceOf(rated), from: percentile(0.025), to: percentile(0.975) };
}

function eceOf(rated: Said[]): number {
  let gaps = 0;
  for (const some of binsOf(rated).values()) {
    gaps += Math.abs(
      some.reduce((sum, { confidence, isRight }) => sum + confidence - (isRight ? 1 : 0), 0),
    );
  }
  return gaps / rated.length;
}
