import { stemOf } from "../sentences.ts";
import type { Source } from "../types.ts";

/** Which of the question's words a source has, as the customer wrote them. */
export type WhyFound = {
  inTitle: string[];
  /** In its text and not in its title. */
  inText: string[];
  nowhere: string[];
};

const words = new Intl.Segmenter(undefined, { granularity: "word" });

/**
 * Why a source came up for a question, as far as words can say: recall also counts how rare they
 * are, forgives typing errors and, with an embeddings model, compares meanings. Short words say
 * nothing and are left out.
 */
export function whyFound(query: string, { title, text }: Pick<Source, "title" | "text">): WhyFound {
  const [titleStems, textStems] = [stems(title), stems(text)];
  const why: WhyFound = { inTitle: [], inText: [], nowhere: [] };
  const seen = new Set<string>();
  for (const { segment, isWordLike } of words.segment(query)) {
    const stem = isWordLike ? stemOf(segment) : null;
    if (stem === null || seen.has(stem)) continue;
    seen.add(stem);
    if (titleStems.has(stem)) why.inTitle.push(segment);
    else if (textStems.has(stem)) why.inText.push(segment);
    else why.nowhere.push(segment);
  }
  return why;
}

function stems(text: string): Set<string> {
  const found = new Set<string>();
  for (const { segment, isWordLike } of words.segment(text)) {
    const stem = isWordLike ? stemOf(segment) : null;
    if (stem !== null) found.add(stem);
  }
  return found;
}
