import { type Columns, emphasisOf, fitOf, type WeighedWord } from "./fit.ts";
import type { QueryForm, QueryTerm } from "./query.ts";

/** In so many of the best rows words are looked for that stand in too many to be searched for. */
const maxLookedThrough = 10;

/** A row of a full-text table that fits. */
export type FullTextHit = {
  row: number;
  /** 0 to 1, comparable between queries to the same table; never contradicts the order. */
  score: number;
};

/** A word as it was searched for, and how often each row has it, by column. */
export type CountedForm = {
  weight: number;
  countsOf: ReadonlyMap<number, readonly number[]>;
};

/** What an index says of the rows that may fit. */
export type Candidates = {
  rows: number[];
  /** How many words each column of them has. */
  lengthsOf: ReadonlyMap<number, readonly number[]>;
  /** Of each word that was searched for its forms, or those of what it may have meant. */
  words: CountedForm[][];
  /** Whether a row has a word that was not searched for. */
  contains(row: number, form: QueryForm): boolean;
};

/**
 * Puts the rows that an index has found into their order.
 *
 * The score is how much of the question's words a row has, those included that were not searched
 * for or stand nowhere: a question of which half is unheard of scores about half. About 0.8 says
 * that all of the words are there once (0.7 where none stands in the title), 0.9 that the row is
 * about nothing else, in a table of any size. (On help articles the share of words alone tells right
 * from wrong hardly better than chance.)
 *
 * @param terms the query that they were found with.
 * @returns best first, at most `limit`.
 */
export function rank(
  candidates: Candidates,
  terms: readonly QueryTerm[],
  columns: Columns,
  limit: number,
): FullTextHit[] {
  const asked = { words: terms.length, weight: sum(terms) };
  const fitting = ({ row, found }: Weighed) => ({ row, found, ...fitOf(found, asked) });

  const weighed = weigh(candidates, columns).map(fitting).sort(byFit);
  const best = weighed.slice(0, maxLookedThrough);
  lookThrough(best, terms, candidates);

  let ceiling = 1;
  return [...best.map(fitting), ...weighed.slice(maxLookedThrough)]
    .sort(byFit)
    .slice(0, limit)
    .map(({ row, score }) => {
      ceiling = Math.min(ceiling, score);
      return { row, score: ceiling };
    });
}

type Weighed = { row: number; found: WeighedWord[] };

/** What the rows have of the words, each weighed in its column. */
function weigh({ rows, lengthsOf, words }: Candidates, columns: Columns): Weighed[] {
  const mostWeight = Math.max(...columns.weights);
  const isInTitle = (count: number, column: number) =>
    count > 0 && columns.weights[column] === mostWeight;
  return rows.map((row) => {
    const lengths = lengthsOf.get(row) ?? columns.averageLengths;
    const found = words.flatMap((forms) => {
      const inRow = forms.flatMap(({ weight, countsOf }) => {
        const counts = countsOf.get(row);
        if (counts === undefined) return [];
        const emphasis = emphasisOf({ counts, lengths }, columns);
        return [{ weight, emphasis, isInTitle: counts.some(isInTitle) }];
      });
      // Of what a word may have meant, what fits best counts, not all of it.
      return inRow.sort(byContribution).slice(0, 1);
    });
    return { row, found };
  });
}

/** Looks for words that stand in too many rows to be searched for. */
function lookThrough(best: Weighed[], terms: readonly QueryTerm[], { contains }: Candidates): void {
  for (const { forms } of terms.filter(({ isSearched }) => !isSearched)) {
    for (const { row, found } of best) {
      const form = forms.find((one) => contains(row, one));
      if (form !== undefined) found.push({ weight: form.weight, emphasis: 1, isInTitle: false });
    }
  }
}

function byContribution(one: WeighedWord, other: WeighedWord): number {
  return other.weight * other.emphasis - one.weight * one.emphasis;
}

function byFit(one: { fit: number }, other: { fit: number }): number {
  return other.fit - one.fit;
}

function sum(terms: readonly QueryTerm[]): number {
  return terms.reduce((total, { weight }) => total + weight, 0);
}
