import { learnFromOne } from "./backfill-conversation.ts";
import type { Progress } from "./backfill-progress.ts";
import {
  attempted,
  type ConversationArchive,
  type ListedConversation,
  overlapMs,
  type Run,
} from "./backfill-run.ts";

/** Conversations in hand at a time; the rate limit, not this, decides the speed. */
const parallel = 32;
/** The most that is listed before it is read, so that memory stays flat whatever there is. */
const slice = 1_500;

/**
 * A slice is halved until it holds few enough conversations to be listed at once, the older half
 * first.
 */
export async function learnFromRange(
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
