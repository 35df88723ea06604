import { plainText } from "../sentences.ts";
import type { Quote, Source } from "../types.ts";

/** Fewer signs than this stand in every text. */
const fewestSigns = 4;

/**
 * The passages that a model says its reply rests on, each looked up in its source.
 *
 * @param sources in the order of the prompt's numbers, which count from 1
 * @returns `undefined` where the model gave none: nobody knows then whether it would have found any
 */
export function checkedQuotes(
  evidence: readonly { source: number; quote: string }[],
  sources: readonly Source[],
): Quote[] | undefined {
  if (evidence.length === 0) return undefined;
  return evidence.map(({ source: number, quote }) => {
    const source = sources[number - 1];
    return {
      sourceId: source?.id ?? null,
      text: quote,
      isStanding: source !== undefined && standsIn(quote, source),
    };
  });
}

/**
 * Whether a quote stands in a source as it is: white space, case, Markdown's signs, the shape of
 * quotation marks and dashes, and the stop at its ends apart. A paraphrase does not stand.
 */
export function standsIn(quote: string, { title, text }: Pick<Source, "title" | "text">): boolean {
  const wanted = signsOf(quote).replace(/^[.,;:!?…"'-]+|[.,;:!?…"'-]+$/g, "");
  return wanted.length >= fewestSigns && signsOf(`${title}\n${text}`).includes(wanted);
}

function signsOf(text: string): string {
  return plainText(text)
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Cf}\s*_`#]+/gu, "")
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/[‐‑‒–—]/g, "-")
    .replaceAll("‹", "<");
}
