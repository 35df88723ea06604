import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Log } from "../core/ports.ts";

export const notFound: RequestHandler = (request, response) => {
  answerError(response, 404, `There is nothing at ${request.method} ${request.path}.`);
};

/** Answers failures in words. What a client did wrong is told to it, what we did wrong is logged. */
export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) next(error);
    else answerFailure(error, request, response, log);
  };
}

/** The same where Express is not asked any more; nothing of the response may have been sent yet. */
export function answerFailure(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): void {
  const status = statusOf(error);
  const route = `${request.method} ${pathOf(request)}`;
  if (status >= 500) log.error({ error, route }, "request failed");
  else log.warn({ status, route }, "request refused");
  const sentence = status === 413 ? tooLarge(error) : sentences[status];
  answerError(response, status, sentence ?? "The request could not be handled.");
}

/** Each route has a limit of its own. */
function tooLarge(error: unknown): string {
  const limit = error instanceof Error && "limit" in error ? Number(error.limit) : Number.NaN;
  if (!(limit > 0)) return "The body is too large.";
  const kilobytes = limit / 1024;
  const said =
    kilobytes < 1024 ? `${Math.floor(kilobytes)} KB` : `${Math.floor(kilobytes / 1024)} MB`;
  return `The body is larger than ${said}.`;
}

/** `{"error": …}`, as everything that cannot be done is answered. */
export function answerError(response: ServerResponse, status: number, error: string): void {
  const body = Buffer.from(JSON.stringify({ error }));
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": body.length,
  });
  response.end(body);
}

/** Without the query, which may hold what is not for the log. */
function pathOf({ url = "/" }: IncomingMessage): string {
  const queryAt = url.indexOf("?");
  return queryAt === -1 ? url : url.slice(0, queryAt);
}

const sentences: Record<number, string> = {
  400: "The body could not be read.",
  415: "The body's encoding is not supported; send it uncompressed.",
  500: "Something went wrong on our side; the log says what.",
};

/** body-parser and its kin put an HTTP status on what a client did wrong. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : 500;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}
