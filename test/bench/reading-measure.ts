import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { recallQuery } from "../../src/core/knowledge/recall.ts";
import { sentencesOf, stemsOf } from "../../src/core/sentences.ts";
import { customer, part } from "../fixtures/conversations.ts";
import type { BenchArticle, Question } from "./retrieval-questions.ts";

export type ReadingMeasure = {
  questions: number;
  /** Share of the places that answer them whose text is in what the model gets. */
  inPrompt: number;
  /** The same of the questions that take several places to answer, of all their places. */
  ofSeveral: number;
  /** How much text of articles the model gets for a question. */
  characters: number;
};

/** As many as a draft is written from. */
const articlesGiven = 5;
/** So many articles of the file make a long one, each a section under its title. */
const articlesInOne = 6;
/** A place counts as given where most of its sentences are. */
const mostOf = 0.8;

/**
 * How often the text that answers a question is in what the model gets of long articles: those of
 * the file, six in one. Of each right article the passage counts that shares most words with the
 * answer that was given.
 */
export async function measureReading(
  articles: BenchArticle[],
  questions: Question[],
): Promise<ReadingMeasure> {
  const helpCenter = createSqliteHelpCenter(":memory:");
  for (let at = 0; at < articles.length; at += articlesInOne) {
    const sections = articles.slice(at, at + articlesInOne);
    const text = sections.map((one) => `## ${one.title}\n\n${one.text}`).join("\n\n");
    const article = {
      ...{ id: `long-${at}`, articleId: `long-${at}`, title: `Guide ${at}`, text },
      ...{ collections: [], url: null, language: "en", updatedAt: null, isInternal: false },
    };
    await helpCenter.put("published", article, passagesOf(text));
  }
  const { signal } = new AbortController();
  const shares: { places: number; share: number }[] = [];
  let characters = 0;
  for (const { text, answer, rightIds } of questions) {
    const query = recallQuery({
      ...{ basePartId: "1", earlier: [] },
      messages: [part(customer, text, { id: "1" })],
    });
    const found = await helpCenter.search(query, { limit: articlesGiven }, signal);
    const given = found.map((source) => plain(source.text)).join("\n");
    characters += given.length;
    const places = articles.filter(({ id }) => rightIds.includes(id));
    const standing = places.filter((article) => stands(answeringPassage(article, answer), given));
    shares.push({ places: places.length, share: standing.length / places.length });
  }
  await helpCenter.close();
  const several = shares.filter(({ places }) => places > 1);
  return {
    questions: shares.length,
    inPrompt: mean(shares.map(({ share }) => share)),
    ofSeveral: mean(several.map(({ share }) => share)),
    characters: characters / questions.length,
  };
}

function answeringPassage(article: BenchArticle, answer: string): string {
  const wanted = stemsOf(answer);
  const shared = (text: string) => [...stemsOf(text)].filter((stem) => wanted.has(stem)).length;
  const texts = passagesOf(article.text).map(({ text }) => text);
  return texts.reduce((best, text) => (shared(text) > shared(best) ? text : best), "");
}

function stands(passage: string, given: string): boolean {
  const sentences = sentencesOf(passage).map(plain);
  const found = sentences.filter((sentence) => given.includes(sentence));
  return found.length >= mostOf * sentences.length;
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function mean(shares: number[]): number {
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
