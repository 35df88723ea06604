import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

const unpackers: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What `readBody` unpacks, as `Accept-Encoding` says it. */
export const acceptedEncodings = "gzip, deflate, br";

/**
 * The body of an answer, unpacked.
 *
 * @param encoding as `Content-Encoding` says it
 * @param maximumBytes of what came, and of what it unpacks to
 * @returns `too-large` as soon as there is more, `unknown-encoding` where it cannot be unpacked
 * @throws what the connection or the unpacking throws
 */
export async function readBody(
  body: NodeJS.ReadableStream,
  encoding: string,
  maximumBytes: number,
): Promise<Buffer | "too-large" | "unknown-encoding"> {
  const named = encoding.trim().toLowerCase();
  const isPacked = named !== "" && named !== "identity";
  const unpacker = isPacked ? unpackers[named] : undefined;
  if (isPacked && unpacker === undefined) return "unknown-encoding";
  const chunks: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) chunks.push(chunk);
  };
  // Both sides of the unpacking: a megabyte can become a gigabyte, or endlessly nothing.
  const [came, became] = [noMoreThan(maximumBytes), noMoreThan(maximumBytes)];
  try {
    if (unpacker === undefined) await pipeline(body, came, collect);
    else await pipeline(body, came, unpacker(), became, collect);
  } catch (error) {
    if (error instanceof TooLargeError) return "too-large";
    throw error;
  }
  return Buffer.concat(chunks);
}

class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

function noMoreThan(bytes: number) {
  return async function* (source: AsyncIterable<Buffer | string>): AsyncIterable<Buffer> {
    let length = 0;
    for await (const chunk of source) {
      const piece = Buffer.from(chunk);
      length += piece.length;
      if (length > bytes) throw new TooLargeError(`more than ${bytes} bytes`);
      yield piece;
    }
  };
}
