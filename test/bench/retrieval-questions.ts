import { readFileSync } from "node:fs";
import { stopWords } from "../../src/lib/full-text/stop-words.ts";
import { wordsOf } from "./plain-bm25.ts";
import { drawn } from "./seeded.ts";

/** One line of a file of questions: what was asked, which articles answer it, and their texts. */
type Line = {
  question: string;
  answer?: string;
  article_ids: string[];
  contexts: BenchArticle[];
};

export type BenchArticle = { id: string; title: string; text: string; url: string | null };

export type Question = {
  text: string;
  /** What was answered; empty where the file does not say. */
  answer: string;
  rightIds: string[];
};

/** How a question is asked: as it was, with typing errors, or as three of its words. */
export type Wording = "clean" | "typing errors" | "three words";

export const wordings: readonly Wording[] = ["clean", "typing errors", "three words"];

/** Reads a file with one JSON object a line. */
export function readQuestions(path: string | URL): {
  articles: BenchArticle[];
  questions: Question[];
} {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as Line);
  const articles = new Map(rows.flatMap(({ contexts }) => contexts).map((one) => [one.id, one]));
  return {
    articles: [...articles.values()],
    questions: rows.map(({ question, answer, article_ids }) => ({
      text: question,
      answer: answer ?? "",
      rightIds: article_ids,
    })),
  };
}

/** The question in each of the wordings. */
export function reworded(question: string, random: () => number): Record<Wording, string> {
  return {
    clean: question,
    "typing errors": withTypingErrors(question, random),
    "three words": threeContentWords(question, random),
  };
}

/** From this length on a word gets its typing error. */
const misspeltFrom = 6;

/**
 * Every word of six letters or more with one random error: a letter left out, put in, exchanged for
 * another, or two that stand beside each other swapped.
 */
export function withTypingErrors(text: string, random: () => number): string {
  return text.replace(/\p{L}+/gu, (word) =>
    word.length < misspeltFrom ? word : misspelt(word, random),
  );
}

function misspelt(word: string, random: () => number): string {
  while (true) {
    const at = Math.floor(random() * word.length);
    const letter = String.fromCharCode(97 + Math.floor(random() * 26));
    const [before, after] = [word.slice(0, at), word.slice(at)];
    const wrong = [
      before + after.slice(1),
      before + letter + after,
      before + letter + after.slice(1),
      before + after.charAt(1) + after.charAt(0) + after.slice(2),
    ][Math.floor(random() * 4)];
    // Two equal letters swapped, or a letter exchanged for itself, are no error.
    if (wrong !== undefined && wrong !== word) return wrong;
  }
}

/** Three words that say something, in random order; all where there are no more. */
function threeContentWords(text: string, random: () => number): string {
  const words = [...new Set(wordsOf(text))];
  const content = words.filter((word) => word.length > 2 && !stopWords.has(word));
  return drawn(content.length > 0 ? content : words, 3, random).join(" ");
}
