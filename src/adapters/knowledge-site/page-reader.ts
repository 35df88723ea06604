import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { PageText } from "./page-text.ts";

/** A page as it is handed to the thread that reads it. */
export type PageForm = "html" | "markdown";

export type UnreadPage = { form: PageForm; content: string; address: string };

export type PageReader = {
  /** @returns `null` where it cannot be read, or takes too long */
  read(form: PageForm, content: string, address: string): Promise<PageText | null>;
  close(): Promise<void>;
};

const threadLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 };
const timeoutMs = 30_000;

/**
 * Reads pages one after the other in a thread of its own: what a page does to a parser holds up no
 * customer, and the parsers, which nothing else needs, leave the memory with the thread.
 */
export function createPageReader(): PageReader {
  let worker: Worker | null = null;
  let before: Promise<unknown> = Promise.resolve();

  return {
    read(form, content, address) {
      const reading = before.then(() => readNext({ form, content, address }));
      before = reading;
      return reading;
    },
    async close() {
      await before;
      await end();
    },
  };

  async function readNext(page: UnreadPage): Promise<PageText | null> {
    worker ??= new Worker(new URL("./page-worker.ts", import.meta.url), {
      resourceLimits: threadLimits,
      stdout: true,
      stderr: true,
      env: {},
    });
    const reader = worker;
    const patience = new AbortController();
    const { signal } = patience;
    const timer = setTimeout(() => patience.abort(), timeoutMs);
    const exited = once(reader, "exit", { signal }).then(() => {
      throw new Error("the thread ended");
    });
    try {
      reader.postMessage(page);
      const [read] = (await Promise.race([once(reader, "message", { signal }), exited])) as [
        PageText | null,
      ];
      return read;
    } catch {
      // Too much time or memory; the next page begins with a new one.
      await end();
      return null;
    } finally {
      clearTimeout(timer);
      exited.catch(() => {});
      patience.abort();
    }
  }

  async function end(): Promise<void> {
    const ending = worker;
    worker = null;
    ending?.on("error", () => {});
    await ending?.terminate();
  }
}
