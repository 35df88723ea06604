/** Fewer letters say too little in an alphabet that many languages share: "ok" is a word of most. */
const fewestLetters = 12;
const enoughCharacters = 300;

export type LanguageOf = (text: string) => string | null;

/**
 * Loads what recognises languages, once, when the first text needs it: a table of 8 MB that an
 * installation whose model names the language itself never uses.
 *
 * @returns the ISO 639-1 code of the language a text is written in, or `null` where one cannot tell
 */
export function loadLanguageOf(): Promise<LanguageOf> {
  loaded ??= import("eld/extrasmall").then(({ eld }) => (text: string) => {
    const begin = text.slice(0, enoughCharacters).replace(noWords, " ");
    return languageOfScript(begin) ?? languageOfWords(begin, eld);
  });
  return loaded;
}

let loaded: Promise<LanguageOf> | undefined;

/** Links and addresses are written alike in every language. */
const noWords = /https?:\/\/\S+|\S+@\S+/gi;

/** The languages that have a script, or a letter of one, for themselves. */
const scripts: [RegExp, string][] = [
  [/\p{Script=Hangul}/u, "ko"],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, "ja"],
  [/\p{Script=Han}/u, "zh"],
  [/\p{Script=Thai}/u, "th"],
  [/\p{Script=Hebrew}/u, "he"],
  [/\p{Script=Greek}/u, "el"],
  [/[\u0679\u0688\u0691\u06ba\u06d2]/u, "ur"],
  [/[\u067e\u0686\u0698\u06af]/u, "fa"],
  [/\p{Script=Arabic}/u, "ar"],
  [/\p{Script=Devanagari}/u, "hi"],
  [/\p{Script=Bengali}/u, "bn"],
  [/\p{Script=Tamil}/u, "ta"],
  [/\p{Script=Telugu}/u, "te"],
  [/\p{Script=Gujarati}/u, "gu"],
  [/\p{Script=Gurmukhi}/u, "pa"],
  [/\p{Script=Kannada}/u, "kn"],
  [/\p{Script=Malayalam}/u, "ml"],
  [/\p{Script=Georgian}/u, "ka"],
  [/\p{Script=Armenian}/u, "hy"],
  [/[іїєґ]/iu, "uk"],
];

/** Where most letters are no Latin ones: a product's name in a Japanese sentence changes nothing. */
export function languageOfScript(text: string): string | null {
  const letters = lettersIn(text);
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  // One sign of Chinese says what three letters do.
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  if (letters === 0 || latin > letters - latin + 2 * dense) return null;
  return scripts.find(([script]) => script.test(text))?.[1] ?? null;
}

type Detector = { detect(text: string): Detection };
type Detection = { language: string; getScores(): Record<string, number>; isReliable(): boolean };

/**
 * Support English is short and made of nouns that others have borrowed ("data import error"). Few
 * plain words are another language only where one of the small words is that no English text has.
 */
const fewWords = 4;
const smallWords =
  /(?<!\p{L})(?:ich|ist|und|nicht|keine?n?|meine?n?|der|das|eine?n?|wie|wo|wir|sie|bitte|mit|je|le|les|du|des|une|est|pas|ne|mon|ma|mes|votre|vos|comment|el|los|las|mi|mis|que|como|con|para|por|quiero|puedo|una|il|lo|gli|che|di|sono|posso|vorrei|voglio|trovo|dove|os|um|uma|meu|minha|quero|ik|het|een|mijn|niet|hoe|waar|geen|wil|jak|nie|chce|mam|moj|gdzie|jag|att|inte|mitt|hur|och|vill|hvordan|jeg|ikke|og|miten|mista|ei|riesco|nasil|bir|icin|istiyorum|saya|tidak|bagaimana|cara|untuk|yang|toi|cua|kde|chci|hol|hogyan|unde|cum|nu)(?!\p{L})/iu;

/** How far another language must be ahead of English in words that hold no letter foreign to it. */
const leadOverEnglish = 0.15;

function languageOfWords(text: string, detector: Detector): string | null {
  const letters = lettersIn(text);
  const words = wordsIn(text);
  const found = detector.detect(text);
  const language = renamed[found.language] ?? found.language;
  if (language === "" || !found.isReliable()) return null;
  const isPlain = !/[^\p{ASCII}\p{P}\p{S}]/u.test(text);
  if (!isPlain) return language === "uk" ? "ru" : language;
  if (letters < fewestLetters) return null;
  const { en = 0, [found.language]: best = 0 } = found.getScores();
  if (words <= fewWords && !smallWords.test(text)) return en > 0 && en >= best ? "en" : null;
  if (en > 0 && best - en < (words > 2 ? 0 : leadOverEnglish)) return "en";
  return language;
}

/** Its Malay is what Indonesian, which it does not know, comes closest to. */
const renamed: Record<string, string> = { ms: "id" };

function lettersIn(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}

/** Of an alphabet, two letters at least. */
export function wordsIn(text: string): number {
  return text.match(/[\p{L}\p{M}'’]{2,}/gu)?.length ?? 0;
}
