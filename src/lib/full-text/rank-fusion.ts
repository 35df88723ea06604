import type { FullTextHit } from "./ranking.ts";

/**
 * How little the very first ranks count more than the next. The original paper takes 60, for many
 * systems of much the same worth; with two of them, what only one puts first would then stay behind
 * whatever both have somewhere.
 */
const k = 10;
/** So many of the best by words are looked for among as many of the nearest by meaning. */
const compared = 10;
/** The most that a row may score that has none of the question's words. */
const mostByMeaningAlone = 0.5;

/**
 * Reciprocal rank fusion (Cormack et al. 2009): ranks are comparable where scores are not.
 *
 * Half of what meaning counts it counts in any case. The other half it has to earn: by naming rows
 * that the words name too, or where the words leave much of the question open. So a model that does
 * not understand a question (typing errors, a language that it has not learnt) cannot undo what was
 * found by words (docs/benchmarks.md).
 *
 * The score stays what it is without vectors, how much of the question's words a row has, so that it
 * means the same to whatever builds on it. A row that was found by meaning alone scores at most a
 * half, and no row scores more than one before it: where meaning and words disagree, the scores and
 * the distances between them are small, which leans to people.
 *
 * @param byWords best first
 * @param byMeaning likest first, `likeness` from 0 to 1
 * @param hasVector whether a row that is not among them could be; one that could not keeps its rank
 *   by words in both lists, so that it is neither pushed nor held back
 * @returns best first, with a score from 0 to 1 that never contradicts the order
 */
export function fuse(
  byWords: FullTextHit[],
  byMeaning: { row: number; likeness: number }[],
  hasVector: (row: number) => boolean,
): FullTextHit[] {
  const fused = new Map<number, { rank: number; score: number }>();
  const meaningRanks = new Map(byMeaning.map(({ row }, index) => [row, index + 1]));
  const trust = trustIn(byWords, meaningRanks, hasVector);
  for (const [index, { row, score }] of byWords.entries()) {
    const wordRank = index + 1;
    const meaningRank = meaningRanks.get(row) ?? (hasVector(row) ? null : wordRank);
    fused.set(row, { rank: share(wordRank) + trust * share(meaningRank), score });
  }
  for (const [index, { row, likeness }] of byMeaning.entries()) {
    if (fused.has(row)) continue;
    fused.set(row, { rank: trust * share(index + 1), score: mostByMeaningAlone * likeness });
  }
  const sorted = [...fused].sort(([, one], [, other]) => other.rank - one.rank);
  let ceiling = 1;
  return sorted.map(([row, { score }]) => {
    ceiling = Math.min(ceiling, score);
    return { row, score: ceiling };
  });
}

/** From a half to one. */
function trustIn(
  byWords: FullTextHit[],
  meaningRanks: ReadonlyMap<number, number>,
  hasVector: (row: number) => boolean,
): number {
  const best = byWords.slice(0, compared);
  const comparable = best.filter(({ row }) => meaningRanks.has(row) || hasVector(row));
  const agreed = comparable.filter(
    ({ row }) => (meaningRanks.get(row) ?? compared + 1) <= compared,
  );
  const agreement = comparable.length === 0 ? 1 : agreed.length / comparable.length;
  const leftOpen = 1 - (byWords[0]?.score ?? 0);
  return (1 + Math.max(agreement, leftOpen)) / 2;
}

function share(rank: number | null): number {
  return rank === null ? 0 : 1 / (k + rank);
}
