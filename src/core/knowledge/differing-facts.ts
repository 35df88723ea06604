import { type Quantity, quantitiesIn } from "../quantities.ts";
import { plainText, sentencesOf, stemsOf } from "../sentences.ts";
import { meaningOf, saySame } from "./same-meaning.ts";

/** Two sentences about the same matter that count, price or name it differently. */
export type Difference = {
  /** The sentences as they stand in the texts. */
  one: string;
  other: string;
  /** What differs in them: "14 days" and "30 days", "Settings → API" and "Team → API". */
  oneSays: string;
  otherSays: string;
};

/**
 * How alike two sentences must be to be about the same matter. `same-words`: they say the same but
 * for the numbers, which is what a contradiction between two articles must show. `same-matter`: most
 * of the shorter one's words are in the other, which suffices where both are known to answer the
 * same question, or are versions of one article.
 */
export type Likeness = "same-words" | "same-matter";

const leastShared = 0.5;
const leastInCommon = 2;
const closeShare = 0.75;
const closeInCommon = 3;
/** Longer texts than articles have; comparing each sentence with each must not hold anything up. */
const mostCharacters = 40_000;
const mostDifferences = 5;

/** A sentence that counts, prices or names something. */
export type Statement = { text: string; stems: Set<string>; names: Set<string>; facts: Fact[] };
/** What can be compared with others of its kind. */
type Fact = { kind: string; key: string; written: string };

/** Where two texts that are about the same say something else, at most five places. */
export function differencesBetween(one: string, other: string, likeness: Likeness): Difference[] {
  const ones = statementsIn(one);
  return ones.length === 0 ? [] : differencesOf(ones, statementsIn(other), likeness);
}

/** The same for texts that were taken apart already, for whoever compares several with several. */
export function differencesOf(
  ones: Statement[],
  others: Statement[],
  likeness: Likeness,
): Difference[] {
  const [saidByOne, saidByOther] = [keysIn(ones), keysIn(others)];
  const found: Difference[] = [];
  for (const sentence of ones) {
    if (found.length === mostDifferences) break;
    // What the other text says too, wherever, is no difference.
    const own = sentence.facts.filter(({ key }) => !saidByOther.has(key));
    if (own.length === 0) continue;
    const difference = differenceFrom(sentence, own, others, saidByOne, likeness);
    if (difference !== null) found.push(difference);
  }
  return found;
}

function differenceFrom(
  sentence: Statement,
  own: Fact[],
  others: Statement[],
  saidByOne: Set<string>,
  likeness: Likeness,
): Difference | null {
  let best: { share: number; difference: Difference } | null = null;
  for (const other of others) {
    const share = likenessOf(sentence, other, likeness);
    if (share <= (best?.share ?? 0)) continue;
    for (const fact of own) {
      const instead = other.facts.find(
        ({ kind, key }) => kind === fact.kind && !saidByOne.has(key),
      );
      if (instead === undefined) continue;
      if (fact.kind === "menu" && !isClose(sentence, other)) continue;
      // Three prices here and one there: which of them is meant is not known.
      if (likeness === "same-words" && countOf(sentence, fact) !== countOf(other, fact)) continue;
      best = {
        share,
        difference: {
          one: sentence.text,
          other: other.text,
          oneSays: fact.written,
          otherSays: instead.written,
        },
      };
      break;
    }
  }
  return best?.difference ?? null;
}

/** Menus lead to many things: only where nearly all else is the same is it the way to one. */
function isClose(one: Statement, other: Statement): boolean {
  const inCommon = [...one.stems].filter((stem) => other.stems.has(stem)).length;
  const fewest = Math.min(one.stems.size, other.stems.size);
  return inCommon >= closeInCommon && inCommon / fewest >= closeShare;
}

const countOf = ({ facts }: Statement, { kind }: Fact) =>
  new Set(facts.filter((fact) => fact.kind === kind).map(({ key }) => key)).size;

