import { readInThread } from "./in-thread.ts";

/** What a PDF says. */
export type PdfText = {
  /** The text of each page, in order; "" for a page without any, such as a scanned one. */
  pages: string[];
  /** Whether there are pictures in it, which no text tells of. */
  hasPictures: boolean;
};

/**
 * Reads the text of a PDF in a thread that ends with it.
 *
 * @param timeoutMs after which the file counts as one that cannot be read
 * @returns `null` for what cannot be read: broken, locked with a password, or too much work
 */
export async function pdfText(
  bytes: Uint8Array,
  timeoutMs = 8_000,
  signal?: AbortSignal,
): Promise<PdfText | null> {
  return readInThread<PdfText>(
    new URL("./pdf-text-worker.ts", import.meta.url),
    bytes,
    timeoutMs,
    signal,
  );
}
