import type { Estimate } from "./prediction-powered.ts";

/** Of the standard normal distribution, for 95 of 100. */
const quantile = 1.959964;

/**
 * The share with its 95 % score interval (Wilson, "Probable inference", 1927), which keeps near its
 * level also for few cases and for shares near 0 and 1 (Brown, Cai and DasGupta, 2001). For reading:
 * what is promised is decided by the exact bound of `clopper-pearson.ts`.
 *
 * @returns all 0 to 1; from 0 to 1 where there is no case
 */
export function wilsonInterval(right: number, count: number): Estimate {
  if (count === 0) return { share: 0, from: 0, to: 1 };
  const share = right / count;
  const square = quantile ** 2 / count;
  const middle = (share + square / 2) / (1 + square);
  const margin =
    (quantile * Math.sqrt((share * (1 - share)) / count + square / (4 * count))) / (1 + square);
  return { share, from: Math.max(0, middle - margin), to: Math.min(1, middle + margin) };
}
