import { APIError } from "openai";
import { sleep } from "../../lib/sleep.ts";
import { steadyClock } from "../../lib/steady-clock.ts";

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** So much of a pause is added by chance, so that not everybody comes back at once. */
const jitter = 0.25;

/**
 * One pause for all drafts of the process while the model's server takes no more requests (429):
 * each of them finding out alone would only keep it busy.
 */
export type BusyPause = {
  /**
   * Resolves when a request may be made.
   * @returns whether it may be before `deadlineAt` (ms); if not, nothing is waited for
   */
  wait(deadlineAt: number, signal: AbortSignal): Promise<boolean>;
  /** The server said that it is busy, and perhaps until when. */
  busy(error: APIError): void;
  /** The server took a request. */
  free(): void;
};

export function createBusyPause(now: () => number = steadyClock, random = Math.random): BusyPause {
  let until = 0;
  let pauses = 0;
  return {
    async wait(deadlineAt, signal) {
      while (now() < until && !signal.aborted) {
        if (until >= deadlineAt) return false;
        await sleep(until - now(), signal);
      }
      return true;
    },
    busy(error) {
      // The others that were under way are told the same; that is one pause, not many.
      if (now() < until) return;
      const usual = Math.min(longestPauseMs, firstPauseMs * 2 ** pauses);
      until = now() + (retryAfterMs(error.headers, now()) ?? usual) * (1 + jitter * random());
      pauses += 1;
    },
    free() {
      pauses = 0;
    },
  };
}

/** Whether waiting may cure it: an account without credit says 429 as well. */
export function isBusy(error: unknown): error is APIError {
  return error instanceof APIError && error.status === 429 && error.code !== "insufficient_quota";
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or OpenAI's own in milliseconds. */
function retryAfterMs(headers: Headers | undefined, now: number): number | null {
  const inMs = Number.parseFloat(headers?.get("retry-after-ms") ?? "");
  if (inMs >= 0) return inMs;
  const value = headers?.get("retry-after") ?? "";
  const seconds = Number.parseFloat(value);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
