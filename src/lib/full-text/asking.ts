/**
 * What must be known of words before a query can be built. Who builds it does not ask by itself,
 * because one store answers at once and another one over a network: it yields what it must know and
 * goes on with what it is told.
 */
export type WordsAsked = {
  words: readonly string[];
  /** Whether it must also be known in how many rows they stand. */
  areCounted: boolean;
};

/** What a table knows of a word. */
export type KnownWord = {
  /** As the index has it, after the rules of each language that it knows; at least one. */
  terms: string[];
  /** In how many rows it stands, counted as far as the store cares to; 0 where it was not asked for. */
  rows: number;
};

/** Work that yields words and is told of each of them, in the same order. */
export type Asking<Result> = Generator<WordsAsked, Result, KnownWord[]>;

/** Does the work with answers that are there at once. */
export function withAnswers<Result>(
  work: Asking<Result>,
  answer: (asked: WordsAsked) => KnownWord[],
): Result {
  let step = work.next();
  while (step.done !== true) step = work.next(answer(step.value));
  return step.value;
}

/** Does the work with answers that take their time. */
export async function withLaterAnswers<Result>(
  work: Asking<Result>,
  answer: (asked: WordsAsked) => Promise<KnownWord[]>,
): Promise<Result> {
  let step = work.next();
  while (step.done !== true) step = work.next(await answer(step.value));
  return step.value;
}
