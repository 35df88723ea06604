import { Worker } from "node:worker_threads";

/** What a PDF says. */
export type PdfText = {
  /** The text of each page, in order; "" for a page without any, such as a scanned one. */
  pages: string[];
  /** Whether there are pictures in it, which no text tells of. */
  hasPictures: boolean;
};

/** What a thread that reads may hold: a file of a megabyte can unpack to hundreds of them. */
const threadLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

/**
 * Reads the text of a PDF in a thread that ends with it: neither a file made to take for ever nor the
 * parser, which nothing else needs, stays in the process.
 *
 * @param timeoutMs after which the file counts as one that cannot be read
 * @returns `null` for what cannot be read: broken, locked with a password, or too much work
 */
export async function pdfText(
  bytes: Uint8Array,
  timeoutMs = 8_000,
  signal?: AbortSignal,
): Promise<PdfText | null> {
  if (signal?.aborted) return null;
  const copy = new Uint8Array(bytes);
  const worker = new Worker(new URL("./pdf-text-worker.ts", import.meta.url), {
    workerData: copy,
    resourceLimits: threadLimits,
    // The parser says on the console what it thinks of a file.
    stdout: true,
    stderr: true,
    env: {},
  });
  const { promise, resolve } = Promise.withResolvers<PdfText | null>();
  const giveUp = () => resolve(null);
  const timer = setTimeout(giveUp, timeoutMs);
  signal?.addEventListener("abort", giveUp);
  worker.on("message", resolve);
  worker.on("error", giveUp);
  worker.on("exit", giveUp);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
    await worker.terminate();
  }
}
