/** Fewer words ("and on mobile?", "yes please") rarely name what they are about. */
const fewestWords = 4;
/** One that leans on what was said before by its first word is still short. */
const mostLeaningWords = 9;

/** How a sentence begins that goes on with something, or points at it. */
const leaning = new RegExp(
  `^[^\\p{L}\\p{N}]*(?:${[
    "and|but|or|so|then|also|still|what about|how about|what if|it|that|this|these|those|they|same|yes|yep|yeah|no|nope|ok|okay|both|neither|the (?:first|second|last|other|same)",
    "und|aber|oder|dann|auch|immer noch|es|das|die(?:ser?|ses)|er|sie|ja|nein|beides?|gleiche[sr]?|genau",
    "et|mais|ou|alors|aussi|toujours|ça|cela|ceci|il|elle|oui|non",
    "y|pero|o|entonces|también|todavía|sigue|eso|esto|esa?|s[ií]|e|mas|ou|então|também|ainda|isso|isto|sim|não",
    "ma|allora|anche|ancora|questo|quello|en|maar|of|dan|ook|nog steeds|het|dat|dit|nee",
  ].join("|")})(?![\\p{L}\\p{N}])`,
  "iu",
);

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/**
 * Whether a question can only be understood with what was said before it. Told by its length and
 * its first word: a short question that stands alone is sometimes taken for one that does not, and
 * then only has the earlier question before it.
 */
function leansOnEarlier(question: string): boolean {
  const words = countWords(question);
  return words < fewestWords || (words <= mostLeaningWords && leaning.test(question));
}

/** Whether it says itself that something came before it, so that alone it means nothing. */
function pointsBack(question: string): boolean {
  return countWords(question) <= mostLeaningWords && leaning.test(question);
}

/** From so many words on a message says what it is about, whatever it points at. */
const enoughWords = 8;
/** And from so many on, where it points at nothing. */
const enoughWithoutPointing = 5;

/** What stands for something that was named before. */
const pointing =
  /(?<![\p{L}\p{N}])(?:it|that|this|these|those|them|there|one|same|too|instead|das|es|dies\p{L}*|dort|damit|davon|dafür|stattdessen|ça|cela|ceci|celui\p{L}*|eso|esto|es[ae]|isso|isto|questo|quello|dat|dit|het|daar)(?![\p{L}\p{N}])/iu;

/** Whether a message can be looked up by its own words: "and on mobile?" can not. */
export function saysWhatItIsAbout(text: string): boolean {
  const words = countWords(text);
  if (words >= enoughWords) return true;
  return words >= enoughWithoutPointing && !leaning.test(text) && !pointing.test(text);
}

/** Earlier questions are there to say what it is about; more of them would drown it. */
const longestEarlier = 500;

/**
 * The question as it is kept: with the earlier one before it where it leans on that.
 *
 * @param earlier the customer's question before it, itself as it is kept; `null` if there is none
 * @returns `null` where it points back to something that is not there: it would answer nobody
 */
export function keptQuestion(question: string, earlier: string | null): string | null {
  if (!leansOnEarlier(question)) return question;
  if (earlier !== null) return `${earlier.slice(0, longestEarlier).trim()}\n\n${question}`;
  return pointsBack(question) ? null : question;
}

function countWords(text: string): number {
  let count = 0;
  for (const { isWordLike } of segmenter.segment(text.slice(0, 1000))) if (isWordLike) count += 1;
  return count;
}
