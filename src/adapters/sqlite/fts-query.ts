import { type WordsAsked, withAnswers } from "../../lib/full-text/asking.ts";
import { type QueryTerm, queryFor } from "../../lib/full-text/query.ts";
import type { Vocabulary } from "../../lib/full-text/vocabulary.ts";
import type { FtsTable } from "./fts-table.ts";

const maxRemembered = 20_000;
/** In 5 ms as many are read from FTS5's index. */
const maxRows = 12_000;

/**
 * Builds queries for one FTS5 table. How often a word occurs is asked of the table itself and
 * remembered until the table has grown by a quarter.
 *
 * @param toTerms what the index makes of words (`createTermReader`).
 * @param readVocabulary the words that stand in the table (`createVocabularyReader`).
 * @returns a function that turns what a person wrote into a query (`queryFor`).
 */
export function createFtsQueryBuilder(
  table: FtsTable,
  readVocabulary: () => Vocabulary,
  toTerms: (words: readonly string[]) => string[],
): (text: string) => QueryTerm[] {
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

  const answer = ({ words, areCounted }: WordsAsked) => {
    const terms = toTerms(words);
    return words.map((word, index) => ({
      terms: [terms[index] ?? word],
      rows: areCounted ? rowsWith(word) : 0,
    }));
  };

  return (text) => {
    const size = table.statistics().rows;
    if (size === 0) return [];
    if (size > sizeWhenRemembered * 1.25 || size < sizeWhenRemembered) {
      remembered.clear();
      sizeWhenRemembered = size;
    }
    return withAnswers(queryFor(text, { size, maxRows, vocabulary: readVocabulary() }), answer);
  };
}
