import type { Passage } from "./passages.ts";

/** Shorter articles are given to the model whole: the step before or after is often needed too. */
const wholeArticleCharacters = 3_500;

/** The passage with as many of its neighbours, below and above in turn, as the model should read. */
export function readingAround(
  passages: Pick<Passage, "text" | "lead">[],
  position: number,
): string {
  let [first, last] = [position, position];
  let length = passages[position]?.text.length ?? 0;
  const fits = (index: number): boolean => {
    const passage = passages[index];
    return passage !== undefined && length + passage.text.length <= wholeArticleCharacters;
  };
  while (fits(last + 1) || fits(first - 1)) {
    if (fits(last + 1)) {
      last += 1;
      length += passages[last]?.text.length ?? 0;
    }
    if (fits(first - 1)) {
      first -= 1;
      length += passages[first]?.text.length ?? 0;
    }
  }
  const lead = passages[first]?.lead ?? null;
  const texts = passages.slice(first, last + 1).map(({ text }) => text);
  return [...(lead === null ? [] : [lead]), ...texts].join("\n");
}

/** The page, opened where the passage begins. */
export function linkToPassage(url: string | null, anchor: string | null): string | null {
  return url === null || anchor === null || url.includes("#") ? url : `${url}#${anchor}`;
}

/** The headings of a passage's text, without those of a whole article. */
export function headingsIn(text: string): string[] {
  return [...text.matchAll(/^#{2,6} (\S.*)$/gm)].map(([, heading = ""]) => heading.trim());
}
