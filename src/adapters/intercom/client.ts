import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import axios, { AxiosHeaders, type AxiosResponse, isAxiosError } from "axios";
import pRetry from "p-retry";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { patienceOf } from "../../lib/patience.ts";
import type { RateLimit } from "./rate-budget.ts";

export type IntercomClientOptions = {
  /** For example `https://api.intercom.io`. */
  baseUrl: string;
  accessToken: string;
  /** `Intercom-Version` of every request, for example `2.16`. */
  version: string;
  log: Log;
  /** Told what every answer says about the rate limit. */
  onRateLimit?(rateLimit: RateLimit): void;
};

export type IntercomCall = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  body?: object;
  /** Statuses beside 2xx that say something and are no failure. */
  expected?: number[];
};

export type IntercomAnswer = {
  status: number;
  body: unknown;
  /** Intercom's clock when it answered, in milliseconds. */
  at: number;
  /** How long to wait before calling again, as a 429 says it. */
  retryAfterMs: number;
  /** The header `Link`, or empty. */
  link: string;
};

export type IntercomClient = {
  /**
   * Makes a call that is safe to repeat: up to four attempts on 429 (after the rate limit's reset),
   * 5xx, time-outs of 10 s and lost connections.
   * @throws UpstreamError when there was no 2xx answer; the signal's reason when aborted.
   */
  read(call: IntercomCall, signal?: AbortSignal): Promise<IntercomAnswer>;
  /**
   * Makes a call once and hands back whatever Intercom answered within 15 s.
   * @throws UpstreamError when there was no answer; `isRetryable` only if nothing was sent.
   */
  write(call: IntercomCall): Promise<IntercomAnswer>;
};

const readRetries = 3;
/** Intercom counts calls in windows of ten seconds; a reset further away is a misread clock. */
const longestPauseMs = 30_000;
const pauseWithoutHeadersMs = 1_000;
/** More than 500 parts of the longest allowed text; anything bigger is no conversation. */
const maximumAnswerBytes = 64 * 1024 * 1024;
/** The connection was never made, so nothing can have been sent. */
const failedConnects = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

export function createIntercomClient(options: IntercomClientOptions): IntercomClient {
  const http = axios.create({
    baseURL: options.baseUrl,
    headers: {
      Authorization: `Bearer ${options.accessToken}`,
      // Without it Intercom answers some mistakes with 406.
      Accept: "application/json",
      "Intercom-Version": options.version,
    },
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    // A redirect would carry the token to another host.
    maxRedirects: 0,
    maxContentLength: maximumAnswerBytes,
    validateStatus: () => true,
  });

  return {
    async read(call, signal) {
      let rateLimitPauseMs = 0;
      return await pRetry(readOnce, {
        retries: readRetries,
        minTimeout: 200,
        randomize: true,
        ...(signal && { signal }),
        shouldRetry: ({ error }) => error instanceof UpstreamError && error.isRetryable,
        async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
          if (retriesLeft === 0) return;
          options.log.debug({ attemptNumber, error: error.message }, "intercom-read-failed");
          await pauseUnlessAborted(rateLimitPauseMs, signal);
        },
      });

      async function readOnce(): Promise<IntercomAnswer> {
        rateLimitPauseMs = 0;
        const answer = await send(call, { isRepeatable: true, timeoutMs: 10_000 }, signal);
        const { status } = answer;
        if (isSuccess(status) || call.expected?.includes(status)) return answer;
        if (status === 429) rateLimitPauseMs = answer.retryAfterMs;
        throw new UpstreamError("intercom", nameOf(call), failureOf(answer), {
          status,
          isRetryable: status === 429 || status === 408 || status >= 500,
        });
      }
    },

    write: (call) => send(call, { isRepeatable: false, timeoutMs: 15_000 }),
  };

  async function send(
    call: IntercomCall,
    { isRepeatable, timeoutMs }: { isRepeatable: boolean; timeoutMs: number },
    signal?: AbortSignal,
  ): Promise<IntercomAnswer> {
    const patience = patienceOf(timeoutMs, signal);
    try {
      const response = await http.request<unknown>({
        method: call.method,
        url: call.path,
        data: call.body,
        signal: patience.signal,
      });
      const answer = toAnswer(response);
      const rateLimit = rateLimitOf(response, answer.at);
      if (rateLimit !== null) options.onRateLimit?.(rateLimit);
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw unanswered(call, error, isRepeatable, patience.signal.aborted);
    } finally {
      patience.end();
    }
  }
}

function unanswered(call: IntercomCall, error: unknown, isRepeatable: boolean, isTimeout: boolean) {
  const code = isAxiosError(error) ? (error.code ?? "no answer") : "no answer";
  return new UpstreamError("intercom", nameOf(call), isTimeout ? "time-out" : code, {
    // A write may only be repeated if it was certainly never sent.
    isRetryable: isRepeatable || failedConnects.includes(code),
    // The axios error itself carries the token and the customer's text.
    cause: isAxiosError(error) ? error.cause : error,
  });
}

/** Ends early, without an error, when aborted: whoever comes next looks at the signal. */
async function pauseUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await pause(ms, undefined, signal && { signal }).catch(() => undefined);
}

/** Whether the status says that the call was carried out. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Intercom's own code for what was wrong, or the status, in words. */
export function failureOf(answer: IntercomAnswer): string {
  const code = errorCode(answer.body);
  return code === null ? `${answer.status}` : `${answer.status} ${code.replaceAll("_", " ")}`;
}

function nameOf(call: IntercomCall): string {
  return `${call.method} ${call.path.split("?")[0]}`;
}

function toAnswer(response: AxiosResponse<unknown>): IntercomAnswer {
  const headers = AxiosHeaders.from(response.headers as AxiosHeaders);
  const date = Date.parse(String(headers.get("date")));
  const at = Number.isNaN(date) ? Date.now() : date;
  return {
    status: response.status,
    body: response.data,
    at,
    retryAfterMs: retryAfterMs(headers, at),
    link: String(headers.get("link") ?? ""),
  };
}

function rateLimitOf(response: AxiosResponse<unknown>, at: number): RateLimit | null {
  const headers = AxiosHeaders.from(response.headers as AxiosHeaders);
  const number = (name: string) => Number(headers.get(name) ?? Number.NaN);
  const limit = number("x-ratelimit-limit");
  const remaining = number("x-ratelimit-remaining");
  const resetAt = number("x-ratelimit-reset") * 1000;
  if (![limit, remaining, resetAt].every(Number.isFinite)) return null;
  return { limit, remaining, resetAt, at };
}

/**
 * The pause that a 429 asks for: `X-RateLimit-Reset` in unix seconds
 * (https://developers.intercom.com/docs/references/rest-api/errors/rate-limiting), read against
 * Intercom's own clock, or `Retry-After` in seconds, which a proxy on the way may send.
 */
function retryAfterMs(headers: AxiosHeaders, now: number): number {
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN) * 1000 - now;
  const retryAfter = Number(headers.get("retry-after") ?? Number.NaN) * 1000;
  const pauses = [reset, retryAfter].filter(Number.isFinite);
  if (pauses.length === 0) return pauseWithoutHeadersMs;
  return Math.min(longestPauseMs, Math.max(0, ...pauses));
}

function errorCode(body: unknown): string | null {
  const { errors } = (body ?? {}) as { errors?: unknown };
  const first: unknown = Array.isArray(errors) ? errors[0] : null;
  const { code } = (first ?? {}) as { code?: unknown };
  return typeof code === "string" && /^[a-z_]{1,60}$/.test(code) ? code : null;
}
