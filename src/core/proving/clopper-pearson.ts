/**
 * The upper end of the one-sided Clopper–Pearson interval: a true error rate above it would show so
 * few errors with a probability of at most `delta`. Exact for independent cases and a single look;
 * who looks again and again until it suits needs `e-process.ts`.
 *
 * Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the
 * binomial", Biometrika 26 (1934).
 *
 * @param errors how many of the cases were wrong
 * @param delta 0 to 1, the probability of being misled
 * @returns 0 to 1; 1 where there is no case
 */
export function upperErrorBound(errors: number, cases: number, delta: number): number {
  if (errors >= cases) return 1;
  let low = errors / cases;
  let high = 1;
  // Each step halves the interval; 40 of them are below the precision of the sum.
  for (let step = 0; step < 40; step += 1) {
    const rate = (low + high) / 2;
    if (probabilityOfAtMost(errors, cases, rate) > delta) low = rate;
    else high = rate;
  }
  return high;
}

/** Whether that bound is at the limit or below, without the bound itself. */
export function isErrorWithin(
  errors: number,
  cases: number,
  { errorLimit, delta }: { errorLimit: number; delta: number },
): boolean {
  return errors < cases && probabilityOfAtMost(errors, cases, errorLimit) <= delta;
}

/** The probability of at most so many errors among independent cases of that error rate. */
function probabilityOfAtMost(errors: number, cases: number, rate: number): number {
  if (rate <= 0) return 1;
  if (rate >= 1) return errors >= cases ? 1 : 0;
  // Term by term from the one before, in logarithms: (1 - rate) ** cases may be too small a number.
  let logTerm = cases * Math.log1p(-rate);
  let sum = Math.exp(logTerm);
  for (let count = 1; count <= errors; count += 1) {
    logTerm += Math.log((cases - count + 1) / count) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}
