import { setTimeout as wait } from "node:timers/promises";
import { Agent, type Dispatcher, request as sendRequest } from "undici";

import { UpstreamError } from "../../lib/errors.ts";
import { patienceOf } from "../../lib/patience.ts";

/** Mem0 publishes no limits; its 429 says when to come back. Longer than this is not waited for. */
const maxPauseMs = 60_000;
const maxRetries = 2;
const firstPauseMs = 100;

/**
 * Undici closes a connection after 4 s without use, and a handshake costs two to three round trips;
 * conversations come more slowly than that.
 */
const keepAliveTimeoutMs = 60_000;
const dispatcher = new Agent({ keepAliveTimeout: keepAliveTimeoutMs });

export type Mem0Request = {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Whether the same request may be sent again after an answer that leaves its result open. */
  isRepeatable: boolean;
};

/**
 * One call to Mem0, which has no time-outs or retries of its own.
 *
 * A 429 is certainly not done and is repeated after the pause that it asks for. After 5xx, a
 * time-out or a lost connection only what is safe to repeat is.
 *
 * @param timeoutMs for each attempt, until the body has been read.
 * @param signal the caller's patience, over all attempts and pauses.
 * @returns the JSON body; `null` where there is none.
 * @throws UpstreamError; the signal's reason when aborted.
 */
export async function fetchMem0(
  url: string,
  request: Mem0Request,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchOnce(url, request, timeoutMs, signal);
    } catch (error) {
      signal.throwIfAborted();
      const pauseMs = error instanceof Mem0Failure ? error.pauseMs(attempt) : null;
      const mayRepeat = error instanceof Mem0Failure && (error.isUndone || request.isRepeatable);
      if (pauseMs === null || !mayRepeat || attempt === maxRetries) throw error;
      await wait(pauseMs, undefined, { signal });
    }
  }
}

async function fetchOnce(
  url: string,
  { method, headers, body }: Mem0Request,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  const call = `${method} ${new URL(url).pathname}`;
  const patience = patienceOf(timeoutMs, signal);
  try {
    const response = await sendRequest(url, {
      method,
      // Without a word about it a server might compress its answer.
      headers: { ...headers, "accept-encoding": "identity" },
      signal: patience.signal,
      dispatcher,
      ...(body === undefined ? {} : { body }),
    });
    // Always read to its end, so that the connection can be used again.
    const text = await response.body.text();
    if (response.statusCode < 200 || response.statusCode >= 300)
      throw statusFailure(call, response);
    return text.trim() === "" ? null : parse(call, text);
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof UpstreamError
      ? cause
      : networkFailure(call, timeoutMs, patience.signal.aborted, cause);
  } finally {
    patience.end();
  }
}

/** A failed call that knows whether and when another attempt makes sense. */
class Mem0Failure extends UpstreamError {
  /** Certainly nothing has happened over there. */
  readonly isUndone: boolean;
  readonly #retryAfterMs: number | null;

  constructor(
    call: string,
    result: string,
    details: {
      status: number | null;
      isRetryable: boolean;
      isUndone: boolean;
      retryAfterMs: number | null;
      cause?: unknown;
    },
  ) {
    super("mem0", call, result, details);
    this.isUndone = details.isUndone;
    this.#retryAfterMs = details.retryAfterMs;
  }

  /** How long to wait before the next attempt; `null` when there should be none. */
  pauseMs(attempt: number): number | null {
    if (!this.isRetryable) return null;
    const pauseMs = this.#retryAfterMs ?? firstPauseMs * 2 ** attempt * (1 + Math.random());
    return pauseMs <= maxPauseMs ? pauseMs : null;
  }
}

function statusFailure(
  call: string,
  { statusCode: status, headers }: Dispatcher.ResponseData,
): Mem0Failure {
  return new Mem0Failure(call, String(status), {
    status,
    isRetryable: status === 429 || status === 408 || status >= 500,
    isUndone: status === 429,
    retryAfterMs: retryAfterMs(headers["retry-after"]),
  });
}

function networkFailure(
  call: string,
  timeoutMs: number,
  isTimeout: boolean,
  cause: unknown,
): Mem0Failure {
  const code = codeOf(cause);
  return new Mem0Failure(call, isTimeout ? `no answer in ${timeoutMs} ms` : code, {
    status: null,
    isRetryable: true,
    isUndone: code === "ECONNREFUSED" || code === "ENOTFOUND",
    retryAfterMs: null,
    cause,
  });
}

function parse(call: string, text: string): unknown {
  const body = parseJson(text);
  if (body === undefined) throw unreadable(call);
  return body;
}

/** `undefined` where it is none; the SyntaxError would quote the body. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer that is not what the documentation says. */
export function unreadable(call: string): UpstreamError {
  return new UpstreamError("mem0", call, "unreadable answer", { isRetryable: false });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "connection failed";
}

/** Seconds or an HTTP date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs(header: string | string[] | undefined): number | null {
  if (typeof header !== "string") return null;
  const seconds = Number(header);
  const pauseMs = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(pauseMs) ? null : Math.max(0, pauseMs);
}
