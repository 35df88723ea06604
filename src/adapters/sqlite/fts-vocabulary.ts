import type { DatabaseSync } from "node:sqlite";

/**
 * What one search may spend on reading words, in rows that they stand in: some 8 ms. A help center
 * is read at once; of 100,000 answers the first 80 searches read a part each.
 */
const rowsReadAtOnce = 100_000;
const maxTerms = 200_000;
/** Where fewer rows were written, reading again costs next to nothing. */
const fewRows = 2_000;
/** Nobody mistypes into a number, and shorter or longer words are not worth guessing. */
const guessable = /^[\p{L}\p{M}]{3,30}$/u;

/** Terms of one length; which letters they have tells most apart without comparing them. */
export type TermsOfLength = { terms: string[]; letters: number[]; rows: number[] };

/** The words that stand in one full-text table. */
export type Vocabulary = {
  /** Reads on, as far as one search may take. */
  readOn(): void;
  /** In how many rows a term stands, as far as has been read. */
  rowsWith(term: string): number;
  ofLength(length: number): TermsOfLength | undefined;
  /** @param stem the first letters, `shortestStem` of them. */
  beginningWith(stem: string): { term: string; rows: number }[];
};

/** What two forms of a word have in common at least. */
export const shortestStem = 6;

/**
 * Reads a table's own words, bit by bit, and again once a quarter as many rows were written since,
 * in a small table at every change; until then what was read before serves.
 *
 * @param table the table's name; a fixed word of ours, never input.
 * @param countWritten how many rows were ever written to it.
 */
export function createVocabulary(
  database: DatabaseSync,
  table: string,
  countWritten: () => number,
): Vocabulary {
  database.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${table}_terms USING fts5vocab (main, ${table}, row)`,
  );
  const read = database.prepare(
    `SELECT term, doc FROM temp.${table}_terms WHERE term > ? ORDER BY term`,
  );
  let served = emptyTerms();
  let reading: { upTo: string; terms: Terms; written: number } | null = null;
  let writtenWhenRead: number | null = null;

  const readOn = (): void => {
    if (reading === null) {
      const written = countWritten();
      const known = writtenWhenRead ?? -1;
      if (written === known || (written > fewRows && written <= known * 1.25)) return;
      reading = { upTo: "", terms: emptyTerms(), written };
      // Nothing to serve yet, so what is being read serves already.
      if (writtenWhenRead === null) served = reading.terms;
    }
    let left = rowsReadAtOnce;
    for (const { term, doc } of read.iterate(reading.upTo)) {
      reading.upTo = String(term);
      addTerm(reading.terms, reading.upTo, Number(doc));
      left -= Number(doc);
      if (left <= 0) return;
    }
    served = reading.terms;
    writtenWhenRead = reading.written;
    reading = null;
  };

  return {
    readOn,
    rowsWith: (term) => served.rowsOf.get(term) ?? 0,
    ofLength: (length) => served.byLength[length],
    beginningWith: (stem) => {
      const { byStem, rowsOf } = served;
      return (byStem.get(stem) ?? []).map((term) => ({ term, rows: rowsOf.get(term) ?? 0 }));
    },
  };
}

type Terms = {
  rowsOf: Map<string, number>;
  byLength: TermsOfLength[];
  byStem: Map<string, string[]>;
};

function emptyTerms(): Terms {
  return { rowsOf: new Map(), byLength: [], byStem: new Map() };
}

function addTerm({ rowsOf, byLength, byStem }: Terms, term: string, rows: number): void {
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
}

/** Which letters a word has, a bit each; letters beyond the 32nd share theirs. */
export function lettersOf(word: string): number {
  let letters = 0;
  for (let index = 0; index < word.length; index++) letters |= 1 << (word.charCodeAt(index) % 32);
  return letters;
}

/**
 * How many letters one word has and the other does not (the bits of a number counted in parallel,
 * https://graphics.stanford.edu/~seander/bithacks.html#CountBitsSetParallel).
 */
export function differingLetters(one: number, other: number): number {
  let bits = one ^ other;
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
