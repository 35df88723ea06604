import { calendarWords } from "./calendar-words.ts";

/** Two texts with less than this share of their words in common do not say the same. */
const sameShare = 0.6;

/** A text taken apart once, to be compared with many. */
export type Meaning = {
  /** In order, in lower case; `stop` where a sentence ends, also at both ends, `pause` at a comma. */
  tokens: string[];
  words: Set<string>;
  /** Those that no paraphrase may change: numbers, units, dates, negation, names, links. */
  carrying: Set<string>;
  /** Negation in the scripts that write it inside the word. */
  inflectedNegation: string;
};

/**
 * Whether one text may stand for the other: most words in common, and nothing that carries meaning
 * added, left out, exchanged or put in another order. In doubt they do not say the same.
 */
export function saySame(one: Meaning, other: Meaning): boolean {
  if (shareInCommon(one.words, other.words) < sameShare) return false;
  return carryTheSame(one, other) && !exchangesAWord(one, other);
}

/** Whether the numbers, units, dates, names, links and negations of both are the same, in that order. */
export function carryTheSame(one: Meaning, other: Meaning): boolean {
  if (one.inflectedNegation !== other.inflectedNegation) return false;
  // In order: "Basic 3, Pro 10" and "Pro 3, Basic 10" are made of the same words.
  const carrying = new Set([...one.carrying, ...other.carrying]);
  return sequenceOf(one, carrying) === sequenceOf(other, carrying);
}

export function meaningOf(text: string): Meaning {
  const tokens = [stop];
  const carrying = new Set<string>();
  for (const token of tokensOf(text.normalize("NFKC").replace(greetedName, "$1"))) {
    const before = tokens.at(-1);
    if (token === stop || token === pause) {
      if (before !== stop && before !== pause) tokens.push(token);
      continue;
    }
    const lower = isLink.test(token) ? token : token.toLowerCase();
    // What follows a number is its unit: 10 days are not 10 weeks.
    const isUnit = before !== undefined && hasNumber.test(before);
    if (isUnit || carriesMeaning(token, lower, before === stop)) carrying.add(lower);
    tokens.push(lower);
  }
  if (tokens.at(-1) !== stop) tokens.push(stop);
  return {
    tokens,
    words: new Set(tokens.filter((token) => token !== stop && token !== pause)),
    carrying,
    inflectedNegation: (text.match(negationInsideWords) ?? []).join(" "),
  };
}

/** Whom an answer greets says nothing about what it answers: "Hi Anna," and "Hi Ben," are alike. */
const greetedName =
  /^\s*(hi|hello|hey|dear|hallo|liebe|lieber|bonjour|hola|ciao|olá|beste|cześć|hej|merhaba|Hi|Hello|Hey|Dear|Hallo|Liebe|Lieber|Bonjour|Hola|Ciao|Olá|Beste|Cześć|Hej|Merhaba)(?: \p{Lu}\p{Ll}+){1,2}(?=[,!])/u;

/** Among the tokens: where a sentence ends, and at a comma. */
export const stop = "";
export const pause = ",";
const isLink = /^(?:https?:\/\/|www\.)/i;
const link = /((?:https?:\/\/|www\.)[^\s<>"]*[^\s<>".,;:!?)\]])/i;
const hasNumber = /\p{N}/u;
const amountSign = /^[\p{Sc}%‰°<>≤≥=+−]$/u;
/** A colon ends nothing: "Pro: 10 seats" says what has them. */
const endsSentence = /[.!?…。！？\n]/u;
const endsClause = /[,;、，；()]/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

function* tokensOf(text: string): Generator<string> {
  for (const piece of text.split(link)) {
    if (isLink.test(piece)) {
      yield piece;
      continue;
    }
    for (const { segment, isWordLike } of segmenter.segment(piece)) {
      if (isWordLike || amountSign.test(segment)) yield segment;
      else if (endsSentence.test(segment)) yield stop;
      else if (endsClause.test(segment)) yield pause;
    }
  }
}

function carriesMeaning(token: string, lower: string, isFirst: boolean): boolean {
  return (
    hasNumber.test(token) ||
    amountSign.test(token) ||
    isLink.test(token) ||
    calendarWords.has(lower) ||
    negations.has(lower) ||
    /n['’]t$|^n['’]/.test(lower) ||
    // A name, a plan or a product, unless the capital is only that of a sentence's first word.
    (isFirst ? /.\p{Lu}/u : /\p{Lu}/u).test(token)
  );
}

/** The words of `these` in the order of the text, those that repeat too. */
function sequenceOf({ tokens }: Meaning, these: Set<string>): string {
  return tokens.filter((token) => these.has(token)).join(" ");
}

/** Whether a word stands between the same two words as another: "the basic plan", "the pro plan". */
function exchangesAWord(one: Meaning, other: Meaning): boolean {
  const places = placesOfOwnWords(one, other);
  return [...placesOfOwnWords(other, one)].some((place) => places.has(place));
}

function placesOfOwnWords({ tokens }: Meaning, { words }: Meaning): Set<string> {
  const places = new Set<string>();
  tokens.forEach((token, at) => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]];
    // A sentence's first word alone is a greeting or a filler; a "no" is found as a negation.
    const isAlone = before === stop && (after === stop || after === pause);
    if (token === stop || token === pause || words.has(token) || isAlone) return;
    places.add(`${before} _ ${after}`);
  });
  return places;
}

/** The words in both, as a share of the words in either (the Jaccard index). */
function shareInCommon(one: Set<string>, other: Set<string>): number {
  const inBoth = [...one].filter((word) => other.has(word)).length;
  const inEither = one.size + other.size - inBoth;
  return inEither === 0 ? 1 : inBoth / inEither;
}

const negations = new Set(
  [
    "no not never none nothing cannot without neither nor", // English
    "nein nicht nie niemals kein keine keinen keinem keiner keines nichts ohne weder", // German
    "non ne pas jamais aucun aucune rien sans ni", // French
    "sin nunca jamás ningún ninguna ninguno nada tampoco", // Spanish
    "mai nessun nessuno nessuna niente senza né", // Italian
    "não nao jamais nenhum nenhuma sem nem", // Portuguese
    "nee niet nooit geen niets zonder noch", // Dutch
    "nie nigdy żaden żadna żadne nic bez ani brak", // Polish
    "nej inte aldrig ingen inget inga utan ej ikke aldri uten uden", // Swedish, Norwegian, Danish
    "hayır değil yok asla hiç olmadan", // Turkish
    "нет не никогда без ни нельзя ні немає", // Russian, Ukrainian
  ].flatMap((line) => line.split(" ")),
);

/** Chinese, Japanese, Korean and Thai have no word of its own to look for. */
const negationInsideWords = /ません|ない|なし|不|没|沒|无|無|未|别|않|없|못|안\s|ไม่/gu;
