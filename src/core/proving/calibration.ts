import type { DraftSignals } from "../types.ts";
import {
  type CombinedConfidence,
  combineConfidence,
  combinedProbability,
} from "./combined-confidence.ts";
import { isotonic } from "./isotonic.ts";
import type { JudgedCase } from "./judged-drafts.ts";
import { type Knot, probabilityAt } from "./knots.ts";
import { platt } from "./platt.ts";

/** What a model's confidence has meant so far, by what people decided about its drafts. */
export type Calibration = {
  method: "platt" | "isotonic";
  /** It says nothing about drafts from elsewhere. */
  model: string;
  promptHash: string | null;
  /** Milliseconds since 1970; the first and the last decision that it is made of, and its making. */
  from: number;
  until: number;
  madeAt: number;
  /** How many decisions it was fitted to, and how many later ones it was tested on. */
  fitted: number;
  tested: number;
  /** By confidence, both rising; straight lines between, level outside. */
  knots: Knot[];
  /** On the decisions that it was not fitted to. */
  quality: { model: Quality; calibrated: Quality };
  /** What is used where more than the confidence is known; absent: it was no better, or unknown. */
  combined?: { model: CombinedConfidence; gain: CombinedGain } | undefined;
};

/** Both on the same later decisions, of which the signals are known. */
export type CombinedGain = {
  fitted: number;
  tested: number;
  byConfidence: Quality;
  combined: Quality;
  /** Mean difference of the Brier scores over its standard error. */
  strength: number;
};

/** `brier`: mean squared difference, 0 to 1; `ece`: mean distance of what is said from what was right, 0 to 1. */
export type Quality = { brier: number; ece: number };

/** One line of the table that compares what was said with what was right. */
export type ReliabilityRow = {
  /** Confidence, 0 to 1, up to but without the end, except for 1. */
  from: number;
  to: number;
  count: number;
  said: number;
  calibrated: number;
  right: number;
};

export type Calibrated =
  | {
      kind: "calibrated";
      calibration: Calibration;
      reliability: ReliabilityRow[];
      /** What the signals are worth, used or not; `null`: too few decisions know them. */
      gain: CombinedGain | null;
    }
  /** `decisions`: at least so many more are needed; `kind`: of whatever kind, or drafts found right or wrong. */
  | { kind: "not-yet"; labels: number; decisions: number; of: "any" | "right" | "wrong" }
  | { kind: "no-gain"; labels: number; quality: Calibration["quality"] };

/** Below it the two parameters of Platt's method, from there on the shape that the labels have. */
const isotonicFrom = 300;
const fewestLabels = 60;
/** Of each kind, among those that are fitted to. */
const fewestOfAKind = 5;
const fittedShare = 2 / 3;
/** Two and a half for each of eight features. */
const fewestOfAKindToCombine = 20;
const fewestTestedToCombine = 60;
/** One-sided, at 5 %: chance alone shows so great a gain in one of twenty calibrations. */
const leastStrength = 1.645;
const bins = 10;
/** The model's own number as it is. */
const asSaid: Knot[] = [
  { confidence: 0, probability: 0 },
  { confidence: 1, probability: 1 },
];

/**
 * Fits on the earlier two thirds of the decisions and tests on the later third: what it will be
 * used on is later, too. A calibration that is no better than the model's own number there is none,
 * and what is known besides the confidence is used only where it is better than that.
 *
 * @param cases in the order in which they were decided; those from elsewhere are passed over
 */
export function calibrate(
  cases: JudgedCase[],
  present: { model: string; promptHash: string | null },
  now: number,
): Calibrated {
  const labels = labelsAmong(cases, present);
  const fitted = labels.slice(0, Math.floor(labels.length * fittedShare));
  const tested = labels.slice(fitted.length);
  const notYet = whyNotYet(labels.length, fitted);
  if (notYet !== null) return notYet;

  const isMany = labels.length >= isotonicFrom;
  const knots = (isMany ? isotonic : platt)(fitted);
  const quality = {
    model: qualityOf(tested, ({ confidence }) => confidence),
    calibrated: qualityOf(tested, ({ confidence }) => probabilityAt(knots, confidence)),
  };
  const isBetter = quality.calibrated.brier < quality.model.brier;
  const used = isBetter ? knots : asSaid;
  const combining = combine(fitted, tested, used);
  const isWorthIt = combining !== null && combining.gain.strength >= leastStrength;
  if (!isBetter && !isWorthIt) return { kind: "no-gain", labels: labels.length, quality };
  return {
    kind: "calibrated",
    reliability: reliabilityOf(tested, used),
    gain: combining?.gain ?? null,
    calibration: {
      method: isMany ? "isotonic" : "platt",
      ...present,
      from: labels[0]?.at ?? now,
      until: labels.at(-1)?.at ?? now,
      madeAt: now,
      fitted: fitted.length,
      tested: tested.length,
      knots: used,
      quality: isBetter ? quality : { ...quality, calibrated: quality.model },
      ...(isWorthIt ? { combined: combining } : {}),
    },
  };
}

