import type { DatabaseSync } from "node:sqlite";

import { toWords, withoutAccents } from "./fts-words.ts";
import { stopWords } from "./stop-words.ts";

/** Beyond this many words a question says the same again. */
const maxTerms = 24;
/** Words of a longer text that are looked at at all. */
const maxWords = 64;
/**
 * Rows that a query may touch. The cost of an FTS5 query is the number of rows in which any of its
 * words stands; rare words are few rows and tell most, so they are taken first.
 */
const maxRows = 12_000;
/** These many of the rarest words are searched for, however common they are. */
const minTerms = 2;
/** A word in more rows than this is "common"; counting further would cost as much as searching. */
const maxCounted = 6_000;
const maxRemembered = 20_000;

/** A query for one full-text table. */
export type FtsQuery = {
  /** What goes after MATCH: quoted words joined by OR. */
  match: string;
  /** The words that count, whether searched for or not. */
  terms: FtsTerm[];
};

export type FtsTerm = {
  /** The word as FTS5 takes it. */
  quoted: string;
  isSearched: boolean;
  /** How much finding it tells: its rarity in this table. */
  weight: number;
  /** The same as FTS5 counts it in its bm25. */
  bm25Weight: number;
};

export type FtsQueryBuilder = {
  /**
   * Turns what a person wrote into a query: its words, never its syntax.
   * @returns `null` when there is no word in it.
   */
  build(text: string): FtsQuery | null;
};

/**
 * Builds queries for one FTS5 table (any of this directory: answers, turns, passages).
 *
 * Stop words go when other words remain; of the rest the rarest in this table are taken, at most
 * 24 and at most so many that the query stays fast at 100,000 rows. How often a word occurs is
 * asked of the table itself, so stems and accents count as the table counts them, and is remembered
 * until the table has grown by a quarter.
 *
 * @param table the FTS5 table's name; a fixed word of ours, never input.
 */
export function createFtsQueryBuilder(database: DatabaseSync, table: string): FtsQueryBuilder {
  const countWord = database.prepare(
    `SELECT count(*) AS rows FROM (SELECT 1 FROM ${table} WHERE ${table} MATCH ? LIMIT ${maxCounted})`,
  );
  // The highest row number: exact enough as a size, and read without counting.
  const readSize = database.prepare(`SELECT coalesce(max(rowid), 0) AS rows FROM ${table}_docsize`);
  const remembered = new Map<string, number>();
  let sizeWhenRemembered = 0;

  const rowsWith = (word: string): number => {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    const rows = Number(countWord.get(quoted(word))?.rows ?? 0);
    // What stands nowhere yet may stand in the very next row, and costs nothing to look up.
    if (rows === 0) return 0;
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(word, rows);
    return rows;
  };

  return {
    build: (text) => {
      const words = meaningful(toWords(text)).slice(0, maxWords);
      if (words.length === 0) return null;

      const size = Number(readSize.get()?.rows ?? 0);
      if (size > sizeWhenRemembered * 1.25 || size < sizeWhenRemembered) {
        remembered.clear();
        sizeWhenRemembered = size;
      }
      const terms = words
        .map((word) => ({ quoted: quoted(word), rows: rowsWith(word), length: word.length }))
        .sort((a, b) => a.rows - b.rows || b.length - a.length);
      const unknown = terms.filter(({ rows }) => rows === 0);
      const known = terms.filter(({ rows }) => rows > 0).slice(0, maxTerms);
      const searched = new Set(affordable(known));
      if (searched.size === 0) return null;
      return {
        match: Array.from(searched, (term) => term.quoted).join(" OR "),
        terms: [...known, ...unknown].map((term) => ({
          quoted: term.quoted,
          isSearched: searched.has(term),
          weight: rarity(term.rows, size),
          bm25Weight: bm25Rarity(term.rows, size),
        })),
      };
    },
  };
}

function affordable<T extends { rows: number }>(rarestFirst: T[]): T[] {
  const chosen: T[] = [];
  let rows = 0;
  for (const term of rarestFirst) {
    rows += term.rows;
    if (rows > maxRows && chosen.length >= minTerms) break;
    chosen.push(term);
  }
  return chosen;
}

function meaningful(words: string[]): string[] {
  const rest = words.filter((word) => !stopWords.has(withoutAccents(word)));
  return rest.length > 0 ? rest : words;
}

/**
 * Inverse document frequency in the form that stays above zero in a small table
 * (https://lucene.apache.org/core/9_0_0/core/org/apache/lucene/search/similarities/BM25Similarity.html).
 * A word that stands nowhere weighs as much as one that stands once.
 */
function rarity(rows: number, size: number): number {
  const counted = Math.max(1, rows);
  return Math.log(1 + Math.max(0, size - counted + 0.5) / (counted + 0.5));
}

/**
 * Inverse document frequency as FTS5's bm25 has it: all but nothing for a word that stands in half
 * of the rows (https://www.sqlite.org/fts5.html#the_bm25_function).
 */
function bm25Rarity(rows: number, size: number): number {
  return Math.max(1e-6, Math.log((size - rows + 0.5) / (rows + 0.5)));
}

/** In quotes every word is a plain string to FTS5, also OR and NEAR. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}
