import type { Asking } from "./asking.ts";
import { likelyWords } from "./likely-words.ts";
import { stopWords } from "./stop-words.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { toWords, withoutAccents } from "./words.ts";

/** Beyond this many words a question says the same again. */
const maxTerms = 24;
/** Words of a longer text that are looked at at all. */
const maxWords = 64;
/** These many of the rarest words are searched for, however common they are. */
const minTerms = 2;
/** Of so many words that stand nowhere it is guessed what was meant. */
const maxGuessed = 8;

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
  /** The same as an index takes it that makes terms of words by itself. */
  word: string;
  /** In how many rows it stands, all forms of the same word together. */
  rows: number;
  /** How much finding it tells. */
  weight: number;
};

/**
 * Turns what a person wrote into a query to one full-text table: its words, never its syntax.
 *
 * Stop words go when other words remain that are found; of the rest the rarest in this table are
 * taken, at most 24, and searched for are at most so many that the query stays fast at 100,000 rows.
 * For a word that stands nowhere the nearest of the table's own words are taken, which count less.
 *
 * @param size how many rows the table has.
 * @param maxRows rows that the query may touch. What it costs is the number of rows in which its
 *   words stand; rare words are few rows and tell most, so they are taken first.
 * @returns the words that count, the rarest first, those that stand nowhere last; none when no word
 *   of it, nor anything near it, stands in the table.
 */
export function* queryFor(
  text: string,
  { size, maxRows, vocabulary }: { size: number; maxRows: number; vocabulary: Vocabulary },
): Asking<QueryTerm[]> {
  const { telling, others } = byMeaning(toWords(text).slice(0, 4 * maxWords));
  const asked: Asked[] = [];
  let guessed = 0;
  for (const one of yield* asTheyStand(telling, size)) {
    const isGuessed = one.rows === 0 && guessed < maxGuessed;
    if (isGuessed) guessed += 1;
    asked.push(...(isGuessed ? yield* asMeant(one, size, vocabulary) : [one]));
  }
  // Where nothing that tells something is found, little is better than nothing.
  const isFound = asked.some(({ rows }) => rows > 0);
  const terms = isFound ? asked : [...asked, ...(yield* asTheyStand(others, size))];

  terms.sort((a, b) => a.rows - b.rows || b.word.length - a.word.length);
  const unknown = terms.filter(({ rows }) => rows === 0);
  const known = terms.filter(({ rows }) => rows > 0).slice(0, maxTerms);
  if (known.length === 0) return [];
  const searched = new Set(affordable(known, maxRows));
  return [...known, ...unknown].map((one) => ({
    word: one.word,
    forms: one.forms,
    weight: one.weight,
    isSearched: searched.has(one),
  }));
}

type Asked = {
  word: string;
  /** What the index makes of it, also where it stands nowhere. */
  terms: string[];
  rows: number;
  weight: number;
  forms: QueryForm[];
};

function* asTheyStand(words: string[], size: number): Asking<Asked[]> {
  if (words.length === 0) return [];
  const answers = yield { words, areCounted: false };
  const distinct = onceEach(
    words,
    answers.map(({ terms }) => terms),
  );
  const counted = yield { words: distinct, areCounted: true };
  return distinct.map((word, index) => {
    const { terms, rows } = counted[index] ?? { terms: [word], rows: 0 };
    const weight = rarity(rows, size);
    const forms = rows === 0 ? [] : terms.map((term) => ({ term, word, rows, weight }));
    return { word, terms, rows, weight, forms };
  });
}

/** What was probably meant by a word that stands nowhere; the word itself where nothing is near. */
function* asMeant(asked: Asked, size: number, vocabulary: Vocabulary): Asking<Asked[]> {
  const likely = yield* likelyWords(asked.word, asked.terms, vocabulary);
  if (likely.length === 0) return [asked];
  return likely.map((alternatives) => ({
    ...asked,
    rows: alternatives.reduce((sum, { rows }) => sum + rows, 0),
    // What was typed is in doubt: it counts as much as the rarest of what it may be.
    weight: Math.max(...alternatives.map(({ rows }) => rarity(rows, size))),
    forms: alternatives.map(({ term, rows, closeness }) => {
      return { term, word: term, rows, weight: rarity(rows, size) * closeness };
    }),
  }));
}

/** "invoice" and "invoices" are the same term, and ask for the same. */
function onceEach(words: string[], terms: string[][]): string[] {
  const known = new Set<string>();
  return words.filter((word, index) => {
    const its = terms[index] ?? [word];
    const isKnown = its.some((term) => known.has(term));
    for (const term of its) known.add(term);
    return !isKnown;
  });
}

function affordable<T extends { rows: number }>(rarestFirst: T[], maxRows: number): T[] {
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
