import type { IncomingMessage } from "node:http";

/** A body that cannot be taken; `status` is the HTTP status that says why. */
export class BodyError extends Error {
  readonly status: 413 | 415;
  /** The most bytes that would be taken, as body-parser's errors say it, where it has more. */
  readonly limit: number | undefined;

  constructor(status: 413 | 415, limit?: number) {
    super(status === 413 ? "body too large" : "body compressed");
    this.status = status;
    this.limit = limit;
  }
}

/**
 * Reads a request's body, byte for byte as it was sent.
 *
 * Calls back neither way when the client gives up half-way: there is nobody left to answer.
 *
 * @param limit the most bytes to keep; what comes beyond is thrown away
 * @param refuse told when the body is larger, or compressed and so not what its sender signed
 */
export function readRawBody(
  request: IncomingMessage,
  limit: number,
  take: (body: Buffer) => void,
  refuse: (error: BodyError) => void,
): void {
  const { "content-encoding": encoding = "identity" } = request.headers;
  if (encoding.toLowerCase() !== "identity") {
    refuse(new BodyError(415));
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    const wasWithin = bytes <= limit;
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else if (wasWithin) refuse(new BodyError(413, limit));
  });
  request.on("end", () => {
    if (bytes <= limit) take(Buffer.concat(chunks));
  });
}
