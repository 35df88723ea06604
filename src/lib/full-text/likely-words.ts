import type { Asking } from "./asking.ts";
import { editDistance } from "./edit-distance.ts";
import { differingLetters, lettersOf } from "./letters.ts";
import { stopWords } from "./stop-words.ts";
import { shortestStem, type Vocabulary } from "./vocabulary.ts";
import { withoutAccents } from "./words.ts";

/** A word that was probably meant. */
export type LikelyWord = {
  term: string;
  /** In how many rows it stands. */
  rows: number;
  /** 0 to 1: how sure one can be, and so how much it counts. */
  closeness: number;
};

/** With one error in it, or an ending exchanged, a word is still read as what was meant. */
const oneError = 0.8;
const twoErrors = 0.6;
/** The parts of a compound say less than the whole. */
const compoundPart = 0.7;
/** In so many letters one error is looked for, in longer words two. */
const oneErrorUpTo = 6;
/** In shorter words the first letter has to be right. */
const surelyMeantFrom = 6;
/** Of words that are equally near the most frequent are taken. */
const maxLikely = 3;
const shortestCompound = 8;
const shortestPart = 4;
/** How long the endings of the same stem may be. */
const longestEnding = 3;
/** What German and its neighbours put between the parts of a compound. */
const linking = /(?:es|s|en|n|e|-)$/u;

/**
 * What was probably meant by a word that stands nowhere: the nearest words of the table's own
 * vocabulary (one error in 4 to 6 letters, two in longer words, or another ending), or the parts of a
 * compound.
 *
 * @param typed the word as it was typed, in lower case
 * @param terms what the index would make of it
 * @returns alternatives for one word, or of several words what each may be; empty where nothing is near
 */
export function* likelyWords(
  typed: string,
  terms: readonly string[],
  vocabulary: Vocabulary,
): Asking<LikelyWord[][]> {
  const plain = withoutAccents(typed);
  if (/\p{N}/u.test(plain) || plain.length < 4) return [];
  const nearest = nearestWords(plain, terms, vocabulary);
  if (nearest.length > 0 && nearest[0]?.closeness === oneError) return [nearest];
  const parts = yield* partsOf(plain, vocabulary);
  if (parts.length > 0) return parts;
  return nearest.length > 0 ? [nearest] : [];
}

function nearestWords(
  plain: string,
  terms: readonly string[],
  vocabulary: Vocabulary,
): LikelyWord[] {
  // An error at a word's end keeps its ending from being cut off; one before it does not.
  const forms = [...new Set([...terms, plain])].map((form) => {
    return { form, letters: lettersOf(form), most: form.length <= oneErrorUpTo ? 1 : 2 };
  });
  let least = 2;
  let found: { term: string; rows: number }[] = [];
  const take = (length: number, errorsOf: (known: string, letters: number) => number): void => {
    const same = vocabulary.ofLength(length);
    if (same === undefined) return;
    for (let index = 0; index < same.terms.length; index++) {
      const known = same.terms[index] ?? "";
      const errors = errorsOf(known, same.letters[index] ?? 0);
      if (errors > least) continue;
      if (errors < least) found = [];
      least = errors;
      found.push({ term: known, rows: same.rows[index] ?? 0 });
    }
  };
  // Who mistypes a short word hardly ever does so at its first letter; another word differs there.
  const mustBeginAlike = plain.length < surelyMeantFrom;
  for (const { form, letters, most } of forms) {
    for (let length = Math.max(3, form.length - most); length <= form.length + most; length++) {
      take(length, (known, knownLetters) => {
        const counted = Math.min(most, least);
        // An exchanged letter is one that is missing and one too many.
        if (differingLetters(knownLetters, letters) > 2 * counted) return least + 1;
        if (mustBeginAlike && known[0] !== form[0]) return least + 1;
        const errors = editDistance(form, known, counted);
        return errors > counted ? least + 1 : errors;
      });
    }
  }
  if (least === 2) {
    for (const { term: known, rows } of vocabulary.beginningWith(plain.slice(0, shortestStem))) {
      if (forms.some(({ form }) => haveSameStem(form, known))) found.push({ term: known, rows });
    }
  }
  const closeness = least <= 1 ? oneError : twoErrors;
  const rowsOf = new Map(found.map(({ term, rows }) => [term, rows]));
  return (
    Array.from(rowsOf, ([term, rows]) => ({ term, rows, closeness }))
      // A word that tells nothing is never what a telling one was meant to be.
      .filter(({ term }) => !stopWords.has(term))
      .sort((one, other) => other.rows - one.rows)
      .slice(0, maxLikely)
  );
}

function haveSameStem(one: string, other: string): boolean {
  const longer = Math.max(one.length, other.length);
  let common = 0;
  while (common < longer && one[common] === other[common]) common += 1;
  return common >= shortestStem && longer - common <= longestEnding;
}

/** The two parts of a compound, or the one of them that stands in the vocabulary. */
function* partsOf(plain: string, vocabulary: Vocabulary): Asking<LikelyWord[][]> {
  if (plain.length < shortestCompound) return [];
  const cuts = Array.from({ length: plain.length - 2 * shortestPart + 1 }, (_, index) => {
    const at = shortestPart + index;
    return { before: plain.slice(0, at), after: plain.slice(at) };
  });
  // All at once, because asking the index costs the same for one and for many.
  const parts = cuts.flatMap(({ before, after }) => [before, before.replace(linking, ""), after]);
  const answers = yield { words: parts, areCounted: false };
  const known = (index: number): LikelyWord[] => {
    if ((parts[index]?.length ?? 0) < shortestPart) return [];
    return (answers[index]?.terms ?? []).flatMap((term) => {
      const rows = vocabulary.rowsWith(term);
      return rows === 0 ? [] : [{ term, rows, closeness: compoundPart }];
    });
  };
  let best: LikelyWord[][] = [];
  let longest = shortestPart;
  for (const [index, { before, after }] of cuts.entries()) {
    const whole = known(3 * index);
    const first = whole.length > 0 ? whole : known(3 * index + 1);
    const second = known(3 * index + 2);
    if (first.length > 0 && second.length > 0) return [first, second];
    // One part alone: the longer it is, the more of the compound it says.
    const length = first.length === 0 ? after.length : before.length;
    const one = first.length > 0 ? first : second;
    if (one.length > 0 && length > longest) [longest, best] = [length, [one]];
  }
  return best;
}
