/** How little the very first ranks count more than the next: the constant of the original paper. */
const k = 60;
/** The most that a row may score that has none of the question's words. */
const mostByMeaningAlone = 0.5;

export type Candidate = {
  row: number;
  /** 0 to 1; `null` where none of its words fits. */
  byWords: number | null;
  /** 0 to 1; `null` where there is no vector. */
  byMeaning: number | null;
};

/**
 * Reciprocal rank fusion (Cormack et al. 2009): ranks are comparable where scores are not. A
 * candidate without a vector keeps its rank by words in both lists, so that it is neither pushed
 * nor held back.
 *
 * The score stays what it is without vectors, how much of the question's words a row has, so that it
 * means the same to whatever builds on it. A row that was found by meaning alone scores at most a
 * half, and no row scores more than one before it: where meaning and words disagree, the scores and
 * the distances between them are small, which leans to people.
 *
 * @returns best first, with a score from 0 to 1 that never contradicts the order.
 */
export function fuse(candidates: Candidate[]): { row: number; score: number }[] {
  const byWords = ranks(candidates, ({ byWords }) => byWords);
  const byMeaning = ranks(candidates, ({ byMeaning }) => byMeaning);
  const fused = candidates
    .map((candidate) => {
      const { row } = candidate;
      const wordRank = byWords.get(row);
      const meaningRank = byMeaning.get(row) ?? wordRank;
      return {
        row,
        fusion: share(wordRank) + share(meaningRank),
        score: candidate.byWords ?? mostByMeaningAlone * (candidate.byMeaning ?? 0),
      };
    })
    .sort((one, other) => other.fusion - one.fusion);

  let ceiling = 1;
  return fused.map(({ row, score }) => {
    ceiling = Math.min(ceiling, score);
    return { row, score: ceiling };
  });
}

function share(rank: number | undefined): number {
  return rank === undefined ? 0 : 1 / (k + rank);
}

/** The places of those that have one, from 1 on. */
function ranks(candidates: Candidate[], scoreOf: (candidate: Candidate) => number | null) {
  const ranked = candidates.flatMap((candidate) => {
    const score = scoreOf(candidate);
    return score === null ? [] : [{ row: candidate.row, score }];
  });
  ranked.sort((one, other) => other.score - one.score);
  return new Map(ranked.map(({ row }, index) => [row, index + 1]));
}
