import type { Clock } from "../../core/ports.ts";

/** What Intercom's `X-RateLimit` headers said in one answer; times in milliseconds by its clock. */
export type RateLimit = { limit: number; remaining: number; resetAt: number; at: number };

export type RateBudget = {
  /** Takes note of what an answer's headers say, whoever asked. */
  note(rateLimit: RateLimit): void;
  /**
   * Waits until another call leaves enough of the present window to live replies.
   * @returns what to call when the answer is there.
   * @throws the signal's reason when aborted.
   */
  take(signal: AbortSignal): Promise<() => void>;
};

/** This share of every window is never touched: a customer's reply must not wait for us. */
const reservedShare = 1 / 3;
/** Intercom spreads its limit per minute over windows of ten seconds. */
const windowMs = 10_000;
const shortestPauseMs = 2;
/** Where this process was busy, calls that are late by no more than this are made up for. */
const longestLagMs = 500;

/**
 * The part of Intercom's rate limit that work without hurry may use. It spreads its calls over what
 * is left of the window, as far as the headers of the latest answers tell, and stops where the
 * reserve begins; live calls that eat into the reserve are subtracted too. As long as no answer has
 * carried the headers, one call is made at a time.
 *
 * @param sleep waits; ends early, without an error, on the signal
 */
export function createRateBudget(ports: {
  clock: Clock;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}): RateBudget {
  const { clock, sleep } = ports;
  let window: { limit: number; remaining: number; endsAt: number } | null = null;
  /** The end of the newest window that an answer told of, by Intercom's clock. */
  let knownResetAt = 0;
  /**
   * How far our clock is ahead of Intercom's. Its answers carry whole seconds, so the smallest
   * difference seen is the nearest to the truth, and is never too small.
   */
  let clockAhead = Number.POSITIVE_INFINITY;
  let underWay = 0;
  /** When the latest call was due; later ones follow at even distances. */
  let dueAt = 0;
  let turn: Promise<unknown> = Promise.resolve();

  return {
    note({ limit, remaining, resetAt, at }) {
      clockAhead = Math.min(clockAhead, clock() - at);
      // An answer that was overtaken by those of a newer window says nothing any more.
      if (resetAt < knownResetAt) return;
      const isNew = window === null || resetAt > knownResetAt;
      const left = isNew ? remaining : Math.min(remaining, window?.remaining ?? remaining);
      window = { limit, remaining: left, endsAt: resetAt + clockAhead };
      knownResetAt = resetAt;
    },
    async take(signal) {
      // One after the other, so that the pauses add up.
      const mine = turn.then(() => untilThereIsRoom(signal));
      turn = mine.catch(() => undefined);
      await mine;
      let isOver = false;
      return () => {
        if (!isOver) underWay -= 1;
        isOver = true;
      };
    },
  };

  async function untilThereIsRoom(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = clock();
      const nextAt = nextDueAt(now);
      if (nextAt <= now) {
        dueAt = Math.max(nextAt, now - longestLagMs);
        underWay += 1;
        return;
      }
      await sleep(Math.max(shortestPauseMs, nextAt - now), signal);
    }
  }

  function nextDueAt(now: number): number {
    if (window === null) return underWay === 0 ? now : now + shortestPauseMs;
    if (now >= window.endsAt) {
      // The next answer will tell how it really stands.
      window = { limit: window.limit, remaining: window.limit, endsAt: now + windowMs };
    }
    const reserved = Math.ceil(window.limit * reservedShare);
    const left = window.remaining - underWay - reserved;
    const leftMs = window.endsAt - now;
    return left <= 0 ? window.endsAt : dueAt + leftMs / left;
  }
}
