import { UpstreamError } from "../../lib/errors.ts";
import type { Fetched, SafeFetch } from "../../lib/safe-fetch/safe-fetch.ts";
import { sleep } from "../../lib/sleep.ts";

type Get = (address: string, headers: Record<string, string>) => Promise<Fetched>;

const pauseMs = 1_000;
const longestPauseMs = 30_000;

/** Asks once more, after a pause, where a site is busy or does not answer. */
export function patientFetch(fetch: SafeFetch["fetch"], signal: AbortSignal): Get {
  return async (address, headers) => {
    let pause = pauseMs;
    try {
      const first = await fetch(address, headers, signal);
      if (first.kind === "refused" || !isBusy(first.status)) return first;
      const seconds = Number(first.headers["retry-after"]);
      if (seconds > 0) pause = Math.min(longestPauseMs, seconds * 1_000);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
    }
    await sleep(pause, signal);
    signal.throwIfAborted();
    return fetch(address, headers, signal);
  };
}

function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}
