import { parentPort, workerData } from "node:worker_threads";
import { inflateSync } from "node:zlib";
import { extractText, getDocumentProxy } from "unpdf";
import type { PdfText } from "./pdf-text.ts";

// Begun by `pdfText`, which ends it. What fails here ends the thread.

/** No text that a person sends unpacks to more; a kilobyte can unpack to a megabyte. */
const mostUnpackedBytes = 64 * 1024 * 1024;

/** @throws Error with what would not fit into memory: the parser itself has no limit */
function refuseFloods(bytes: Buffer): void {
  let left = mostUnpackedBytes;
  for (let from = 0; ; ) {
    const start = bytes.indexOf("stream", from);
    const end = start < 0 ? -1 : bytes.indexOf("endstream", start);
    if (end < 0) return;
    const first = start + (bytes.subarray(start).indexOf("\n") + 1);
    left -= unpackedLength(bytes.subarray(first, end), left);
    from = end + "endstream".length;
  }
}

/** 0 for what is packed in another way or not at all. @throws RangeError beyond the limit */
function unpackedLength(packed: Buffer, limit: number): number {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, limit) }).length;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return 0;
  }
}

const bytes = Buffer.from(workerData as Uint8Array);
refuseFloods(bytes);
const hasPictures = /\/Subtype\s*\/Image\b/.test(bytes.toString("latin1"));
const document = await getDocumentProxy(new Uint8Array(bytes));
const { text } = await extractText(document, { mergePages: false });
const read: PdfText = { pages: text.map((page) => page.trim()), hasPictures };
parentPort?.postMessage(read);
