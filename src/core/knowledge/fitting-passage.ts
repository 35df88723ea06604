/**
 * The stretch of a text that fits some words best (a question, or a reply that rests on it): whole
 * sentences or list entries in their order, with the line breaks between them. A short text is taken
 * whole.
 *
 * @param maxLength of the stretch, in characters
 */
export function fittingPassage(text: string, question: string, maxLength: number): string {
  const whole = text.trim();
  if (whole.length <= maxLength) return whole;

  const units = sentences(whole);
  const asked = new Set(words(question));
  const scores = units.map((unit) => words(unit).filter((word) => asked.has(word)).length);
  let best = { start: 0, end: 1, score: -1 };
  for (let start = 0; start < units.length; start++) {
    let end = start;
    let length = 0;
    let score = 0;
    while (end < units.length && length + (units[end]?.length ?? 0) <= maxLength) {
      length += units[end]?.length ?? 0;
      score += scores[end] ?? 0;
      end++;
    }
    // A stretch that begins with a fitting sentence reads better than one that ends with it.
    const weighted = score + (scores[start] ?? 0);
    if (weighted > best.score) best = { start, end: Math.max(end, start + 1), score: weighted };
  }
  const passage = units.slice(best.start, best.end).join("").trim();
  return passage.length <= maxLength ? passage : `${passage.slice(0, maxLength).toWellFormed()}…`;
}

/** Sentences with the space after them, list entries with their number; a line break ends one too. */
function sentences(text: string): string[] {
  const units = [...segmenter.segment(text)].flatMap(
    ({ segment }) => segment.match(/[^\n]+\n*|\n+/g) ?? [],
  );
  // The number of a list entry is no sentence of its own.
  return units.reduce<string[]>((joined, unit) => {
    const last = joined.at(-1);
    if (last !== undefined && /^\s*\d+[.)] *$/.test(last)) joined[joined.length - 1] = last + unit;
    else joined.push(unit);
    return joined;
  }, []);
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** Words of four letters and more, cut to six so that endings matter less. */
function words(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []).map((word) => word.slice(0, 6));
}
