import { parentPort } from "node:worker_threads";
import { markdownText } from "./markdown-text.ts";
import type { UnreadPage } from "./page-reader.ts";
import { pageText } from "./page-text.ts";

// Begun by `createPageReader`, which ends it.

parentPort?.on("message", ({ form, content, address }: UnreadPage) => {
  try {
    const read = form === "html" ? pageText(content, address) : markdownText(content);
    parentPort?.postMessage(read);
  } catch {
    parentPort?.postMessage(null);
  }
});
