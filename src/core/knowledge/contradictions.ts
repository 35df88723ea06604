import { areForOthers, type ForWhom } from "../for-whom.ts";
import { plainText, sentencesOf, stemsOf } from "../sentences.ts";
import { type Difference, differencesBetween } from "./differing-facts.ts";
import { linkFromHere, type TitledArticle } from "./source-places.ts";

/** An article as it stands in the index. */
export type IndexedArticle = {
  /** The same for all translations. */
  articleId: string;
  title: string;
  url: string | null;
  text: string;
  /** Unset: everybody's questions. */
  forWhom?: ForWhom;
};

/** Two articles of which one must be wrong. */
export type Contradiction = {
  one: TitledArticle;
  other: TitledArticle;
  differences: Difference[];
};

/** A word that stands in more sentences says nothing about what a sentence is about. */
const mostSentences = 60;
/** Two sentences that share so many rarer words are looked at closely. */
const leastInCommon = 3;
const pauseEvery = 20;
const mostContradictions = 200;

/**
 * Articles that say the same in the same words but for a number: two prices for one plan.
 *
 * @param pause awaited now and then, so that nobody waits for the whole of it
 */
export async function findContradictions(
  articles: IndexedArticle[],
  pause: () => Promise<void>,
): Promise<Contradiction[]> {
  const sentencesWith = new Map<string, number[]>();
  const articleOf: number[] = [];
  const stemsAt: string[][] = [];
  for (const [index, { text }] of articles.entries()) {
    if (index % pauseEvery === 0) await pause();
    for (const sentence of sentencesOf(plainText(text))) {
      if (!/\p{Nd}/u.test(sentence)) continue;
      const stems = [...stemsOf(sentence)].filter((stem) => !/\p{Nd}/u.test(stem));
      const place = articleOf.push(index) - 1;
      stemsAt.push(stems);
      for (const stem of stems) {
        const places = sentencesWith.get(stem);
        if (places === undefined) sentencesWith.set(stem, [place]);
        else places.push(place);
      }
    }
  }

  const found: Contradiction[] = [];
  const compared = new Set<string>();
  for (const [place, stems] of stemsAt.entries()) {
    if (place % pauseEvery === 0) await pause();
    const inCommon = new Map<number, number>();
    for (const stem of stems) {
      const places = sentencesWith.get(stem) ?? [];
      if (places.length > mostSentences) continue;
      for (const other of places) {
        if (other > place) inCommon.set(other, (inCommon.get(other) ?? 0) + 1);
      }
    }
    for (const [other, count] of inCommon) {
      const [one, another] = [articleOf[place] ?? 0, articleOf[other] ?? 0];
      const pair = `${one} ${another}`;
      if (count < leastInCommon || one === another || compared.has(pair)) continue;
      compared.add(pair);
      const contradiction = contradictionOf(articles[one], articles[another]);
      if (contradiction !== null) found.push(contradiction);
      if (found.length === mostContradictions) return found;
    }
  }
  return found;
}

function contradictionOf(
  one: IndexedArticle | undefined,
  other: IndexedArticle | undefined,
): Contradiction | null {
  if (one === undefined || other === undefined || one.articleId === other.articleId) return null;
  // Two brands may well have two prices.
  if (areForOthers(one.forWhom, other.forWhom)) return null;
  const differences = differencesBetween(one.text, other.text, "same-words");
  if (differences.length === 0) return null;
  return {
    one: titled(one),
    other: titled(other),
    differences,
  };
}

function titled({ articleId, title, url }: IndexedArticle): TitledArticle {
  return { title, url, page: linkFromHere({ id: articleId, kind: "article", url }) };
}
