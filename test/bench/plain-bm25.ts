/** The constants that everybody begins with (https://www.sqlite.org/fts5.html#the_bm25_function). */
const k1 = 1.2;
const b = 0.75;

/**
 * What the search is compared with: BM25 as it stands in a textbook, whole texts, all words as they
 * are written, title and text alike, and the idf that stays above zero.
 *
 * @returns a function that gives the ids of the texts that fit best, at most `limit`.
 */
export function createPlainBm25(
  texts: { id: string; text: string }[],
): (query: string, limit: number) => string[] {
  const documents = texts.map(({ id, text }) => {
    const words = wordsOf(text);
    return { id, length: words.length, counts: countsOf(words) };
  });
  const averageLength = sum(documents.map(({ length }) => length)) / documents.length;
  const rowsWith = countsOf(documents.flatMap(({ counts }) => [...counts.keys()]));

  const scoreOf = ({ length, counts }: (typeof documents)[number], words: string[]): number =>
    sum(
      words.map((word) => {
        const rows = rowsWith.get(word) ?? 0;
        const count = counts.get(word) ?? 0;
        const idf = Math.log(1 + (documents.length - rows + 0.5) / (rows + 0.5));
        return (idf * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / averageLength));
      }),
    );

  return (query, limit) => {
    const words = [...new Set(wordsOf(query))];
    return documents
      .map((document) => ({ id: document.id, score: scoreOf(document, words) }))
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score)
      .slice(0, limit)
      .map(({ id }) => id);
  };
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

function countsOf(words: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
