import type { DatabaseSync } from "node:sqlite";

import { emphasisOf, fitOf, type WeighedWord } from "./fts-fit.ts";
import { createFtsQueryBuilder, type QueryTerm } from "./fts-query.ts";
import { type Occurrences, openFtsTable, type Within } from "./fts-table.ts";
import { createTermReader } from "./fts-terms.ts";
import { createVocabulary } from "./fts-vocabulary.ts";

/** Rows whose lengths are read and that are weighed exactly; the others only by their words. */
const maxCandidates = 400;
/** In so many of the best rows words are looked for that stand in too many to be searched for. */
const maxLookedThrough = 10;

/** A row of a full-text table that fits. */
export type FtsHit = {
  row: number;
  /** 0 to 1, comparable between queries to the same table; never contradicts the order. */
  score: number;
};

export type FtsSearch = {
  /** The rows that fit what a person wrote, best first. */
  search(text: string, limit: number, within?: Within): FtsHit[];
};

/**
 * Searches one FTS5 table (answers, turns, passages).
 *
 * FTS5 says where the words stand; the order is ours (`fts-fit.ts`), because FTS5's own bm25 gives
 * no weight to a word that stands in half of the rows, which in a small help center is most of them.
 *
 * The score is how much of the question's words a row has, those included that were not searched
 * for or stand nowhere: a question of which half is unheard of scores about half. About 0.8 says
 * that all of the words are there once (0.7 where none stands in the title), 0.9 that the row is
 * about nothing else, in a table of any size. (On help articles the share of words alone tells right
 * from wrong hardly better than chance.)
 *
 * @param options.table the table's name; a fixed word of ours, never input.
 * @param options.weights how much a word counts in each column, in the table's order.
 */
export function createFtsSearch(
  database: DatabaseSync,
  options: { table: string; weights: Record<string, number> },
): FtsSearch {
  const table = openFtsTable(database, options.table, Object.keys(options.weights));
  const vocabulary = createVocabulary(database, options.table, () => table.statistics().written);
  const queries = createFtsQueryBuilder(table, vocabulary, createTermReader(database));
  const weights = Object.values(options.weights);
  const mostWeight = Math.max(...weights);
  const isInTitle = (count: number, column: number) => count > 0 && weights[column] === mostWeight;

  const wordsFound = (terms: QueryTerm[], within: Within | undefined): FoundWord[] =>
    terms
      .filter(({ isSearched }) => isSearched)
      .map(({ forms }) =>
        forms.map(({ term, word, weight }) => {
          const occurrences =
            within === undefined ? table.occurrences(term) : table.occurrencesWithin(word, within);
          return { weight, occurrences };
        }),
      );

  /** What these rows have of the words, each weighed in its column. */
  const weigh = (rows: number[], words: FoundWord[]): Candidate[] => {
    const { averageLengths } = table.statistics();
    const lengthsOf = table.lengths(rows);
    const these = new Set(rows);
    const counted = words.map((forms) =>
      forms.map(({ weight, occurrences }) => {
        return { weight, countsOf: countsIn(occurrences, weights.length, these) };
      }),
    );
    return rows.map((row) => {
      const lengths = lengthsOf.get(row) ?? averageLengths;
      const found = counted.flatMap((forms) => {
        const inRow = forms.flatMap(({ weight, countsOf }) => {
          const counts = countsOf.get(row);
          if (counts === undefined) return [];
          const emphasis = emphasisOf({ counts, lengths }, { weights, averageLengths });
          return [{ weight, emphasis, isInTitle: counts.some(isInTitle) }];
        });
        // Of what a word may have meant, what fits best counts, not all of it.
        return inRow.sort(byContribution).slice(0, 1);
      });
      return { row, found };
    });
  };

  /** Looks for words that stand in too many rows to be searched for. */
  const lookThrough = (candidates: Candidate[], terms: QueryTerm[]): void => {
    for (const { forms } of terms.filter(({ isSearched }) => !isSearched)) {
      for (const { row, found } of candidates) {
        const form = forms.find(({ word }) => table.contains(row, word));
        if (form !== undefined) found.push({ weight: form.weight, emphasis: 1, isInTitle: false });
      }
    }
  };

  return {
    search: (text, limit, within) => {
      const terms = queries.build(text);
      const words = wordsFound(terms, within);
      const asked = { words: terms.length, weight: sum(terms) };
      const fitting = ({ row, found }: Candidate) => ({ row, found, ...fitOf(found, asked) });

      const rows = likeliest(words, weights.length, Math.max(limit, maxCandidates));
      const candidates = weigh(rows, words).map(fitting).sort(byFit);
      const best = candidates.slice(0, maxLookedThrough);
      lookThrough(best, terms);

      let ceiling = 1;
      return [...best.map(fitting), ...candidates.slice(maxLookedThrough)]
        .sort(byFit)
        .slice(0, limit)
        .map(({ row, score }) => {
          ceiling = Math.min(ceiling, score);
          return { row, score: ceiling };
        });
    },
  };
}

/** Where a word of the query stands, or each of the words that it may have meant. */
type FoundWord = { weight: number; occurrences: Occurrences }[];

type Candidate = { row: number; found: WeighedWord[] };

function byContribution(one: WeighedWord, other: WeighedWord): number {
  return other.weight * other.emphasis - one.weight * one.emphasis;
}

/**
 * The rows with most of the words, and of those the ones that say them more often; which of them
 * fits best is weighed afterwards. Of equals the newest are taken.
 */
function likeliest(words: FoundWord[], columns: number, limit: number): number[] {
  const weightOf = new Map<number, number>();
  for (const { weight, occurrences } of words.flat()) {
    let at = 0;
    while (at < occurrences.length) {
      const row = rowOf(occurrences[at], columns);
      const start = at;
      while (at < occurrences.length && rowOf(occurrences[at], columns) === row) at += 1;
      const roughly = weight * (1 + Math.log(at - start) / 4);
      weightOf.set(row, (weightOf.get(row) ?? 0) + roughly);
    }
  }
  if (weightOf.size <= limit) return [...weightOf.keys()];
  // Numbers sort ten times as fast as rows with numbers.
  const sorted = Float64Array.from(weightOf.values()).sort();
  const least = sorted[sorted.length - limit] ?? 0;
  const above: number[] = [];
  const equal: number[] = [];
  for (const [row, weight] of weightOf) {
    if (weight > least) above.push(row);
    else if (weight === least) equal.push(row);
  }
  equal.sort((one, other) => other - one);
  return [...above, ...equal.slice(0, limit - above.length)];
}

/** How often each of these rows has the word, by column. */
function countsIn(
  occurrences: Occurrences,
  columns: number,
  rows: ReadonlySet<number>,
): Map<number, number[]> {
  const countsOf = new Map<number, number[]>();
  for (const place of occurrences) {
    const row = rowOf(place, columns);
    if (!rows.has(row)) continue;
    const counts = countsOf.get(row) ?? new Array<number>(columns).fill(0);
    counts[place % columns] = (counts[place % columns] ?? 0) + 1;
    countsOf.set(row, counts);
  }
  return countsOf;
}

function rowOf(place: number | undefined, columns: number): number {
  return Math.floor((place ?? 0) / columns);
}

function byFit(one: { fit: number }, other: { fit: number }): number {
  return other.fit - one.fit;
}

function sum(terms: QueryTerm[]): number {
  return terms.reduce((total, { weight }) => total + weight, 0);
}
