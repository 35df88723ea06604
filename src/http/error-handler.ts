import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Log } from "../core/ports.ts";

export const notFound: RequestHandler = (request, response) => {
  response.status(404).json({ error: `There is nothing at ${request.method} ${request.path}.` });
};

/** Answers failures in words. What a client did wrong is told to it, what we did wrong is logged. */
export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    const route = `${request.method} ${request.path}`;
    if (status >= 500) log.error({ error, route }, "request failed");
    else log.warn({ status, route }, "request refused");
    response
      .status(status)
      .json({ error: sentences[status] ?? "The request could not be handled." });
  };
}

const sentences: Record<number, string> = {
  400: "The body could not be read.",
  413: "The body is larger than 1 MB.",
  415: "The body's encoding is not supported; send it uncompressed.",
  500: "Something went wrong on our side; the log says what.",
};

/** body-parser and its kin put an HTTP status on what a client did wrong. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : 500;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}
