import type { DatabaseSync } from "node:sqlite";

import { createFtsQueryBuilder, type FtsQuery, type FtsTerm } from "./fts-query.ts";

/** Puts "every word once" at 0.78. */
const steepness = 1.5;

/** A row of a full-text table that fits. */
export type FtsHit = {
  row: number;
  /** 0 to 1, comparable between queries to the same table. */
  score: number;
};

export type FtsSearch = {
  /**
   * The rows that fit what a person wrote, best first.
   * @param within only that column is searched, and rows must match that FTS5 expression (ours,
   *   never input) too.
   */
  search(text: string, limit: number, within?: { column: string; and: string }): FtsHit[];
};

/**
 * Searches one FTS5 table (answers, turns, passages).
 *
 * Rows are ranked by bm25. The score is bm25 as a share of what the question's words weigh together,
 * those included that were not searched for or stand nowhere: a question of which half is unheard
 * of scores half. About 0.8 says that all of the words are there once, 0.9 that the row is about
 * nothing else, in a table of any size. Raw bm25 grows with both question and table. (On help
 * articles the share of words alone tells right from wrong hardly better than chance.)
 *
 * @param options.table the table's name; a fixed word of ours, never input.
 * @param options.weights bm25's weight of each column, in the table's order.
 */
export function createFtsSearch(
  database: DatabaseSync,
  options: { table: string; weights: number[] },
): FtsSearch {
  const { table, weights } = options;
  const queries = createFtsQueryBuilder(database, table);
  const select = database.prepare(
    `SELECT rowid AS row, bm25(${table}, ${weights.join(", ")}) AS bm25
     FROM ${table} WHERE ${table} MATCH ? ORDER BY bm25 LIMIT ?`,
  );
  const contains = database.prepare(
    `SELECT 1 FROM ${table} WHERE ${table} MATCH ? AND rowid = ? LIMIT 1`,
  );

  /** How well the best row fits, from 0 (nothing) over 1 (every word once) to about 2. */
  const fitOf = ({ terms }: FtsQuery, best: FtsRow): number => {
    const found = terms.filter(({ quoted }) => contains.get(quoted, best.row) !== undefined);
    const share = sum(found, ({ weight }) => weight) / sum(terms, ({ weight }) => weight);
    // How much the row is about the words that it has, with FTS5's own weights taken out again:
    // in a small table they are next to nothing.
    const searched = found.filter(({ isSearched }) => isSearched);
    const emphasis = -best.bm25 / sum(searched, ({ bm25Weight }) => bm25Weight);
    return share * emphasis;
  };

  return {
    search: (text, limit, within) => {
      const query = queries.build(text);
      if (query === null) return [];
      const match =
        within === undefined
          ? query.match
          : `${within.and} AND ${within.column} : (${query.match})`;
      const rows = select.all(match, limit) as FtsRow[];
      const [best] = rows;
      if (best === undefined) return [];
      const bestFit = fitOf(query, best);
      return rows.map(({ row, bm25 }) => ({
        row,
        score: 1 - Math.exp(-steepness * bestFit * ratio(bm25, best.bm25)),
      }));
    },
  };
}

/** Negative; the lower, the better. */
type FtsRow = { row: number; bm25: number };

/** bm25 may be all but zero in a tiny table. */
function ratio(bm25: number, best: number): number {
  return best === 0 ? 1 : Math.min(1, Math.max(0, bm25 / best));
}

function sum(terms: FtsTerm[], numberIn: (term: FtsTerm) => number): number {
  return terms.reduce((total, term) => total + numberIn(term), 0);
}
