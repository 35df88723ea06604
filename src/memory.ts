import { type CopyEnd, isDatabase, openToFill, openToRead } from "./compose/copying.ts";
import { readMemoryUrl } from "./config.ts";
import { type CopiedKind, copyMemory, isSameThroughout } from "./core/knowledge/copy-memory.ts";
import { UpstreamError } from "./lib/errors.ts";
import { sleep } from "./lib/sleep.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";
import { type CopyCommand, copyUsage, readCopyCommand } from "./memory-copy/options.ts";
import { nextSteps, progressOf, refusalInWords, tableOf, timeOf } from "./memory-copy/report.ts";

// `npm run memory -- copy --from FILE --to URL`: carries everything that is remembered into another
// memory. May be interrupted and repeated; the service may go on meanwhile.

/** A terminal is told at each step, a log now and then. */
const redrawMs = 250;
const tellMs = 10_000;
/** A database that is busy, or was away for a moment, is asked again, for less at once. */
const attempts = [
  { step: 1, afterMs: 0 },
  { step: 1 / 4, afterMs: 5_000 },
  { step: 1 / 16, afterMs: 15_000 },
  { step: 1 / 16, afterMs: 60_000 },
];
const exitCodes = { failed: 1, differs: 2, interrupted: 130 };

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    process.stdout.write(`${copyUsage}\n`);
    return;
  }
  const command = readCopyCommand(process.argv.slice(2), readMemoryUrl());
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopping.abort());
  const log = createTerminalLog();
  const from = await openToRead(command.from, log);
  try {
    const to = await openToFill(command.to, log);
    try {
      await copy(command, from, to, stopping.signal);
    } finally {
      await to.contents.close();
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    say("Interrupted. Run the same command again: it goes on where it was.");
    process.exitCode = exitCodes.interrupted;
  } finally {
    await from.contents.close();
  }
}

async function copy(
  { isDryRun, isCheck, replaces, to: address }: CopyCommand,
  from: CopyEnd,
  to: CopyEnd,
  signal: AbortSignal,
): Promise<void> {
  const isReading = isDryRun || isCheck;
  say(`${isCheck ? "Comparing" : "Copying"} ${from.name} ${isCheck ? "with" : "to"} ${to.name}`);
  const startedAt = Date.now();
  const result = await insistently(signal, (step) =>
    copyMemory(from.contents, to.contents, {
      source: from.name,
      isDryRun: isReading,
      replaces: replaces || isCheck,
      step,
      onProgress: createProgress(),
      signal,
    }),
  );
  clearLine();
  if ("refused" in result) {
    say(refusalInWords(result.refused, to.name));
    process.exitCode = exitCodes.failed;
    return;
  }
  const took = timeOf((Date.now() - startedAt) / 1000);
  process.stdout.write(`${tableOf(result, !isReading)}\n\n`);
  if (isCheck) {
    const isSame = isSameThroughout(result);
    process.stdout.write(
      isSame ? `Both hold the same (${took}).\n` : `They differ, see above (${took}).\n`,
    );
    if (!isSame) process.exitCode = exitCodes.differs;
    return;
  }
  if (isDryRun) {
    process.stdout.write(`Nothing was written (--dry-run, ${took}).\n`);
    return;
  }
  const isWhole = Object.values(result).every(({ source, target }) => source === target);
  const end = isWhole
    ? "Both hold equally many."
    : "The source has changed meanwhile: run this once more when nothing uses it.";
  process.stdout.write(
    `Copied in ${took}. ${end}\n\n${nextSteps(isDatabase(address), from.imports)}\n`,
  );
}

/** What is there already is only compared, so beginning again costs little. */
async function insistently<T>(signal: AbortSignal, work: (step: number) => Promise<T>): Promise<T> {
  for (const [index, { step }] of attempts.entries()) {
    try {
      return await work(step);
    } catch (error) {
      const next = attempts[index + 1];
      const isPassing = error instanceof UpstreamError && error.isRetryable;
      if (!isPassing || next === undefined || signal.aborted) throw error;
      say(`${error.message}. Going on in ${next.afterMs / 1000} s, with less at once.`);
      await sleep(next.afterMs, signal);
    }
  }
  throw new Error("Nothing was tried.");
}

/** Tells how far it is, as often as whoever reads it wants to know. */
function createProgress(): (kind: CopiedKind, done: number, of: number) => void {
  let told = 0;
  let kindNow: CopiedKind | null = null;
  let begunAt = Date.now();
  let lastAt = begunAt;
  return (kind, done, of) => {
    const now = Date.now();
    if (kind !== kindNow) {
      kindNow = kind;
      begunAt = lastAt;
    }
    lastAt = now;
    const { isTTY } = process.stderr;
    if (now - told < (isTTY ? redrawMs : tellMs)) return;
    told = now;
    const words = progressOf(kind, done, of, now - begunAt);
    clearLine();
    process.stderr.write(isTTY ? words : `${words}\n`);
  };
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

function say(words: string): void {
  clearLine();
  process.stderr.write(`${words}\n`);
}

await main().catch((error: unknown) => {
  const isOutside = error instanceof UpstreamError;
  const advice = isOutside ? ". Run the same command again: it goes on where it was." : "";
  say(`\n${error instanceof Error ? error.message : String(error)}${advice}`);
  process.exitCode = exitCodes.failed;
});
// Connections kept alive must not hold up the prompt.
process.exit();
