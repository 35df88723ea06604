import { isErrorWithin, upperErrorBound } from "./clopper-pearson.ts";

/** A draft that would go out if its confidence sufficed, and whether it was right. */
export type RatedCase = { confidence: number; isRight: boolean };

/** What comes of a threshold on the cases at hand. */
export type ThresholdPoint = {
  threshold: number;
  /** Cases at or above it. */
  count: number;
  wrong: number;
  /** Clopper–Pearson for a single look, 0 to 1. */
  wrongAtMost: number;
};

type Promised = { errorLimit: number; delta: number };

export type Certification = {
  /** The lowest threshold that is certified, or `null`. */
  certified: ThresholdPoint | null;
  /** Without one: how many more cases at or above that threshold it takes if all of them are right. */
  stillNeeded: { threshold: number; cases: number } | null;
  /** All thresholds at which something changes, the strictest first. */
  curve: ThresholdPoint[];
};

/** Thresholds are whole percentages: fixed before anybody looks. */
const hundredths = Array.from({ length: 100 }, (_, index) => (100 - index) / 100);
/** Each step looser must have that many times the cases of the one before, or it tests the same. */
const growth = 1.15;
const mostCases = 10_000;

/**
 * The lowest threshold of which it can be said that at most `errorLimit` of what it lets out is
 * wrong, and be mistaken in at most `delta` of all teams.
 *
 * Fixed-sequence testing (Angelopoulos et al., "Learn then test", 2021): the thresholds to be tested
 * follow from the confidences alone, not from what was right. From the strictest that has cases
 * enough on they are tested one after the other, each by its Clopper–Pearson bound, until one fails.
 * Taking the lowest threshold that looks good on the cases instead is mistaken in 41 % of such teams.
 */
export function certifyThreshold(cases: RatedCase[], promise: Promised): Certification {
  const curve = curveOf(cases, promise.delta);
  let certified: ThresholdPoint | null = null;
  for (const point of testedIn(curve, fewestCases(0, promise))) {
    if (!isErrorWithin(point.wrong, point.count, promise)) break;
    certified = point;
  }
  return {
    certified,
    stillNeeded: certified === null ? stillNeeded(curve, promise) : null,
    curve,
  };
}

/** So many cases with that many errors are the fewest whose bound is within the limit. */
function fewestCases(errors: number, promise: Promised): number {
  let [low, high] = [errors, mostCases];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isErrorWithin(errors, middle, promise)) high = middle;
    else low = middle;
  }
  return high;
}

function curveOf(cases: RatedCase[], delta: number): ThresholdPoint[] {
  const points: ThresholdPoint[] = [];
  const falling = cases.toSorted((one, other) => other.confidence - one.confidence);
  let count = 0;
  let wrong = 0;
  for (const threshold of hundredths) {
    const before = count;
    // A confidence of 0.29 is stored as a little less than 29 hundredths.
    for (; (falling[count]?.confidence ?? -1) >= threshold - 1e-9; count += 1) {
      if (falling[count]?.isRight === false) wrong += 1;
    }
    if (count === before) continue;
    points.push({ threshold, count, wrong, wrongAtMost: upperErrorBound(wrong, count, delta) });
  }
  return points;
}

/** Chosen by numbers of cases alone. */
function testedIn(curve: ThresholdPoint[], fewest: number): ThresholdPoint[] {
  const tested: ThresholdPoint[] = [];
  for (const point of curve) {
    const before = tested.at(-1)?.count;
    if (point.count < (before === undefined ? fewest : before * growth)) continue;
    tested.push(point);
  }
  return tested;
}

/** At the threshold that needs the fewest more. */
function stillNeeded(curve: ThresholdPoint[], promise: Promised) {
  const needs = curve.map(({ threshold, count, wrong }) => ({
    threshold,
    cases: Math.max(1, fewestCases(wrong, promise) - count),
  }));
  const [least] = needs.sort((one, other) => one.cases - other.cases);
  return least ?? { threshold: 1, cases: fewestCases(0, promise) };
}
