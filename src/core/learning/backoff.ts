import type { Clock } from "../ports.ts";

/** Makes everybody wait when one is told that there are too many calls. */
export type Backoff = {
  /** Resolves when calls may be made. */
  wait(): Promise<void>;
  /** Somebody was told to call less. @returns whether waiting once more makes sense. */
  rejected(): boolean;
  /** A call went through. */
  accepted(): void;
};

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Pauses in a row without a single call that went through: then it is no rate limit. */
const mostPauses = 20;

export function createBackoff(ports: {
  clock: Clock;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  signal: AbortSignal;
}): Backoff {
  const { clock, sleep, signal } = ports;
  let until = 0;
  let pauses = 0;
  return {
    async wait() {
      while (clock() < until && !signal.aborted) await sleep(until - clock(), signal);
    },
    rejected() {
      // The others that were under way are told the same; that is one pause, not many.
      if (clock() < until) return true;
      if (pauses === mostPauses) return false;
      until = clock() + Math.min(longestPauseMs, firstPauseMs * 2 ** pauses);
      pauses += 1;
      return true;
    },
    accepted() {
      pauses = 0;
    },
  };
}
