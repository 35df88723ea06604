import { type Contents, copyMark, type MemoryContents } from "./memory-contents.ts";

/**
 * What a memory holds, in the order in which it is copied: whom articles are for stands before they
 * are there, and how far the backfill came is last.
 */
export const copiedKinds = [
  "answers",
  "turns",
  "sources",
  "articles",
  "changes",
  "checkpoints",
] as const;
export type CopiedKind = (typeof copiedKinds)[number];

/** How many there are of a kind, and how many the target lacked, had otherwise or had too many. */
export type CopiedCounts = {
  source: number;
  target: number;
  added: number;
  changed: number;
  removed: number;
};

/**
 * Why nothing was copied: the target holds what is no copy, or the copy of another memory. `named`:
 * of which.
 */
export type CopyRefusal = { why: "not-a-copy" } | { why: "other-source"; named: string };

export type CopyResult = Record<CopiedKind, CopiedCounts> | { refused: CopyRefusal };

export type CopyOptions = {
  /** How the source is called in the target, so that no other one is put over it. */
  source: string;
  /** Nothing is written; the counts say what would be. */
  isDryRun: boolean;
  /** The target becomes a copy, whatever it holds. */
  replaces: boolean;
  /** How much is done at once, as a share of the usual: less where that took too long. */
  step: number;
  onProgress(kind: CopiedKind, done: number, of: number): void;
  signal: AbortSignal;
};

/** Per transaction: many, because each brings what is known of all words up to date. */
const atOnce: Record<CopiedKind, number> = {
  answers: 1_000,
  turns: 1_000,
  sources: 100,
  articles: 50,
  changes: 300,
  checkpoints: 100,
};

/**
 * Makes one memory a copy of another: adds what it lacks, replaces what it has otherwise, and removes
 * what the source has no longer. It may end anywhere and be begun again: what is there already is
 * only compared, by its content. The source is only read, in short steps, and may be in use.
 *
 * @throws UpstreamError when one of them cannot be read or written; the signal's reason
 */
export async function copyMemory(
  from: MemoryContents,
  to: MemoryContents,
  options: CopyOptions,
): Promise<CopyResult> {
  const { source, isDryRun, replaces, signal } = options;
  const refused = replaces ? null : await refusal(to, source, signal);
  if (refused !== null) return { refused };
  if (!isDryRun) await to.checkpoints.put([{ key: copyMark, value: source }], signal);
  return {
    answers: await copyKind("answers", from.answers, to.answers, to.asKept, options),
    turns: await copyKind("turns", from.turns, to.turns, to.asKept, options),
    sources: await copyKind("sources", from.sources, to.sources, to.asKept, options),
    articles: await copyKind("articles", from.articles, to.articles, to.asKept, options),
    changes: await copyKind("changes", from.changes, to.changes, to.asKept, options),
    checkpoints: await copyKind(
      "checkpoints",
      from.checkpoints,
      to.checkpoints,
      to.asKept,
      options,
    ),
  };
}

/** Whether both held the same, as far as they were compared. */
export function isSameThroughout(counts: Record<CopiedKind, CopiedCounts>): boolean {
  return copiedKinds.every((kind) => {
    const { added, changed, removed } = counts[kind];
    return added + changed + removed === 0;
  });
}

async function refusal(
  to: MemoryContents,
  source: string,
  signal: AbortSignal,
): Promise<CopyRefusal | null> {
  const [mark] = await to.checkpoints.find([copyMark], signal);
  if (mark !== undefined) {
    return mark.value === source ? null : { why: "other-source", named: mark.value };
  }
  for (const kind of copiedKinds) {
    if ((await to[kind].count(signal)) > 0) return { why: "not-a-copy" };
  }
  return null;
}

async function copyKind<T extends object>(
  kind: CopiedKind,
  from: Contents<T>,
  to: Contents<T>,
  asKept: (one: T) => T,
  { isDryRun, step, onProgress, signal }: CopyOptions,
): Promise<CopiedCounts> {
  const counts = { added: 0, changed: 0, removed: 0 };
  const expected = await from.count(signal);
  /** Keys that the source has in another form than the target. */
  const altered = new Set<string>();
  let done = 0;
  for (let place: number | null = null; ; ) {
    const { items, last } = await from.page(place, Math.ceil(atOnce[kind] * step), signal);
    if (last === null) break;
    place = last;
    const wanted = items.map(asKept);
    for (const [index, one] of items.entries()) {
      const kept = wanted[index];
      if (kept !== undefined && to.keyOf(kept) !== from.keyOf(one)) altered.add(to.keyOf(kept));
    }
    const found = await to.find(wanted.map(to.keyOf), signal);
    const there = new Map(found.map((one) => [to.keyOf(one), one]));
    const isNew = (one: T) => !there.has(to.keyOf(one));
    const written = wanted.filter((one) => !isSame(one, there.get(to.keyOf(one))));
    counts.added += written.filter(isNew).length;
    counts.changed += written.filter((one) => !isNew(one)).length;
    if (!isDryRun && written.length > 0) await to.put(written, signal);
    done += items.length;
    onProgress(kind, done, Math.max(done, expected));
  }
  const target = await to.count(signal);
  const isMore = target + (isDryRun ? counts.added : 0) > (await from.count(signal));
  if (isMore) counts.removed = await removeGone(from, to, altered, isDryRun, signal);
  return { source: await from.count(signal), target: await to.count(signal), ...counts };
}

/** @returns how many the target has that the source has not (any more) */
async function removeGone<T extends object>(
  from: Contents<T>,
  to: Contents<T>,
  altered: ReadonlySet<string>,
  isDryRun: boolean,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let place: number | null = null; ; ) {
    const { items, last } = await to.page(place, atOnce.answers, signal);
    if (last === null) return removed;
    place = last;
    const keys = items.map(to.keyOf);
    const kept = new Set((await from.find(keys, signal)).map(from.keyOf));
    const gone = keys.filter((key) => !kept.has(key) && !altered.has(key));
    removed += gone.length;
    if (!isDryRun && gone.length > 0) await to.remove(gone, signal);
  }
}

/** Field by field: in which order they stand says nothing. */
function isSame<T extends object>(one: T, other: T | undefined): boolean {
  if (other === undefined) return false;
  const keys = Object.keys({ ...one, ...other }) as (keyof T)[];
  return keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}
