import type { FtsTable } from "./fts-table.ts";
import { toWords, withoutAccents } from "./fts-words.ts";
import { stopWords } from "./stop-words.ts";

/** Beyond this many words a question says the same again. */
const maxTerms = 24;
/** Words of a longer text that are looked at at all. */
const maxWords = 64;
/**
 * Rows that a query may touch. What a query costs is the number of rows in which its words stand;
 * rare words are few rows and tell most, so they are taken first.
 */
const maxRows = 12_000;
/** These many of the rarest words are searched for, however common they are. */
const minTerms = 2;
const maxRemembered = 20_000;

/** A word of a question, as one full-text table knows it. */
export type QueryTerm = {
  word: string;
  /** As it stands in the index. */
  term: string;
  /** How much finding it tells: its rarity in this table. */
  weight: number;
  /** Whether it stands anywhere. */
  isKnown: boolean;
  /** Words in very many rows only count for rows that others have found. */
  isSearched: boolean;
};

export type FtsQueryBuilder = {
  /**
   * Turns what a person wrote into a query: its words, never its syntax.
   * @returns the words that count, the rarest first, those that stand nowhere last; none when no
   *   word of it stands in the table.
   */
  build(text: string): QueryTerm[];
};

/**
 * Builds queries for one full-text table.
 *
 * Stop words go when other words remain; of the rest the rarest in this table are taken, at most
 * 24, and searched for are at most so many that the query stays fast at 100,000 rows. How often a
 * word occurs is asked of the table itself and remembered until the table has grown by a quarter.
 *
 * @param toTerms what the index makes of words (`createTermReader`).
 */
export function createFtsQueryBuilder(
  table: FtsTable,
  toTerms: (words: string[]) => string[],
): FtsQueryBuilder {
  const remembered = new Map<string, number>();
  let sizeWhenRemembered = 0;

  const rowsWith = (word: string): number => {
    const known = remembered.get(word);
    if (known !== undefined) return known;
    const rows = table.countRows(word);
    // What stands nowhere yet may stand in the very next row, and costs nothing to look up.
    if (rows === 0) return 0;
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(word, rows);
    return rows;
  };

  return {
    build: (text) => {
      const words = meaningful(toWords(text)).slice(0, maxWords);
      if (words.length === 0) return [];

      const size = table.statistics().rows;
      if (size > sizeWhenRemembered * 1.25 || size < sizeWhenRemembered) {
        remembered.clear();
        sizeWhenRemembered = size;
      }
      const terms = onceEach(words, toTerms(words))
        .map(({ word, term }) => ({ word, term, rows: rowsWith(word) }))
        .sort((a, b) => a.rows - b.rows || b.word.length - a.word.length);
      const unknown = terms.filter(({ rows }) => rows === 0);
      const known = terms.filter(({ rows }) => rows > 0).slice(0, maxTerms);
      if (known.length === 0) return [];
      const searched = new Set(affordable(known));
      return [...known, ...unknown].map((one) => ({
        word: one.word,
        term: one.term,
        weight: rarity(one.rows, size),
        isKnown: one.rows > 0,
        isSearched: searched.has(one),
      }));
    },
  };
}

/** "invoice" and "invoices" are the same term, and ask for the same. */
function onceEach(words: string[], terms: string[]): { word: string; term: string }[] {
  const wordOfTerm = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const term = terms[index] ?? word;
    if (!wordOfTerm.has(term)) wordOfTerm.set(term, word);
  }
  return Array.from(wordOfTerm, ([term, word]) => ({ word, term }));
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
