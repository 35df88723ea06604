import { Worker } from "node:worker_threads";

/** What a thread that reads may hold: a file of a megabyte can unpack to hundreds of them. */
const threadLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 };

/**
 * Has a thread read what somebody else wrote, and ends it: neither what is made to take for ever nor
 * the parser, which nothing else needs, stays in the process.
 *
 * @param file of the thread, which gets the bytes as `workerData` and posts what it read
 * @param bytes which stay with the caller
 * @returns what it posted first; `null` where it fails, takes too long, or nobody waits any more
 */
export async function readInThread<Read>(
  file: URL,
  bytes: Uint8Array,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Read | null> {
  if (signal?.aborted) return null;
  const worker = new Worker(file, {
    workerData: new Uint8Array(bytes),
    resourceLimits: threadLimits,
    // The parser says on the console what it thinks of a file.
    stdout: true,
    stderr: true,
    env: {},
  });
  const { promise, resolve } = Promise.withResolvers<Read | null>();
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
