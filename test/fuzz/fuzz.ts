import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { fuzzChat } from "./chat.ts";
import { fuzzSlack } from "./slack.ts";
import type { Target } from "./target.ts";
import { fuzzPolicyFiles, fuzzTemplates } from "./texts.ts";
import { fuzzWebhooks } from "./webhooks.ts";

export const targets: Record<string, () => Target | Promise<Target>> = {
  webhooks: fuzzWebhooks,
  slack: fuzzSlack,
  "policy-files": fuzzPolicyFiles,
  templates: fuzzTemplates,
  chat: fuzzChat,
};

/** What may be gained between the first tenth and the end, for caches that are still filling. */
const mostGainedBytes = 24 * 1024 * 1024;
/** With fewer inputs the heap says nothing. */
const fewestForMemory = 5_000;

export type FuzzResult = {
  name: string;
  inputs: number;
  seconds: number;
  seen: Record<string, number>;
  /** How much the heap grew from the first tenth to the end, in MB; `null` where too little was run. */
  gainedMb: number | null;
  /** The smallest input found that breaks a promise, and how to see it again; `null`: none. */
  failure: string | null;
};

/**
 * Puts mutated input to one target.
 *
 * @param open begins the target
 * @param runs how many webhooks the whole run has; what is slower gets its share of them
 * @param seed repeats a run
 */
export async function fuzz(
  open: () => Target | Promise<Target>,
  runs: number,
  seed: number,
): Promise<FuzzResult> {
  const target = await open();
  const inputs = Math.max(1, Math.ceil(runs / target.everyOf));
  const lost: unknown[] = [];
  const onLost = (error: unknown) => void lost.push(error);
  process.on("unhandledRejection", onLost).on("uncaughtException", onLost);
  const startedAt = performance.now();
  try {
    const first = await check(target, Math.ceil(inputs / 10), seed);
    const before = heap();
    // Another tenth would be the same inputs again.
    const rest = first ?? (await check(target, inputs - Math.ceil(inputs / 10), seed + 1));
    const gained = heap() - before;
    const measured = inputs >= fewestForMemory ? gained : null;
    const problems = [
      rest,
      ...lost.map((error) => `not caught: ${error instanceof Error ? error.stack : error}`),
      measured !== null && measured > mostGainedBytes ? `the heap grew by ${measured} bytes` : null,
    ].filter((problem) => problem !== null);
    return {
      name: target.name,
      inputs,
      seconds: (performance.now() - startedAt) / 1000,
      seen: Object.fromEntries([...target.seen].sort()),
      gainedMb: measured === null ? null : measured / 1024 / 1024,
      failure: problems.length === 0 ? null : problems.join("\n"),
    };
  } finally {
    process.off("unhandledRejection", onLost).off("uncaughtException", onLost);
    await target.stop();
  }
}

/** @returns what broke, with the seed and path that repeat it, or `null` */
async function check(target: Target, numRuns: number, seed: number): Promise<string | null> {
  if (numRuns === 0) return null;
  const details = await fc.check(target.property as fc.IAsyncProperty<unknown>, { numRuns, seed });
  if (!details.failed) return null;
  const why = details.errorInstance instanceof Error ? details.errorInstance.message : "failed";
  return `${why}\n${await fc.asyncDefaultReportMessage(details)}`;
}

function heap(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
