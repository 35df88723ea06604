import { quantitiesIn } from "../quantities.ts";
import { plainText, sentencesOf, stemsOf } from "../sentences.ts";
import type { Draft, Source, UnsupportedClaim } from "../types.ts";

/**
 * What of a reply its sources do not carry: numbers by value and unit, names of plans and menus, a
 * "not" where they have none or the other way round, and promises.
 *
 * It compares words. What it finds is worth a look; what it does not find may still be wrong, most of
 * all a "not" in a sentence that no source resembles (`npm run bench:claims` counts both).
 *
 * @param draft its reply is Markdown; sources in another language are compared by numbers and names only
 * @param sources those that the draft names, or all where it names none
 * @param said.byUs what the company said in the conversation: repeating it claims nothing
 * @param said.byCustomer of their words names and plain numbers (an order, a version) may be repeated;
 *   amounts, periods and shares are theirs alone, or they could have us promise them
 */
export function unsupportedClaims(
  { reply, language }: Pick<Draft, "reply" | "language">,
  sources: readonly Pick<Source, "title" | "text" | "language">[],
  said: { byUs: readonly string[]; byCustomer: readonly string[] },
): UnsupportedClaim[] {
  const sentences = sentencesOf(readable(reply));
  const texts = sources.flatMap(({ title, text }) => [title, readable(text)]);
  const known = knownFrom([...texts, ...said.byUs], said.byCustomer);
  const isReadable = (source: { language: string | null }) =>
    source.language === null || source.language === language;
  const isComparable = sources.every(isReadable);
  const stretches = isComparable ? texts.flatMap(stretchesOf) : [];
  return sentences.flatMap((sentence) =>
    [
      ...unknownQuantities(sentence, known).map((words) => ({ kind: "number" as const, words })),
      ...unknownNames(sentence, known).map((words) => ({ kind: "name" as const, words })),
      ...(isComparable ? deniedClauses(sentence, stretches) : []).map((words) => ({
        kind: "negation" as const,
        words,
      })),
      ...ownPromises(sentence, texts).map((words) => ({ kind: "promise" as const, words })),
    ].map((claim) => ({ sentence, ...claim })),
  );
}

/**
 * What of a reply stands in none of the passages that its model copied as evidence, although the
 * sources may have it. A sentence that a passage seems to turn round counts by the whole sources only,
 * since a passage alone lacks the rest.
 *
 * @param passages those of each source that stand in it, with its title
 */
export function unquotedClaims(
  reply: Pick<Draft, "reply" | "language">,
  passages: readonly Pick<Source, "title" | "text" | "language">[],
  said: { byUs: readonly string[]; byCustomer: readonly string[] },
): UnsupportedClaim[] {
  return unsupportedClaims(reply, passages, said)
    .filter(({ kind, words }) => kind !== "negation" || words === "")
    .map((claim) => ({ ...claim, isUnquoted: true }));
}

/** Above what replies and passages have; comparing each with each must not hold the process up. */
const mostCharacters = 8_000;

