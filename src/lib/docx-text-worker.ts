import { parentPort, workerData } from "node:worker_threads";
import mammoth from "mammoth";

// Begun by `docxHtml`, which ends it. What fails here ends the thread.

const buffer = Buffer.from(workerData as Uint8Array);
// Pictures would stand in the text as their bytes.
const convertImage = mammoth.images.imgElement(async () => ({ src: "" }));
const { value } = await mammoth.convertToHtml({ buffer }, { convertImage });
parentPort?.postMessage(value);
