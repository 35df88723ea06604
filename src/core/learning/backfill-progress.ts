import { inShort } from "./backfill-report.ts";
import { attempted, overlapMs, type Run } from "./backfill-run.ts";

const checkpointKey = "backfill";
/** Conversations; as many at most are read once more after a crash. */
const checkpointEvery = 100;
const logEveryMs = 10_000;
const keptFailures = 1_000;

type Checkpoint = {
  /** Everything that changed until then is stored, in milliseconds since 1970. */
  updatedUntil: number;
  /** Deletions until then are carried out. */
  deletedUntil: number;
  /** Conversations that could not be stored, to be tried again. */
  failed: string[];
};

export type Progress = Awaited<ReturnType<typeof createProgress>>;

/** How far a run has come, in the checkpoint and in the log. */
export async function createProgress(run: Run) {
  const { memory, tally, options, clock, log } = run;
  const stored = await attempted(run, () => memory.readCheckpoint(checkpointKey, run.signal));
  const checkpoint = readCheckpoint(stored);
  // A run that begins later leaves a gap, so the checkpoint must not jump over it.
  const isContiguous = options.since === null || options.since - 1 <= checkpoint.updatedUntil;
  const failed = new Set(checkpoint.failed);
  /** What was read in this run of the time that is listed twice. */
  const recent = new Map<string, number>();
  const recentSince = clock() - 2 * overlapMs;
  let taken = 0;
  let inARow = 0;
  let sinceWritten = 0;
  let loggedAt = clock();
  let writing: Promise<void> = Promise.resolve();

  const write = async () => {
    if (options.dryRun) return;
    const value = JSON.stringify({ ...checkpoint, failed: [...failed].slice(-keptFailures) });
    sinceWritten = 0;
    // One after the other: an older one must not overtake a newer one.
    writing = writing
      .catch(() => {})
      .then(() => attempted(run, () => memory.writeCheckpoint(checkpointKey, value, run.signal)));
    await writing;
  };
  const advance = (updatedUntil: number) => {
    if (isContiguous) checkpoint.updatedUntil = Math.max(checkpoint.updatedUntil, updatedUntil);
  };

  return {
    failedBefore: options.since === null && options.until === null ? [...failed] : [],
    updatedUntil: () => checkpoint.updatedUntil,
    deletedUntil: () => checkpoint.deletedUntil,
    isLimitReached: () => options.limit !== null && taken >= options.limit,
    /** Whether a listed conversation is to be read; counts it if so. */
    mayTake(id: string, updatedAt: number): boolean {
      if (recent.get(id) === updatedAt) return false;
      if (options.limit !== null && taken >= options.limit) return false;
      taken += 1;
      if (updatedAt > recentSince) recent.set(id, updatedAt);
      return true;
    },
    succeeded(id: string): void {
      inARow = 0;
      failed.delete(id);
      if (clock() - loggedAt < logEveryMs) return;
      loggedAt = clock();
      log.info(inShort(tally.report()), "backfill under way");
    },
    /** @returns how many failed in a row. */
    failed(id: string): number {
      failed.add(id);
      inARow += 1;
      return inARow;
    },
    async reached(updatedUntil: number): Promise<void> {
      advance(updatedUntil);
      await write();
    },
    async reachedIfDue(updatedUntil: number): Promise<void> {
      advance(updatedUntil);
      sinceWritten += 1;
      if (sinceWritten >= checkpointEvery) await write();
    },
    async deletionsDone(deletedUntil: number): Promise<void> {
      checkpoint.deletedUntil = deletedUntil;
      await write();
    },
  };
}

/** One that cannot be understood (of another version) is none: everything is read again. */
function readCheckpoint(value: string | null): Checkpoint {
  // What Intercom gives no date counts as changed at 0.
  const none = { updatedUntil: -1, deletedUntil: 0, failed: [] };
  if (value === null) return none;
  try {
    const { updatedUntil, deletedUntil, failed } = JSON.parse(value) as Partial<Checkpoint>;
    const isWhole = typeof updatedUntil === "number" && typeof deletedUntil === "number";
    return isWhole ? { updatedUntil, deletedUntil, failed: failed ?? [] } : none;
  } catch {
    return none;
  }
}
