import { asWords } from "./as-words.ts";

/** Scripts that put no blanks between words: a phrase may stand anywhere in them. */
const withoutBlanks = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/**
 * A question whether one of the phrases stands in a text, without regard to case, accents and signs.
 *
 * @param phrases in any languages, as people type them
 */
export function phraseFinder(phrases: string[]): (text: string) => boolean {
  const [anywhere, asWhole] = [true, false].map((isAnywhere) =>
    phrases.filter((phrase) => withoutBlanks.test(phrase) === isAnywhere).map(plainWords),
  );
  const joinedPhrases = anywhere?.map((phrase) => phrase.replaceAll(" ", ""));
  return (text) => {
    const given = plainWords(text);
    const spaced = ` ${given} `;
    if (asWhole?.some((phrase) => spaced.includes(` ${phrase} `))) return true;
    if (!withoutBlanks.test(given)) return false;
    const joined = given.replaceAll(" ", "");
    return joinedPhrases?.some((phrase) => joined.includes(phrase)) === true;
  };
}

/** As people type in a hurry: without accents. */
export function plainWords(text: string): string {
  const bare = text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .normalize("NFC");
  return asWords(bare).replaceAll("ł", "l").replaceAll("ø", "o").replaceAll("ı", "i");
}
