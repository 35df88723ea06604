import { asWords } from "./as-words.ts";

/** Scripts that put no blanks between words: a phrase may stand anywhere in them. */
const withoutBlanks = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/**
 * A question whether one of the phrases stands in a text, without regard to case, accents and signs.
 * What it takes depends on the words of the text, hardly on how many phrases there are.
 *
 * @param phrases in any languages, as people type them
 */
export function phraseFinder(phrases: string[]): (text: string) => boolean {
  const anywhere = phrases
    .filter((phrase) => withoutBlanks.test(phrase))
    .map((phrase) => plainWords(phrase).replaceAll(" ", ""));
  const byFirstWord = new Map<string, string[]>();
  for (const phrase of phrases.filter((one) => !withoutBlanks.test(one)).map(plainWords)) {
    const [first = ""] = phrase.split(" ");
    byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), ` ${phrase} `]);
  }
  return (text) => {
    const { spaced, words, joined } = readingOf(text);
    for (const word of words) {
      if (byFirstWord.get(word)?.some((phrase) => spaced.includes(phrase))) return true;
    }
    return joined !== null && anywhere.some((phrase) => joined.includes(phrase));
  };
}

type Reading = {
  text: string;
  /** With a blank at both ends. */
  spaced: string;
  words: Set<string>;
  /** Without blanks, where the script has none; `null` otherwise. */
  joined: string | null;
};

let latest: Reading | null = null;

/** Several lists ask about the same text, one after the other. */
function readingOf(text: string): Reading {
  if (latest?.text === text) return latest;
  const plain = plainWords(text);
  latest = {
    text,
    spaced: ` ${plain} `,
    words: new Set(plain.split(" ")),
    joined: withoutBlanks.test(plain) ? plain.replaceAll(" ", "") : null,
  };
  return latest;
}

/** As people type in a hurry: without accents. */
export function plainWords(text: string): string {
  const bare = text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .normalize("NFC");
  return asWords(bare).replaceAll("ł", "l").replaceAll("ø", "o").replaceAll("ı", "i");
}
