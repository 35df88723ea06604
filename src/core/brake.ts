import type { Clock } from "./ports.ts";

/** Makes everybody wait when one is told that there are too many calls. */
export type Brake = {
  /** Resolves when calls may be made. */
  released(): Promise<void>;
  /** Somebody was told to call less. @returns whether waiting once more makes sense. */
  press(): boolean;
  /** A call went through. */
  ease(): void;
};

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Pauses in a row without a single call that went through: then it is no rate limit. */
const mostPauses = 20;

export function createBrake(ports: {
  clock: Clock;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  signal: AbortSignal;
}): Brake {
  const { clock, sleep, signal } = ports;
  let until = 0;
  let pauses = 0;
  return {
    async released() {
      while (clock() < until && !signal.aborted) await sleep(until - clock(), signal);
    },
    press() {
      // The others that were under way are told the same; that is one pause, not many.
      if (clock() < until) return true;
      if (pauses === mostPauses) return false;
      until = clock() + Math.min(longestPauseMs, firstPauseMs * 2 ** pauses);
      pauses += 1;
      return true;
    },
    ease() {
      pauses = 0;
    },
  };
}
