/**
 * Evidence that errors are rarer than a limit, which may be looked at after every single case.
 *
 * It is the likelihood of what was seen under a mixture of error rates below the limit, over the
 * likelihood at the limit. Where the true rate is at the limit or above, its expectation never
 * exceeds 1, so it ever reaches 1/δ with a probability of at most δ, however often one looks
 * (Ville's inequality; Ramdas et al., "Game-theoretic statistics and safe anytime-valid
 * inference", 2023).
 */
export type Evidence = {
  add(isRight: boolean): void;
  /** 0 to infinity; 1 says nothing, below 1 speaks against. */
  value(): number;
  /** How many right cases in a row would bring it to that value; 0 when it is there. */
  rightCasesUntil(value: number): number;
};

/** Of the limit: with a limit of 5 % the rates .005 to .04. */
const rateShares = [0.1, 0.2, 0.4, 0.6, 0.8];
/** Nobody plans further than that. */
const mostCases = 100_000;

/** @param limit the error rate, 0 to 1, that must be undercut */
export function createEvidence(limit: number): Evidence {
  const ratios = rateShares.map((share) => likelihoodRatios(share * limit, limit));
  const logs = ratios.map(() => -Math.log(ratios.length));

  return {
    add(isRight) {
      for (const [index, { right, wrong }] of ratios.entries()) {
        logs[index] = (logs[index] ?? 0) + (isRight ? right : wrong);
      }
    },
    value: () => Math.exp(logOfSum(logs)),
    rightCasesUntil(value) {
      const reached = (cases: number) =>
        logOfSum(logs.map((log, index) => log + cases * (ratios[index]?.right ?? 0))) >=
        Math.log(value);
      if (reached(0)) return 0;
      let [low, high] = [0, mostCases];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (reached(middle)) high = middle;
        else low = middle;
      }
      return high;
    },
  };
}

/** Logarithms of how much more likely a case is at `rate` than at `limit`. */
export function likelihoodRatios(rate: number, limit: number): { right: number; wrong: number } {
  return { right: Math.log((1 - rate) / (1 - limit)), wrong: Math.log(rate / limit) };
}

/** The logarithm of the sum of numbers of which the logarithms are given. */
export function logOfSum(logs: number[]): number {
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