const readable = (markdown: string) =>
  plainText(markdown.slice(0, mostCharacters)).replace(/\(?https?:\/\/\S+/g, " ");

type Known = { keys: Set<string>; values: Set<number>; words: Set<string> };

function knownFrom(texts: readonly string[], byCustomer: readonly string[]): Known {
  const quantities = [
    ...texts.flatMap(quantitiesIn),
    ...byCustomer.flatMap(quantitiesIn).filter(({ key }) => key.startsWith("number:")),
  ];
  return {
    keys: new Set(quantities.map(({ key }) => key)),
    values: new Set(quantities.map(({ value }) => value)),
    words: new Set([...texts, ...byCustomer].flatMap(wordsOf)),
  };
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Where one side names no unit that is known here, the number alone counts. */
function unknownQuantities(sentence: string, { keys, values }: Known): string[] {
  return quantitiesIn(sentence)
    .filter(({ key, value }) => {
      if (keys.has(key)) return false;
      return !(key.startsWith("number:") && values.has(value));
    })
    .map(({ written }) => written);
}

const planWord =
  "(?:plans?|subscriptions?|packages?|tiers?|editions?|licen[cs]es?|Tarife?|Pakete?|Abos?|Abonnements?|forfaits?|planes|planos?|piani|abonnement(?:en)?)";
const plansName = new RegExp(
  `(?<name>\\p{Lu}[\\p{L}\\p{N}+]+(?: \\p{Lu}[\\p{L}\\p{N}+]+)?) ${planWord}(?!\\p{L})|(?<!\\p{L})${planWord} (?<after>\\p{Lu}[\\p{L}\\p{N}+]+)`,
  "gu",
);
/** Before a name, and no part of it. */
const article =
  /^(?:The|An?|Our|Your|This|Each|Every|All|Any|Der|Die|Das|Den|Dem|Ihr|Unser|Les?|La|El|Il|Lo|De|Het|Notre|Votre) /u;
/** "Settings > Billing": what stands around each sign, as far as it is written as a name. */
const menuName = "\\p{Lu}[\\p{L}\\p{N}]{0,60}(?: \\p{Lu}[\\p{L}\\p{N}]{0,60}){0,8}";
const menuNames = new RegExp(`${menuName}(?= ?[>→])|(?<=[>→] ?)${menuName}`, "gu");

function unknownNames(sentence: string, { words }: Known): string[] {
  const plans = [...sentence.matchAll(plansName)].map(({ groups }) =>
    (groups?.name ?? groups?.after ?? "").replace(article, ""),
  );
  const menus = sentence.match(menuNames) ?? [];
  const isKnown = (word: string) => words.has(word) || words.has(word.replace(/s$/, ""));
  return [...plans, ...menus.map((name) => name.trim())].filter(
    (name) => !wordsOf(name).every(isKnown),
  );
}

type Stretch = { text: string; stems: Set<string>; isNegative: boolean };

/** Sentences and their clauses, also where a help center's text lost the blanks between them. */
function stretchesOf(text: string): Stretch[] {
  return sentencesOf(text.replace(/([.!?:])(?=\p{Lu})/gu, "$1 "))
    .flatMap((sentence) => [
      ...new Set([sentence, ...sentence.split(/(?<=:) /), ...sentence.split(clauses)]),
    ])
    .map((one) => ({ text: one, stems: stemsOf(one), isNegative: negation.test(one) }));
}

const clauses = /(?:[,;–—]|\s(?:but|however|aber|mais|pero|ma|mas)\s)\s*/iu;
const negation =
  /(?<!\p{L})(?:not|cannot|never|no|none|nothing|without|unable|\p{L}+n['’]t|unavailable|impossible|nicht|nie|kein\p{L}*|ohne|ne|pas|jamais|aucune?|sans|sin|nunca|ning[uú]n\p{L}*|non|mai|nessun\p{L}*|senza|n[aã]o|nenhum\p{L}*|sem|niet|geen|nooit|zonder|bez|inte|ikke|inga?|utan)(?!\p{L})/iu;
/** "If you have not …" says nothing about anybody. */
const condition =
  /^\W*(?:if|when|in case|unless|wenn|falls|si|se|als|indien|jeśli|om|hvis)(?!\p{L})/iu;
/** What denies an offer or a right, and needs a source that denies it too. */
const denial =
  /(?<!\p{L})(?:(?:do|does|can|could|will)(?:es)?(?:n['’]t| ?not)(?: be)? (?:offer|support|refund|allow|provide|accept|include|cancel|change|transfer|export|import|use|add|get|receive|delete|edit|connect)\p{L}*|(?:is|are)(?:n['’]t| not) (?:currently |yet )?(?:available|possible|supported|refundable|allowed|included|permitted|required|needed|able)|no (?:refund|charge|fee|cost|limit)\p{L}*|(?:nicht|kein\p{L}*) (?:möglich|verfügbar|enthalten|erstatte\p{L}*|unterstützt|erlaubt|Rückerstattung|Erstattung))(?!\p{L})/iu;

/** From this share of a clause's words on, a stretch of a source counts as saying the same. */
const saysTheSame = 0.7;
/** As much of a denial must stand in a source that denies something. */
const deniesTheSame = 0.4;
/** As much nearer one stretch must be than another to be the one that is meant. */
const clearLead = 0.15;
const fewestStems = 3;

/** Of each clause that a source turns round, what the source says; empty where none says either. */
function deniedClauses(sentence: string, stretches: Stretch[]): string[] {
  return sentence.split(clauses).flatMap((clause) => {
    const stems = stemsOf(clause);
    if (condition.test(clause) || stems.size < fewestStems) return [];
    const isNegative = negation.test(clause);
    const alike = nearest(
      stems,
      stretches.filter((one) => one.isNegative === isNegative),
    );
    const contrary = nearest(
      stems,
      stretches.filter((one) => one.isNegative !== isNegative),
    );
    if (isNegative) {
      if (alike.share >= deniesTheSame && alike.share >= contrary.share - 2 * clearLead) return [];
      return denial.test(clause) || contrary.share >= saysTheSame ? [contrary.text] : [];
    }
    const isTurned = contrary.share >= saysTheSame && alike.share < contrary.share - clearLead;
    return isTurned ? [contrary.text] : [];
  });
}

function nearest(stems: Set<string>, stretches: Stretch[]): { share: number; text: string } {
  let best = { share: 0, text: "" };
  for (const stretch of stretches) {
    let shared = 0;
    for (const stem of stems) if (stretch.stems.has(stem)) shared += 1;
    if (shared / stems.size > best.share) best = { share: shared / stems.size, text: stretch.text };
  }
  return best;
}

const promises =
  /(?<!\p{L})(?:we guarantee|guaranteed|(?:we|I) promise|(?:we|I)(?: will|['’]ll) (?:refund|credit|fix|call|contact|cancel|delete|send|replace|extend)|you(?: will|['’]ll) (?:get|receive) a (?:full )?refund|wir (?:garantieren|erstatten|versprechen)|nous (?:garantissons|promettons|rembourserons)|le (?:garantizamos|reembolsaremos)|garantiamo|garantimos|wij garanderen)(?!\p{L})/iu;

function ownPromises(sentence: string, texts: readonly string[]): string[] {
  const promise = promises.exec(sentence)?.[0];
  if (promise === undefined) return [];
  const isKnown = texts.some((text) => text.toLowerCase().includes(promise.toLowerCase()));
  return isKnown ? [] : [promise];
}
