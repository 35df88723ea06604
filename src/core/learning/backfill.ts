import { createConcurrencyLimit } from "../concurrency-limit.ts";
import { readForgottenContacts } from "../knowledge/forgotten-contacts.ts";
import { forget, learnFromOne } from "./backfill-conversation.ts";
import { createProgress, type Progress } from "./backfill-progress.ts";
import { learnFromRange } from "./backfill-range.ts";
import {
  type BackfillOptions,
  type BackfillReport,
  createTally,
  inShort,
  type Tally,
} from "./backfill-report.ts";
import { type BackfillPorts, overlapMs, type Run } from "./backfill-run.ts";
import { createBackoff } from "./backoff.ts";

export type Backfill = {
  /** Starts a run, unless one is under way: that one is returned then. */
  start(options: BackfillOptions): { isNew: boolean; report: BackfillReport };
  /** The run under way, or else the last one. */
  report(): BackfillReport | null;
  /** Ends the run under way. @returns whether there was one. */
  stop(): boolean;
  /** Resolves when no run is under way; never rejects. */
  settled(): Promise<void>;
};

/** Of the conversations in hand, those being stored: a memory behind a network gets several calls for each. */
const parallelStores = 4;

/**
 * Learns from past conversations, one run at a time.
 *
 * Conversations are taken in the order in which they changed, a slice of time after the other. The
 * checkpoint says up to which change everything is stored; it lives with the memory, so a run that
 * was killed goes on from there, and a later run takes only what changed since. Storing is
 * repeatable: what is stored already is replaced by the same.
 */
export function createBackfill(ports: BackfillPorts): Backfill {
  let latest: { tally: Tally; stopping: AbortController; ended: Promise<void> } | null = null;
  const isRunning = () => latest?.tally.report().state === "running";

  return {
    start(options) {
      if (latest !== null && isRunning()) return { isNew: false, report: latest.tally.report() };
      const tally = createTally(ports.newId(), options, ports.clock);
      const stopping = new AbortController();
      const { signal } = stopping;
      const backoff = createBackoff({ ...ports, signal });
      const limited = createConcurrencyLimit(parallelStores);
      const ended = run({ ...ports, tally, options, signal, backoff, limited });
      latest = { tally, stopping, ended };
      return { isNew: true, report: tally.report() };
    },
    report: () => latest?.tally.report() ?? null,
    stop() {
      if (!isRunning()) return false;
      latest?.stopping.abort();
      return true;
    },
    settled: async () => latest?.ended,
  };
}

/** A whole run; its end is in the tally, never in an exception. */
async function run(run: Omit<Run, "forgotten">): Promise<void> {
  const { tally, log, signal } = run;
  log.info({ id: tally.report().id, ...tally.report().options }, "backfill started");
  try {
    const forgotten = await readForgottenContacts(run.memory, signal);
    await learnFromAll({ ...run, forgotten });
    tally.end("done");
  } catch (error) {
    if (signal.aborted) tally.end("stopped");
    else {
      tally.end("failed", error);
      log.error({ error }, "backfill failed; started again it goes on from here");
    }
  }
  log.info(inShort(tally.report()), `backfill ${tally.report().state}`);
}

async function learnFromAll(run: Run): Promise<void> {
  const { options, clock } = run;
  const startedAt = clock();
  const progress = await createProgress(run);
  for (const id of progress.failedBefore) await learnFromOne(id, run, progress);

  const after = options.since === null ? progress.updatedUntil() : options.since - 1;
  const until = options.until ?? startedAt;
  await learnFromRange({ after, until }, run, progress);
  // What changed while that went on, so that the end of a long run is not hours behind.
  if (options.until === null) {
    await learnFromRange({ after: until - overlapMs, until: clock() }, run, progress, "again");
  }
  if (!run.options.dryRun) await forgetDeleted(run, progress, startedAt);
}

async function forgetDeleted(run: Run, progress: Progress, startedAt: number): Promise<void> {
  for await (const id of run.archive.deletedSince(progress.deletedUntil(), run.signal)) {
    await forget(id, run);
  }
  await progress.deletionsDone(startedAt - overlapMs);
}
