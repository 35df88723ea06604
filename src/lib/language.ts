import { detect } from "tinyld/light";

/** Fewer letters say too little: "ok" is a word of most languages. */
const fewestLetters = 12;
const enoughCharacters = 300;

/** The ISO 639-1 code of the language a text is written in, or `null` where one cannot tell. */
export function languageOf(text: string): string | null {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters < fewestLetters ? null : detect(text.slice(0, enoughCharacters)) || null;
}
