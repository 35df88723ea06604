/** How little the very first ranks count more than the next: the constant of the original paper. */
const k = 60;

export type Candidate = {
  row: number;
  /** 0 to 1. */
  byWords: number;
  /** 0 to 1; `null` where there is no vector. */
  byMeaning: number | null;
};

/**
 * Reciprocal rank fusion (Cormack et al. 2009): ranks are comparable where scores are not. A
 * candidate without a vector keeps its rank by words in both lists, so that it is neither pushed
 * nor held back.
 *
 * @returns best first, with a score from 0 to 1 that never contradicts the order.
 */
export function fuse(candidates: Candidate[]): { row: number; score: number }[] {
  const byWords = ranks(candidates, ({ byWords }) => byWords);
  const byMeaning = ranks(candidates, ({ byMeaning }) => byMeaning ?? -1);
  const fused = candidates
    .map((candidate) => {
      const wordRank = byWords.get(candidate.row) ?? candidates.length;
      const meaningRank =
        candidate.byMeaning === null ? wordRank : (byMeaning.get(candidate.row) ?? wordRank);
      return {
        row: candidate.row,
        fusion: 1 / (k + wordRank) + 1 / (k + meaningRank),
        score: (candidate.byWords + (candidate.byMeaning ?? candidate.byWords)) / 2,
      };
    })
    .sort((a, b) => b.fusion - a.fusion);

  let ceiling = 1;
  return fused.map(({ row, score }) => {
    ceiling = Math.min(ceiling, score);
    return { row, score: ceiling };
  });
}

function ranks(candidates: Candidate[], scoreOf: (candidate: Candidate) => number) {
  const sorted = [...candidates].sort((a, b) => scoreOf(b) - scoreOf(a));
  return new Map(sorted.map(({ row }, index) => [row, index + 1]));
}
