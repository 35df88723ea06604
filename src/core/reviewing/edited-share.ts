/**
 * How much a person changed of a draft: the share of all words, of both texts, that the other text
 * does not have. 0: the same words (in whatever order); 1: none of them.
 */
export function editedShare(draft: string, sent: string): number {
  const before = wordsOf(draft);
  const after = wordsOf(sent);
  if (before.length + after.length === 0) return 0;
  const left = new Map<string, number>();
  for (const word of before) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of after) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common += 1;
  }
  return 1 - (2 * common) / (before.length + after.length);
}

function wordsOf(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ isWordLike, segment }) =>
    isWordLike ? segment.toLowerCase() : [],
  );
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
