import { lettersOf } from "./letters.ts";

const maxTerms = 200_000;
/** Nobody mistypes into a number, and shorter or longer words are not worth guessing. */
const guessable = /^[\p{L}\p{M}]{3,30}$/u;

/** What two forms of a word have in common at least. */
export const shortestStem = 6;

/** Terms of one length; which letters they have tells most apart without comparing them. */
export type TermsOfLength = { terms: string[]; letters: number[]; rows: number[] };

/** The words that stand in one table, as far as they have been read. */
export type Vocabulary = {
  /** In how many rows a term stands. */
  rowsWith(term: string): number;
  ofLength(length: number): TermsOfLength | undefined;
  /** @param stem the first letters, `shortestStem` of them. */
  beginningWith(stem: string): { term: string; rows: number }[];
};

export type GrowingVocabulary = Vocabulary & {
  /** Takes in a term that it does not have yet; what is not worth guessing it leaves out. */
  add(term: string, rows: number): void;
};

/** A vocabulary in memory, laid out so that the nearest words of it are found in milliseconds. */
export function createVocabulary(): GrowingVocabulary {
  const rowsOf = new Map<string, number>();
  const byLength: TermsOfLength[] = [];
  const byStem = new Map<string, string[]>();
  return {
    rowsWith: (term) => rowsOf.get(term) ?? 0,
    ofLength: (length) => byLength[length],
    beginningWith: (stem) =>
      (byStem.get(stem) ?? []).map((term) => ({ term, rows: rowsOf.get(term) ?? 0 })),
    add: (term, rows) => {
      if (!guessable.test(term) || rowsOf.size >= maxTerms) return;
      rowsOf.set(term, rows);
      const same = byLength[term.length] ?? { terms: [], letters: [], rows: [] };
      byLength[term.length] = same;
      same.terms.push(term);
      same.letters.push(lettersOf(term));
      same.rows.push(rows);
      if (term.length < shortestStem) return;
      const stem = term.slice(0, shortestStem);
      const others = byStem.get(stem);
      if (others === undefined) byStem.set(stem, [term]);
      else others.push(term);
    },
  };
}
