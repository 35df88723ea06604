// Texts taken apart so that what two of them say can be compared.

/** A Markdown link: its words and its target. */
export const markdownLink = /\[([^[\]\n]{1,500})\] ?\(([^()\n]{0,2000})\)/g;

/** What stands on the screen of Markdown: no signs of lists and emphasis, links by their words. */
export function plainText(markdown: string): string {
  return markdown
    .replace(markdownLink, "$1")
    .replace(/^[ \t]*(?:\d+[.)]|[-*•]|#{1,6})[ \t]+/gm, "")
    .replace(/\*\*|__|`/g, "");
}

const words = new Intl.Segmenter(undefined, { granularity: "word" });
const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** The sentences of a plain text; a line ends one. */
export function sentencesOf(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line) => Array.from(sentences.segment(line), ({ segment }) => segment.trim()))
    .filter((sentence) => sentence !== "");
}

/** What a text is made of: words without their endings, and numbers. */
export function stemsOf(text: string): Set<string> {
  const stems = new Set<string>();
  for (const word of wordsIn(text)) {
    const stem = stemOf(word);
    if (stem !== null) stems.add(stem);
  }
  return stems;
}

/** The segmenter costs ten times as much, and only scripts without blanks between words need it. */
function wordsIn(text: string): string[] {
  if (!withoutBlanks.test(text)) return text.match(spacedWords) ?? [];
  return Array.from(words.segment(text), ({ segment, isWordLike }) =>
    isWordLike ? segment : "",
  ).filter((word) => word !== "");
}

const withoutBlanks = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}]/u;
const spacedWords = /[\p{L}\p{M}\p{N}]+(?:['’.,][\p{L}\p{M}\p{N}]+)*/gu;

/** Words of four letters and more, cut to six so that endings matter less; numbers as they are. */
export function stemOf(word: string): string | null {
  const plain = word.toLowerCase().normalize("NFC");
  if (/\p{N}/u.test(plain)) return plain;
  // Where words are written without spaces, two signs are a word.
  const least = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Hang}]/u.test(plain) ? 2 : 4;
  if (plain.length < least) return null;
  // Of short words the plural too: "marks", "roles".
  return (plain.length > 4 ? plain.replace(/s$/, "") : plain).slice(0, 6);
}
