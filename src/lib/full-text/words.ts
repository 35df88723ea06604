/**
 * Scripts that write words without spaces between them; an index's own tokenizer would take a
 * whole sentence for one word.
 */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/** Letters, digits and the marks on them, without which Thai and Hindi words fall apart. */
const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

// A fixed locale: index and query must be cut the same way on every machine.
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Text as it goes into an index: one form per character (NFKC), and spaces between the words of
 * scripts that write none. Query and index must both go through here.
 */
export function toIndexText(text: string): string {
  return text.normalize("NFKC").replace(unspaced, (run) => ` ${segmented(run)} `);
}

/** The words of a text, lower case, in their order; nothing else survives. */
export function wordsIn(text: string): string[] {
  return toIndexText(text).toLowerCase().match(word) ?? [];
}

/** Each of the words of a text once. */
export function toWords(text: string): string[] {
  return [...new Set(wordsIn(text))];
}

/** A word without its accents, as stop words are listed. */
export function withoutAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "");
}

function segmented(run: string): string {
  return Array.from(segmenter.segment(run), ({ segment }) => segment).join(" ");
}
