import { existsSync, readFileSync } from "node:fs";
import { unquotedClaims, unsupportedClaims } from "../../src/core/judging/claims.ts";
import { evidenceFor } from "../../src/core/knowledge/evidence.ts";
import type { Source, UnsupportedClaim } from "../../src/core/types.ts";

// How often the claim check holds back an answer that people gave (each with its own articles as
// sources), and how often it finds what a script swapped in it.

const data = new URL("../../../shared/data/wixqa-sample.jsonl", import.meta.url);

export type Answered = { question: string; answer: string; articles: string[] };

/** `null` where the sample is not there. */
export function answeredQuestions(): Answered[] | null {
  if (!existsSync(data)) return null;
  return readFileSync(data, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ question, answer, contexts }) => ({
      question,
      answer,
      articles: contexts.map(({ text }: { text: string }) => text),
    }));
}

function check({ question, articles }: Answered, reply: string): UnsupportedClaim[] {
  const sources = articles.map((text) => ({ title: "", text, language: "en" }));
  return unsupportedClaims({ reply, language: "en" }, sources, {
    byUs: [],
    byCustomer: [question],
  });
}

/** The same for a model that copies, for each sentence, the passage that is nearest to it in words. */
function checkCopied({ question, answer, articles }: Answered): UnsupportedClaim[] {
  const used = articles.map(
    (text, index): Source => ({
      id: String(index),
      kind: "article",
      title: "",
      url: null,
      text,
      score: 1,
      language: "en",
      at: null,
      isInternal: false,
    }),
  );
  const passages = evidenceFor(answer, { used, others: [] }, []).map(({ quote }) => ({
    title: "",
    text: quote.map(({ text }) => text).join(""),
    language: "en",
  }));
  const said = { byUs: [], byCustomer: [question] };
  return unquotedClaims({ reply: answer, language: "en" }, passages, said);
}

/** Whether the words of an alarm stand nowhere in the articles: the sample cuts some of them short. */
function isTrue({ kind, words }: UnsupportedClaim, { articles }: Answered): boolean {
  const number = /\d[\d.,]*/.exec(words)?.[0];
  if (kind !== "number" || number === undefined) return false;
  return !articles.some((text) => new RegExp(`(?<![\\d.,])${number}(?!\\d)`).test(text));
}

type Swap = { kind: string; swap(answer: string, random: () => number): string | null };

const swaps: Swap[] = [
  {
    kind: "a number by another",
    swap(answer, random) {
      const readable = answer.replace(/\]\s?\([^)]*\)/g, (link) => " ".repeat(link.length));
      const numbers = readable.matchAll(
        /(?<![\w%/.-]|steps? )\d+(?= ?(?!ways|options|steps|reasons)(?:%|\p{L}))/giu,
      );
      return swapped(answer, [...numbers], random, (old) => {
        const value = Number(old);
        return String(value + 1 + Math.floor(random() * (value + 5)));
      });
    },
  },
  {
    kind: "a plan by another",
    swap: (answer, random) =>
      swapped(
        answer,
        [...answer.matchAll(/\b[A-Z][a-z]+(?= (?:plans?|subscription|package)\b)/g)],
        random,
        () => ["Starter", "Enterprise", "Growth", "Ultimate"][Math.floor(random() * 4)] ?? "",
      ),
  },
  {
    kind: "can, is and will by their contrary",
    swap: (answer, random) =>
      swapped(
        answer,
        [...answer.matchAll(/\b(?:can|will|is|are|must|should)(?: not)?(?= \w)/g)].filter(
          ({ index }) =>
            !/\b(?:if|when)\b[^.]*$/i.test(answer.slice(Math.max(0, index - 80), index)),
        ),
        random,
        (old) => (old.endsWith(" not") ? old.slice(0, -4) : `${old} not`),
      ),
  },
];

function swapped(
  answer: string,
  places: RegExpExecArray[],
  random: () => number,
  other: (old: string) => string,
): string | null {
  const place = places[Math.floor(random() * places.length)];
  if (place === undefined) return null;
  const [old] = place;
  return answer.slice(0, place.index) + other(old) + answer.slice(place.index + old.length);
}

export type ClaimFigures = {
  answers: number;
  /** Answers with an alarm, and those whose every alarm is a number that the articles lack. */
  alarms: { all: number; onlyTrue: number };
  /** Answers that are held back when their facts must stand in copied passages. */
  unquoted: number;
  caught: { kind: string; swapped: number; caught: number }[];
};

/** @param rounds how often each answer is swapped, at another place each time */
export function measureClaims(answered: Answered[], rounds = 3): ClaimFigures {
  const random = seeded(7);
  const held = answered.map((one) => ({ one, claims: check(one, one.answer) }));
  const withAlarm = held.filter(({ claims }) => claims.length > 0);
  return {
    answers: answered.length,
    alarms: {
      all: withAlarm.length,
      onlyTrue: withAlarm.filter(({ one, claims }) => claims.every((claim) => isTrue(claim, one)))
        .length,
    },
    unquoted: held.filter(({ one, claims }) => claims.length > 0 || checkCopied(one).length > 0)
      .length,
    caught: swaps.map(({ kind, swap }) => {
      let count = 0;
      let caught = 0;
      for (let round = 0; round < rounds; round += 1) {
        for (const { one, claims } of held) {
          const invented = swap(one.answer, random);
          if (invented === null || invented === one.answer) continue;
          count += 1;
          const before = new Set(claims.map((claim) => JSON.stringify(claim)));
          const isFound = check(one, invented).some((claim) => !before.has(JSON.stringify(claim)));
          if (isFound) caught += 1;
        }
      }
      return { kind, swapped: count, caught };
    }),
  };
}

/** Numbers from 0 to 1 that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

if (import.meta.main) {
  const answered = answeredQuestions();
  if (answered === null) {
    process.stdout.write(
      "The sample of questions is not here (../shared/data): nothing measured.\n",
    );
  } else {
    const { answers, alarms, unquoted, caught } = measureClaims(answered);
    const share = (part: number, whole: number) =>
      `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
    process.stdout.write(
      [
        `Good answers held back: ${share(alarms.all, answers)}; of these ${alarms.onlyTrue} for numbers that the articles, as the sample gives them, do not have.`,
        `Held back when only the passage nearest to each sentence counts: ${share(unquoted, answers)}.`,
        ...caught.map((kind) => `Caught, ${kind.kind}: ${share(kind.caught, kind.swapped)}.`),
        "",
      ].join("\n"),
    );
  }
}
