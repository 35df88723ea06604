import type { DatabaseSync } from "node:sqlite";

import { createFtsQueryBuilder, type FtsQuery } from "./fts-query.ts";

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
 * Rows are ranked by bm25. The best one scores the share of the question's words that it contains,
 * rare words weighing more; the others score less in the proportion of their bm25. So 0.9 means
 * "says nearly everything that was asked", whatever the size of the index, which raw bm25 does not.
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

  /** The share of the question's weight whose words stand in the row, 0 to 1. */
  const coverage = ({ terms }: FtsQuery, row: number): number => {
    let found = 0;
    let all = 0;
    for (const { quoted, weight } of terms) {
      all += weight;
      if (contains.get(quoted, row) !== undefined) found += weight;
    }
    return all === 0 ? 0 : found / all;
  };

  return {
    search: (text, limit, within) => {
      const query = queries.build(text);
      if (query === null) return [];
      const match =
        within === undefined
          ? query.match
          : `${within.and} AND ${within.column} : (${query.match})`;
      const rows = select.all(match, limit) as { row: number; bm25: number }[];
      const [best] = rows;
      if (best === undefined) return [];
      const bestScore = coverage(query, best.row);
      return rows.map(({ row, bm25 }) => ({ row, score: bestScore * ratio(bm25, best.bm25) }));
    },
  };
}

/** bm25 is negative and may be all but zero in a tiny index. */
function ratio(bm25: number, best: number): number {
  return best === 0 ? 1 : Math.min(1, Math.max(0, bm25 / best));
}
