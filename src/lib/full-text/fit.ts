/**
 * How well a row answers a query, from its words alone. The constants were chosen so that no row of
 * `npm run bench:retrieval` falls below a plain BM25; another corpus may want others.
 */

/** How slowly more of a word tells less: once in a text of average length counts as one, at most nine. */
const k1 = 8;
/** How much a column's length takes from what stands in it, 0 to 1. */
const lengthShare = 0.7;
/**
 * How strongly it counts that words are missing. Of two words that are asked for each tells much, so
 * that no row that repeats one stands before one that has both; of ten a missing one tells little.
 */
const coverageWeight = 1.5;
/**
 * What is left of the fit of a row whose title has none of the words: they stand in it, but it is
 * about something else. "Where do I see invoices?" is not answered by what a teammate may see.
 */
const besideTheTitle = 0.85;
/** Puts "every word once" at 0.78. */
const steepness = 1.5;

/** How often and where a row has one word of the query. */
export type Emphasis = {
  /** How often, by column. */
  counts: readonly number[];
  /** How many words the columns have. */
  lengths: readonly number[];
};

export type Columns = { weights: readonly number[]; averageLengths: readonly number[] };

/**
 * How much a row is about a word: 0 where it does not have it, 1 where it stands once in a text of
 * average length. Saying it again counts less and less, so that a row that repeats one word stays
 * behind one that has two. Each column counts by its weight and its own length (BM25F, Robertson
 * and Zaragoza 2009), so that a word of the title is not diluted by a long text below it.
 */
export function emphasisOf({ counts, lengths }: Emphasis, columns: Columns): number {
  let weighted = 0;
  for (const [column, count] of counts.entries()) {
    if (count === 0) continue;
    const average = columns.averageLengths[column] ?? 0;
    const length = average === 0 ? 1 : (lengths[column] ?? 0) / average;
    const weight = columns.weights[column] ?? 0;
    weighted += (weight * (1 + Math.log(count))) / (1 - lengthShare + lengthShare * length);
  }
  return (weighted * (k1 + 1)) / (weighted + k1);
}

/** A word of the query that a row has. */
export type WeighedWord = {
  weight: number;
  emphasis: number;
  /** Whether it stands where the row says what it is about: in a title, in a question. */
  isInTitle: boolean;
};

/**
 * What the rows are ordered by: the share of the query's weight that the row has, times how much it
 * is about it. Of two that are equally much about the query, the one with more of its words is
 * first.
 *
 * @param found emphasis and weight of the words that the row has
 * @param asked how many words the query has, and what they weigh together
 */
export function fitOf(
  found: WeighedWord[],
  asked: { words: number; weight: number },
): { fit: number; score: number } {
  let weight = 0;
  let emphasised = 0;
  for (const one of found) {
    weight += one.weight;
    emphasised += one.weight * one.emphasis;
  }
  const share = weight / asked.weight;
  const coverageExponent = coverageWeight / Math.max(1, asked.words * (asked.words - 1));
  const about = found.some(({ isInTitle }) => isInTitle) ? 1 : besideTheTitle;
  const fit = (emphasised / asked.weight) * share ** coverageExponent;
  return {
    fit: about * fit,
    score: 1 - Math.exp(-steepness * about * Math.sqrt(share * fit)),
  };
}
