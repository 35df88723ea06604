import type { FtsTable } from "./fts-table.ts";
import type { Vocabulary } from "./fts-vocabulary.ts";
import { toWords, withoutAccents } from "./fts-words.ts";
import { likelyWords } from "./likely-words.ts";
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
/** Of so many words that stand nowhere it is guessed what was meant. */
const maxGuessed = 8;
const maxRemembered = 20_000;

/** A word of a question, as one full-text table knows it. */
export type QueryTerm = {
  word: string;
  /** As it stands in the index; of a word that stands nowhere those that were probably meant. */
  forms: QueryForm[];
  /** How much finding it tells: its rarity in this table. */
  weight: number;
  /** Words in very many rows only count for rows that others have found. */
  isSearched: boolean;
};

export type QueryForm = {
  /** As the index has it. */
  term: string;
  /** As FTS5 takes it in a query. */
  word: string;
  /** How much finding it tells. */
  weight: number;
};

export type FtsQueryBuilder = {
  /**
   * Turns what a person wrote into a query: its words, never its syntax.
   * @returns the words that count, the rarest first, those that stand nowhere last; none when no
   *   word of it, nor anything near it, stands in the table.
   */
  build(text: string): QueryTerm[];
};

/**
 * Builds queries for one full-text table.
 *
 * Stop words go when other words remain that are found; of the rest the rarest in this table are
 * taken, at most 24, and searched for are at most so many that the query stays fast at 100,000 rows.
 * How often a word occurs is asked of the table itself and remembered until the table has grown by a
 * quarter. For a word that stands nowhere the nearest of the table's own words are taken, which
 * count less.
 *
 * @param toTerms what the index makes of words (`createTermReader`).
 */
export function createFtsQueryBuilder(
  table: FtsTable,
  vocabulary: Vocabulary,
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

  const asTheyStand = (words: string[], size: number): Asked[] =>
    onceEach(words, toTerms(words)).map(({ word, term }) => {
      const rows = rowsWith(word);
      const weight = rarity(rows, size);
      return { word, rows, weight, forms: rows === 0 ? [] : [{ term, word, weight }] };
    });

  /** What was probably meant by a word that stands nowhere; the word itself where nothing is near. */
  const asMeant = (asked: Asked, size: number): Asked[] => {
    const [term = asked.word] = toTerms([asked.word]);
    const likely = likelyWords(asked.word, term, vocabulary, toTerms);
    if (likely.length === 0) return [asked];
    return likely.map((alternatives) => {
      const forms = alternatives.map(({ term, rows, closeness }) => {
        return { term, word: term, weight: rarity(rows, size) * closeness };
      });
      return {
        word: asked.word,
        rows: alternatives.reduce((sum, { rows }) => sum + rows, 0),
        // What was typed is in doubt: it counts as much as the rarest of what it may be.
        weight: Math.max(...alternatives.map(({ rows }) => rarity(rows, size))),
        forms,
      };
    });
  };

  return {
    build: (text) => {
      const size = table.statistics().rows;
      if (size === 0) return [];
      const { telling, others } = byMeaning(toWords(text).slice(0, 4 * maxWords));
      if (size > sizeWhenRemembered * 1.25 || size < sizeWhenRemembered) {
        remembered.clear();
        sizeWhenRemembered = size;
      }
      vocabulary.readOn();
      let guessed = 0;
      const asked = asTheyStand(telling, size).flatMap((one) => {
        if (one.rows > 0 || guessed === maxGuessed) return [one];
        guessed += 1;
        return asMeant(one, size);
      });
      // Where nothing that tells something is found, little is better than nothing.
      const isFound = asked.some(({ rows }) => rows > 0);
      const terms = isFound ? asked : [...asked, ...asTheyStand(others, size)];

      terms.sort((a, b) => a.rows - b.rows || b.word.length - a.word.length);
      const unknown = terms.filter(({ rows }) => rows === 0);
      const known = terms.filter(({ rows }) => rows > 0).slice(0, maxTerms);
      if (known.length === 0) return [];
      const searched = new Set(affordable(known));
      return [...known, ...unknown].map((one) => ({
        word: one.word,
        forms: one.forms,
        weight: one.weight,
        isSearched: searched.has(one),
      }));
    },
  };
}

type Asked = { word: string; rows: number; weight: number; forms: QueryForm[] };

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

/** Words that say what a question is about, and those that say nothing about it. */
function byMeaning(words: string[]): { telling: string[]; others: string[] } {
  const telling = words.filter((word) => !stopWords.has(withoutAccents(word)));
  const others = words.filter((word) => stopWords.has(withoutAccents(word)));
  return { telling: telling.slice(0, maxWords), others: others.slice(0, maxWords) };
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