/** 0 where they are about different matters, up to 1. */
function likenessOf(one: Statement, other: Statement, likeness: Likeness): number {
  const inCommon = [...one.stems].filter((stem) => other.stems.has(stem)).length;
  const share = inCommon / Math.max(1, Math.min(one.stems.size, other.stems.size));
  if (share < leastShared || inCommon < leastInCommon) return 0;
  if (likeness === "same-words") {
    const [meaning, otherMeaning] = [one, other].map(({ text }) => meaningOf(masked(text)));
    if (meaning === undefined || otherMeaning === undefined) return 0;
    return saySame(meaning, otherMeaning) ? share : 0;
  }
  // "Basic has 5 seats", "Pro has 10 seats": another name, another matter.
  const isSameNames = [one, other].every((side) => {
    const across = side === one ? other : one;
    return [...side.names].every((name) => across.text.toLowerCase().includes(name));
  });
  return isSameNames ? share : 0;
}

/** Numbers taken out, so that the rest can be compared. */
const masked = (text: string) => text.replace(/\p{Nd}+(?:[.,’'\s]\p{Nd}+)*/gu, "0");

/** What a text states that can be compared; most sentences state nothing of the kind. */
export function statementsIn(text: string): Statement[] {
  return sentencesOf(plainText(text.slice(0, mostCharacters)).replace(links, " ")).flatMap(
    (sentence) => {
      const facts = factsIn(sentence);
      if (facts.length === 0) return [];
      const counted = stemsOf(facts.map(({ written }) => written).join(" "));
      const stems = new Set([...stemsOf(sentence)].filter((stem) => !counted.has(stem)));
      return [{ text: sentence, stems, names: namesIn(sentence, facts), facts }];
    },
  );
}

const links = /\(?https?:\/\/\S+/g;

const keysIn = (sentences: Statement[]) =>
  new Set(sentences.flatMap(({ facts }) => facts.map(({ key }) => key)));

function factsIn(sentence: string): Fact[] {
  const counted = quantitiesIn(sentence).flatMap((quantity) => countedFact(quantity, sentence));
  const menus = (sentence.match(menuPath) ?? []).map((path) => {
    // Of the first name its last word: "Open Settings → API" is "Settings → API".
    const names = path
      .trim()
      .toLowerCase()
      .replace(/^.*? (?=\S+\s?[→>])/u, "")
      .split(menuSign);
    return { kind: "menu", key: `menu:${names.join(" → ")}`, written: path.trim() };
  });
  return [...counted, ...menus];
}

/** A bare number counts what is named behind it: "5 seats" is not "5 members". */
function countedFact({ key, written }: Quantity, sentence: string): Fact[] {
  const [unit = ""] = key.split(":");
  if (unit !== "number") return [{ kind: unit, key, written }];
  const behind = sentence.slice(sentence.indexOf(written) + written.length);
  const [, thing] = /^\s(\p{L}{3,})/u.exec(behind) ?? [];
  if (thing === undefined) return [];
  const kind = `number of ${thing.toLowerCase().replace(/s$/, "")}`;
  return [{ kind, key: `${kind}:${key}`, written: `${written} ${thing}` }];
}

const menuSign = /\s*[→>]\s*/;
const menuName = "\\p{Lu}[\\p{L}\\p{N}]{0,40}(?: \\p{Lu}[\\p{L}\\p{N}]{0,40}){0,3}";
const menuPath = new RegExp(`${menuName}(?: ?[→>] ?${menuName}){1,4}`, "gu");

/** Words with a capital that no sentence begins with, and that are in no menu. */
function namesIn(sentence: string, facts: Fact[]): Set<string> {
  const inMenus = facts.filter(({ kind }) => kind === "menu").map(({ written }) => written);
  const rest = inMenus.reduce((text, menu) => text.replace(menu, " "), sentence);
  const names = rest.match(/(?<=[\p{L}\p{N},;:)]\s)\p{Lu}[\p{L}\p{N}]*/gu) ?? [];
  return new Set(names.map((name) => name.toLowerCase()));
}
