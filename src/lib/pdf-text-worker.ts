import { parentPort, workerData } from "node:worker_threads";
import { extractText, getDocumentProxy } from "unpdf";
import type { PdfText } from "./pdf-text.ts";

// Begun by `pdfText`, which ends it. What fails here ends the thread.

const bytes = workerData as Uint8Array;
const hasPictures = /\/Subtype\s*\/Image\b/.test(Buffer.from(bytes).toString("latin1"));
const document = await getDocumentProxy(bytes);
const { text } = await extractText(document, { mergePages: false });
const read: PdfText = { pages: text.map((page) => page.trim()), hasPictures };
parentPort?.postMessage(read);
