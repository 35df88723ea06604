/**
 * Scripts that write words without spaces between them; the index's own tokenizer would take a
 * whole sentence for one word.
 */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/** The same characters that `ftsTokenizer` takes for parts of a word. */
const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

// A fixed locale: index and query must be cut the same way on every machine.
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/**
 * The tokenizer of every full-text table: English word stems, no case, no accents. Marks count as
 * letters, without which Thai and Hindi words fall apart at their vowel signs.
 */
export const ftsTokenizer = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'";

/**
 * Text as it goes into a full-text table: one form per character (NFKC), and spaces between the
 * words of scripts that write none. Query and index must both go through here.
 */
export function toIndexText(text: string): string {
  return text.normalize("NFKC").replace(unspaced, (run) => ` ${segmented(run)} `);
}

/** The distinct words of a text, lower case, in their order; nothing else survives. */
export function toWords(text: string): string[] {
  return [...new Set(toIndexText(text).toLowerCase().match(word) ?? [])];
}

/** A word without its accents, as stop words are listed. */
export function withoutAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "");
}

function segmented(run: string): string {
  return Array.from(segmenter.segment(run), ({ segment }) => segment).join(" ");
}
