import type { DatabaseSync } from "node:sqlite";

import type { QueryTerm } from "../../lib/full-text/query.ts";
import { type CountedForm, type FullTextHit, rank } from "../../lib/full-text/ranking.ts";
import { createFtsQueryBuilder } from "./fts-query.ts";
import { type Occurrences, openFtsTable, type Within } from "./fts-table.ts";
import { createTermReader } from "./fts-terms.ts";
import { createVocabularyReader } from "./fts-vocabulary.ts";

/** Rows whose lengths are read and that are weighed exactly; the others only by their words. */
const maxCandidates = 400;

export type FtsSearch = {
  /** The rows that fit what a person wrote, best first. */
  search(text: string, limit: number, within?: Within): FullTextHit[];
};

/**
 * Searches one FTS5 table (answers, turns, passages).
 *
 * FTS5 says where the words stand; the order is ours (`lib/full-text/fit.ts`), because FTS5's own
 * bm25 gives no weight to a word that stands in half of the rows, which in a small help center is
 * most of them.
 *
 * @param options.table the table's name; a fixed word of ours, never input.
 * @param options.weights how much a word counts in each column, in the table's order.
 */
export function createFtsSearch(
  database: DatabaseSync,
  options: { table: string; weights: Record<string, number> },
): FtsSearch {
  const table = openFtsTable(database, options.table, Object.keys(options.weights));
  const readVocabulary = createVocabularyReader(
    database,
    options.table,
    () => table.statistics().written,
  );
  const toQuery = createFtsQueryBuilder(table, readVocabulary, createTermReader(database));
  const weights = Object.values(options.weights);

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

  const countedIn = (rows: number[], words: FoundWord[]): CountedForm[][] => {
    const these = new Set(rows);
    return words.map((forms) =>
      forms.map(({ weight, occurrences }) => {
        return { weight, countsOf: countsIn(occurrences, weights.length, these) };
      }),
    );
  };

  return {
    search: (text, limit, within) => {
      const terms = toQuery(text);
      const found = wordsFound(terms, within);
      const rows = likeliest(found, weights.length, Math.max(limit, maxCandidates));
      const candidates = {
        rows,
        lengthsOf: table.lengths(rows),
        words: countedIn(rows, found),
        contains: table.contains,
      };
      const { averageLengths } = table.statistics();
      return rank(candidates, terms, { weights, averageLengths }, limit);
    },
  };
}

/** Where a word of the query stands, or each of the words that it may have meant. */
type FoundWord = { weight: number; occurrences: Occurrences }[];

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
