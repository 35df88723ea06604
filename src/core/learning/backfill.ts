import type { AnswerMemory } from "../knowledge/answer-memory.ts";
import type { Clock, Log } from "../ports.ts";
import type { Conversation } from "../types.ts";
import {
  type BackfillOptions,
  type BackfillReport,
  createTally,
  type Tally,
} from "./backfill-report.ts";
import { type Backoff, createBackoff } from "./backoff.ts";
import { createConcurrencyLimit } from "./concurrency-limit.ts";
import { type Learnt, learnFrom } from "./question-answer-pairs.ts";
import { staleMemories } from "./stale-memories.ts";

/** All conversations, past ones too. Whoever implements it bounds the speed. */
export type ConversationArchive = {
  /**
   * One page of the conversations that were updated in that time (milliseconds; a second more at
   * both ends does no harm), in any order, and how many there are on all pages.
   * @throws UpstreamError
   */
  list(
    range: { after: number; until: number },
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<{ total: number; conversations: ListedConversation[]; next: string | null }>;
  /**
   * Reads one; `null` when it is gone. `isCut`: only the newest parts were given.
   * @throws UpstreamError
   */
  read(
    conversationId: string,
    signal: AbortSignal,
  ): Promise<{ conversation: Conversation; isCut: boolean } | null>;
  /** Ids of conversations that were deleted since that time. @throws UpstreamError */
  deletedSince(time: number, signal: AbortSignal): AsyncIterable<string>;
};

type ListedConversation = { id: string; updatedAt: number };

export type BackfillPorts = {
  archive: ConversationArchive;
  memory: AnswerMemory;
  clock: Clock;
  log: Log;
  /** Waits; ends early, without an error, on the signal. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  newId(): string;
  languageOf(text: string): string | null;
  /** Masks secrets in the examples of a dry run; the memory masks what it stores itself. */
  redact(text: string): string;
};

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

const checkpointKey = "backfill";
/** Conversations in hand at a time; the rate limit, not this, decides the speed. */
const parallel = 32;
/** Of which are being stored: a memory behind a network gets several calls for each. */
const parallelStores = 4;
/** The most that is listed before it is read, so that memory stays flat whatever there is. */
const slice = 1_500;
/**
 * Intercom's search may not know of the newest changes yet, and two clocks differ: what changed in
 * this time before a listing is listed again the next time.
 */
const overlapMs = 10 * 60_000;
/** Conversations; as many at most are read once more after a crash. */
const checkpointEvery = 100;
const logEveryMs = 10_000;
const attemptPausesMs = [1_000, 4_000];
/** So many failures in a row, with no success between them, are not the conversations' fault. */
const failuresInARow = 20;
const keptFailures = 1_000;

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

type Run = BackfillPorts & {
  tally: Tally;
  options: BackfillOptions;
  signal: AbortSignal;
  /** Held when the memory says that there are too many calls. */
  backoff: Backoff;
  limited: ReturnType<typeof createConcurrencyLimit>;
};

type Checkpoint = {
  /** Everything that changed until then is stored, in milliseconds since 1970. */
  updatedUntil: number;
  /** Deletions until then are carried out. */
  deletedUntil: number;
  /** Conversations that could not be stored, to be tried again. */
  failed: string[];
};

/** A whole run; its end is in the tally, never in an exception. */
async function run(run: Run): Promise<void> {
  const { tally, log, signal } = run;
  log.info({ id: tally.report().id, ...tally.report().options }, "backfill started");
  try {
    await learnFromAll(run);
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

/**
 * A slice is halved until it holds few enough conversations to be listed at once, the older half
 * first.
 */
async function learnFromRange(
  range: { after: number; until: number },
  run: Run,
  progress: Progress,
  what: "everything" | "a slice" | "again" = "everything",
): Promise<void> {
  if (progress.isLimitReached() || range.until <= range.after) return;
  const first = await listPage(range, null, run);
  if (what === "everything") run.tally.found(first.total);
  if (first.total > slice && range.until - range.after > 1_000) {
    const middle = Math.floor((range.after + range.until) / 2);
    await learnFromRange({ after: range.after, until: middle }, run, progress, "a slice");
    await learnFromRange({ after: middle, until: range.until }, run, progress, "a slice");
    return;
  }
  const listedAt = run.clock();
  const listed = await listAll(range, first, run);
  const inOrder = listed
    .filter(({ updatedAt }) => updatedAt > range.after && updatedAt <= range.until)
    .sort((one, other) => one.updatedAt - other.updatedAt || one.id.localeCompare(other.id));
  await learnFromEach(inOrder, run, progress);
  if (!progress.isLimitReached()) {
    await progress.reached(Math.min(range.until, listedAt - overlapMs));
  }
}

type ListPage = Awaited<ReturnType<ConversationArchive["list"]>>;

/**
 * All pages. Where a conversation changes meanwhile, it leaves the range and the rows behind it move
 * up, past the page that would have held them: fewer rows than there were, so the list is read again.
 */
async function listAll(
  range: { after: number; until: number },
  first: ListPage,
  run: Run,
): Promise<ListedConversation[]> {
  const found = new Map<string, ListedConversation>();
  let start = first;
  for (let round = 1; round <= 3; round += 1) {
    let page = start;
    for (;;) {
      for (const listed of page.conversations) found.set(listed.id, listed);
      if (page.next === null) break;
      page = await listPage(range, page.next, run);
    }
    if (found.size >= start.total) break;
    start = await listPage(range, null, run);
  }
  return [...found.values()];
}

function listPage(range: { after: number; until: number }, cursor: string | null, run: Run) {
  return attempted(run, () => run.archive.list(range, cursor, run.signal));
}

/** Reads and stores them, several at a time, and notes how far everything is done. */
async function learnFromEach(
  inOrder: ListedConversation[],
  run: Run,
  progress: Progress,
): Promise<void> {
  const isDone = new Array<boolean>(inOrder.length).fill(false);
  let done = 0;
  const entries = inOrder.entries();
  let hasFailed = false;
  const worker = async () => {
    for (const [index, { id, updatedAt }] of entries) {
      run.signal.throwIfAborted();
      if (hasFailed) return;
      if (progress.mayTake(id, updatedAt)) await learnFromOne(id, run, progress);
      else if (progress.isLimitReached()) return;
      isDone[index] = true;
      while (isDone[done]) done += 1;
      const next = inOrder[done];
      // A second less: others may have changed in the same one.
      if (next !== undefined) await progress.reachedIfDue(next.updatedAt - 1_000);
    }
  };
  const workers = Array.from({ length: parallel }, () =>
    worker().catch((error) => {
      hasFailed = true;
      throw error;
    }),
  );
  // All of them: nothing goes on behind a run that has failed.
  const ended = await Promise.allSettled(workers);
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}

/** One conversation, from reading to storing; one that cannot be had is put aside by its id. */
async function learnFromOne(id: string, run: Run, progress: Progress): Promise<void> {
  const { tally, log, signal } = run;
  try {
    await learnFromParts(id, run);
    progress.succeeded(id);
  } catch (error) {
    signal.throwIfAborted();
    tally.failed(id, error);
    log.warn({ conversationId: id, error }, "conversation put aside, to be tried again");
    if (progress.failed(id) >= failuresInARow) throw error;
  }
}

async function learnFromParts(id: string, run: Run): Promise<void> {
  const { archive, tally, options, languageOf, redact } = run;
  const read = await attempted(run, () => archive.read(id, run.signal));
  if (read === null) {
    if (!options.dryRun) await forget(id, run);
    return;
  }
  const { conversation, isCut } = read;
  const learnt = learnFrom(conversation, languageOf);
  if (options.dryRun) {
    for (const { question, answer } of learnt.answers) {
      tally.example({ conversationId: id, question: redact(question), answer: redact(answer) });
    }
  } else {
    tally.removed(
      await attempted(run, () => run.limited(() => store(conversation, learnt, isCut, run))),
    );
  }
  const { turns, answers, leftOut } = learnt;
  tally.read({ isCut, turns: turns.length, answers: answers.length, leftOut });
}

/** Repeatable as a whole. @returns how many memories were removed because they are stale. */
async function store(
  conversation: Conversation,
  learnt: Learnt,
  isCut: boolean,
  { memory, signal }: Run,
): Promise<number> {
  const stored = await memory.findConversation(conversation.id, signal);
  const stale = staleMemories(stored, conversation, learnt, isCut);
  let removed = 0;
  for (const partId of stale.partIds) {
    removed += await memory.forgetConversation(conversation.id, partId, signal);
  }
  for (const answerId of stale.answerIds) {
    if (await memory.forgetAnswer(answerId, signal)) removed += 1;
  }
  if (learnt.turns.length > 0) await memory.rememberTurns(learnt.turns, signal);
  if (learnt.answers.length > 0) await memory.rememberAnswers(learnt.answers, signal);
  return removed;
}

/** Removes everything of a conversation that is no longer there. */
async function forget(id: string, run: Run): Promise<void> {
  const { memory, tally, signal } = run;
  const removed = await attempted(run, () => memory.forgetConversation(id, null, signal));
  tally.removed(removed);
  if (removed > 0) tally.deleted();
}

async function forgetDeleted(run: Run, progress: Progress, startedAt: number): Promise<void> {
  for await (const id of run.archive.deletedSince(progress.deletedUntil(), run.signal)) {
    await forget(id, run);
  }
  await progress.deletionsDone(startedAt - overlapMs);
}

type Progress = Awaited<ReturnType<typeof createProgress>>;

/** How far a run has come, in the checkpoint and in the log. */
async function createProgress(run: Run) {
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

/**
 * Tries again after a pause, twice; whoever is called has its own quick retries. Being told to call
 * less is no failure: all wait then, and go on.
 */
async function attempted<T>(run: Run, work: () => Promise<T>): Promise<T> {
  const pausesMs = attemptPausesMs.values();
  for (;;) {
    await run.backoff.wait();
    try {
      const result = await work();
      run.backoff.accepted();
      return result;
    } catch (error) {
      run.signal.throwIfAborted();
      if (isRateLimit(error) && run.backoff.rejected()) continue;
      const pause = pausesMs.next();
      if (isFinal(error) || pause.done) throw error;
      run.log.debug({ error, pauseMs: pause.value }, "backfill step failed, trying again");
      await run.sleep(pause.value, run.signal);
    }
  }
}

function isRateLimit(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 429;
}

/** Failures of outside calls say themselves whether the same call may succeed later. */
function isFinal(error: unknown): boolean {
  return error instanceof Error && "isRetryable" in error && error.isRetryable === false;
}

function inShort(report: BackfillReport): object {
  const { id, conversations, stored, removed, leftOut, ...rest } = report;
  const { conversationsPerSecond, secondsLeft, lastError } = rest;
  const { failedIds: _named, ...counts } = conversations;
  return {
    id,
    ...counts,
    ...stored,
    removed,
    leftOut,
    conversationsPerSecond,
    secondsLeft,
    lastError,
  };
}