/**
 * Whether margin, agreement and the like say more than the confidence alone: fitted on the earlier
 * decisions, compared on the later ones. `null`: too few of them know it.
 */
function combine(fitted: JudgedCase[], tested: JudgedCase[], knots: Knot[]) {
  const [earlier, later] = [fitted.flatMap(withSignals), tested.flatMap(withSignals)];
  const right = earlier.filter(({ isRight }) => isRight).length;
  const fewest = Math.min(right, earlier.length - right);
  if (fewest < fewestOfAKindToCombine || later.length < fewestTestedToCombine) return null;
  const model = combineConfidence(earlier);
  const byConfidence = ({ confidence }: JudgedCase) => probabilityAt(knots, confidence);
  const combined = (one: (typeof later)[number]) => combinedProbability(model, one);
  const gains = later.map((one) => {
    return (byConfidence(one) - hit(one)) ** 2 - (combined(one) - hit(one)) ** 2;
  });
  const gain = gains.reduce((sum, one) => sum + one, 0) / gains.length;
  const square = gains.reduce((sum, one) => sum + (one - gain) ** 2, 0) / (gains.length - 1);
  return {
    model,
    gain: {
      fitted: earlier.length,
      tested: later.length,
      byConfidence: qualityOf(later, byConfidence),
      combined: qualityOf(later, combined),
      strength: square === 0 ? 0 : gain / Math.sqrt(square / gains.length),
    },
  };
}

function withSignals(judged: JudgedCase): (JudgedCase & { signals: DraftSignals })[] {
  return judged.signals === undefined ? [] : [{ ...judged, signals: judged.signals }];
}

/** One of each conversation, about drafts that nothing but mode or threshold kept back. */
function labelsAmong(
  cases: JudgedCase[],
  { model, promptHash }: { model: string; promptHash: string | null },
): JudgedCase[] {
  const seen = new Set<string>();
  return cases.filter((judged) => {
    const isPresent = judged.model === model && judged.promptHash === promptHash;
    if (!isPresent || !judged.couldGoOut || seen.has(judged.conversationId)) return false;
    seen.add(judged.conversationId);
    return true;
  });
}

function whyNotYet(labels: number, fitted: JudgedCase[]): Calibrated | null {
  const missing = (decisions: number, of: "any" | "right" | "wrong"): Calibrated => {
    return { kind: "not-yet", labels, decisions, of };
  };
  if (labels < fewestLabels) return missing(fewestLabels - labels, "any");
  const right = fitted.filter(({ isRight }) => isRight).length;
  if (right < fewestOfAKind) return missing(fewestOfAKind - right, "right");
  const wrong = fitted.length - right;
  return wrong < fewestOfAKind ? missing(fewestOfAKind - wrong, "wrong") : null;
}

function qualityOf<T extends JudgedCase>(cases: T[], sayOf: (judged: T) => number): Quality {
  const binned = Map.groupBy(cases, (judged) => binOf(sayOf(judged)));
  let gaps = 0;
  for (const inBin of binned.values()) {
    gaps += Math.abs(inBin.reduce((sum, judged) => sum + sayOf(judged) - hit(judged), 0));
  }
  const squares = cases.reduce((sum, judged) => sum + (sayOf(judged) - hit(judged)) ** 2, 0);
  return { brier: squares / cases.length, ece: gaps / cases.length };
}

function reliabilityOf(cases: JudgedCase[], knots: Knot[]): ReliabilityRow[] {
  const binned = Map.groupBy(cases, ({ confidence }) => binOf(confidence));
  return [...binned]
    .sort(([one], [other]) => other - one)
    .map(([bin, inBin]) => ({
      from: bin / bins,
      to: (bin + 1) / bins,
      count: inBin.length,
      said: mean(inBin, ({ confidence }) => confidence),
      calibrated: mean(inBin, ({ confidence }) => probabilityAt(knots, confidence)),
      right: mean(inBin, hit),
    }));
}

function binOf(share: number): number {
  return Math.min(bins - 1, Math.floor(share * bins + 1e-9));
}

function hit({ isRight }: JudgedCase): number {
  return isRight ? 1 : 0;
}

function mean(cases: JudgedCase[], of: (judged: JudgedCase) => number): number {
  return cases.reduce((sum, judged) => sum + of(judged), 0) / cases.length;
}
