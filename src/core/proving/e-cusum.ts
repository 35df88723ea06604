import { likelihoodRatios, logOfSum } from "./e-process.ts";

/**
 * Watches cases for the moment in which errors become more frequent than a limit: for each of some
 * error rates above it the likelihood of the newest cases over that at the limit, from where that
 * speaks loudest (Page's CUSUM), then the mean over the rates. A past of many right cases does not
 * delay it.
 */
export type Watch = {
  add(isRight: boolean): void;
  /** At `alarmAt` and above, errors have become too frequent. */
  value(): number;
};

/**
 * With 5 % as limit, a false alarm comes within 600 audits with 3 % where 3 % are wrong, and a true
 * one after 123 audits (median) where 10 % are, 47 where 15 %, 19 where 25 %, 8 where half are
 * (`test/core/proving/ladder-simulation.test.ts`).
 */
export const alarmAt = 100;

/** Of the limit: with a limit of 5 % the rates .08 to .3. */
const rateShares = [1.6, 2, 2.4, 3, 4, 5, 6];

/** @param limit the error rate, 0 to 1, that must not be exceeded; at most 16 % */
export function createWatch(limit: number): Watch {
  const ratios = rateShares.map((share) => likelihoodRatios(share * limit, limit));
  const logs = ratios.map(() => Number.NEGATIVE_INFINITY);

  return {
    add(isRight) {
      for (const [index, { right, wrong }] of ratios.entries()) {
        logs[index] = Math.max(0, logs[index] ?? 0) + (isRight ? right : wrong);
      }
    },
    value: () => (logs.includes(Number.NEGATIVE_INFINITY) ? 0 : mean(logs)),
  };
}

function mean(logs: number[]): number {
  return Math.exp(logOfSum(logs)) / logs.length;
}
