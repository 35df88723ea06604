import type { Passage } from "./passages.ts";

/** Shorter articles are given to the model whole: the step before or after is often needed too. */
const wholeArticleCharacters = 3_500;
/**
 * In so many places of an article an answer may stand, each with less around it. Of articles of
 * 14,000 characters the text that answers a question is among what is read in 87 %, with one place
 * alone in 86 %; where it stands in several places in 71 % and 61 % (`npm run bench:retrieval`).
 */
export const mostPlaces = 5;
/** Between two stretches of an article that do not follow one another. */
const gap = "\n[…]\n";

/**
 * What the model should read of an article: the passages that fit, as far as there is room for them,
 * each with its neighbours, below and above in turn.
 *
 * @param positions of the passages that fit, the best first
 */
export function readingAround(
  passages: Pick<Passage, "text" | "lead">[],
  ...positions: number[]
): string {
  const taken = new Set<number>();
  let length = 0;
  const take = (position: number): boolean => {
    const passage = passages[position];
    if (passage === undefined || taken.has(position)) return false;
    if (taken.size > 0 && length + passage.text.length > wholeArticleCharacters) return false;
    taken.add(position);
    length += passage.text.length;
    return true;
  };
  const places = positions.slice(0, mostPlaces).filter(take);
  const edges = places.map((position) => ({ first: position, last: position }));
  let isGrowing = true;
  while (isGrowing) {
    isGrowing = false;
    for (const edge of edges) {
      while (taken.has(edge.last + 1)) edge.last += 1;
      if (take(edge.last + 1)) isGrowing = true;
      while (taken.has(edge.first - 1)) edge.first -= 1;
      if (take(edge.first - 1)) isGrowing = true;
    }
  }
  return stretchesIn([...taken].sort((one, other) => one - other))
    .map((stretch) => textOf(passages.slice(stretch[0], (stretch.at(-1) ?? 0) + 1)))
    .join(gap);
}

/** Positions that follow one another. */
function stretchesIn(positions: number[]): number[][] {
  const stretches: number[][] = [];
  for (const position of positions) {
    const last = stretches.at(-1);
    if (last !== undefined && last.at(-1) === position - 1) last.push(position);
    else stretches.push([position]);
  }
  return stretches;
}

function textOf(stretch: Pick<Passage, "text" | "lead">[]): string {
  const lead = stretch[0]?.lead ?? null;
  return [...(lead === null ? [] : [lead]), ...stretch.map(({ text }) => text)].join("\n");
}

/** The page, opened where the passage begins. */
export function linkToPassage(url: string | null, anchor: string | null): string | null {
  return url === null || anchor === null || url.includes("#") ? url : `${url}#${anchor}`;
}

/** The headings of a passage's text, without those of a whole article. */
export function headingsIn(text: string): string[] {
  return [...text.matchAll(/^#{2,6} (\S.*)$/gm)].map(([, heading = ""]) => heading.trim());
}
