import type { ForWhom } from "../for-whom.ts";
import type { Source } from "../types.ts";
import { type Meaning, meaningOf, pause, stop } from "./same-meaning.ts";

/** Words in a row that two texts have in common only where one was copied from the other. */
const runLength = 4;
/** As much of the shorter text stands in the longer one; the rest is how two places write the same. */
const copyShare = 0.85;

/**
 * Articles without those that say the same as one before them: the same page in a folder and on a
 * site, or a macro made from an article. Of each such group the one stays that customers may read,
 * of these the newest, in the place of the group's best and with its score.
 *
 * Two that differ in a number, a name or a negation are no twins, and neither are those that are for
 * different brands or plans.
 *
 * @param sources best first
 */
export function withoutTwins(sources: Source[]): Source[] {
  const groups: Group[] = [];
  for (const source of sources) {
    const group = groups.find(({ members: [first] }) => areTwins(first, source));
    if (group === undefined) groups.push({ members: [copyOf(source)] });
    else group.members.push(copyOf(source));
  }
  return groups.map(({ members }) => {
    const [best] = members;
    const kept = members.reduce((one, other) => (isPreferred(other, one) ? other : one));
    return { ...kept.source, score: best.source.score };
  });

  function areTwins(first: Copy, source: Source): boolean {
    // What comes first is what is cheapest to tell: hardly any two articles have one title.
    if (first.source.kind !== source.kind || !haveOneTitle(first.source, source)) return false;
    return isForSame(first.source.forWhom, source.forWhom) && saySame(first, copyOf(source));
  }
}

type Group = { members: [Copy, ...Copy[]] };
type Copy = { source: Source; meaning(): Meaning; runs(): Set<string> };

/** Taken apart only where it is compared. */
function copyOf(source: Source): Copy {
  let meaning: Meaning | null = null;
  let runs: Set<string> | null = null;
  const own = {
    source,
    meaning: () => {
      meaning ??= meaningOf(source.text);
      return meaning;
    },
    runs: () => {
      runs ??= runsIn(own.meaning());
      return runs;
    },
  };
  return own;
}

/** "Refunds" and "Refunds – Acme Help" are the same page's. */
function haveOneTitle(one: Source, other: Source): boolean {
  const [ours, theirs] = [wordsIn(one.title), wordsIn(other.title)];
  const [fewer, more] = ours.size <= theirs.size ? [ours, theirs] : [theirs, ours];
  return fewer.size > 0 && [...fewer].every((word) => more.has(word));
}

function saySame(one: Copy, other: Copy): boolean {
  const [shorter, longer] =
    one.meaning().tokens.length <= other.meaning().tokens.length ? [one, other] : [other, one];
  const { carrying, inflectedNegation } = shorter.meaning();
  const known = longer.meaning();
  if (![...carrying].every((word) => known.words.has(word))) return false;
  if (inflectedNegation !== known.inflectedNegation) return false;
  if (saysOtherwise(known, shorter.meaning())) return false;
  const runs = [...shorter.runs()];
  const common = runs.filter((run) => longer.runs().has(run)).length;
  return runs.length > 0 && common >= copyShare * runs.length;
}

/** Whether a sentence that both have has a number, name or negation more in the longer one. */
function saysOtherwise({ tokens, carrying }: Meaning, { words }: Meaning): boolean {
  const isOwn = (token: string) => carrying.has(token) && !words.has(token);
  let sentence: string[] = [];
  for (const token of tokens) {
    if (token !== stop) {
      if (token !== pause) sentence.push(token);
      continue;
    }
    const shared = sentence.filter((word) => words.has(word)).length;
    if (sentence.some(isOwn) && shared >= sentence.length / 2) return true;
    sentence = [];
  }
  return false;
}

function runsIn({ tokens, words }: Meaning): Set<string> {
  const own = tokens.filter((token) => words.has(token));
  if (own.length <= runLength) return new Set([own.join(" ")].filter((run) => run !== ""));
  return new Set(
    Array.from({ length: own.length - runLength + 1 }, (_, at) =>
      own.slice(at, at + runLength).join(" "),
    ),
  );
}

function isForSame(one: ForWhom = {}, other: ForWhom = {}): boolean {
  return (["brands", "plans", "topics"] as const).every(
    (list) =>
      [...(one[list] ?? [])].sort().join("\n") === [...(other[list] ?? [])].sort().join("\n"),
  );
}

/** Customers' before internal, then the newest; what says the least of it comes last. */
function isPreferred({ source: one }: Copy, { source: other }: Copy): boolean {
  if (one.isInternal !== other.isInternal) return other.isInternal;
  return (one.at ?? 0) > (other.at ?? 0);
}

function wordsIn(title: string): Set<string> {
  return new Set(
    title
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
  );
}
