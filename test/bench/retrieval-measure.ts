import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { recallQuery } from "../../src/core/knowledge/recall.ts";
import { customer, part } from "../fixtures/conversations.ts";

/** One line of a file of questions: what was asked, which articles answer it, and their texts. */
type Line = {
  question: string;
  article_ids: string[];
  contexts: { id: string; title: string; text: string; url: string | null }[];
};

export type Questions = {
  articles: { id: string; title: string; text: string; url: string | null }[];
  questions: { text: string; rightIds: string[] }[];
};

export type Measure = {
  /** Share of the questions with a right article among the first five. */
  hitAt5: number;
  /** Mean of 1 / the rank of the first right article among the first ten. */
  meanReciprocalRank: number;
  msPerQuery: number;
};

/** Reads a file with one JSON object a line. */
export function readQuestions(path: string | URL): Questions {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as Line);
  const articles = new Map(rows.flatMap(({ contexts }) => contexts).map((one) => [one.id, one]));
  return {
    articles: [...articles.values()],
    questions: rows.map(({ question, article_ids }) => ({
      text: question,
      rightIds: article_ids,
    })),
  };
}

/** The service's own way: passages, query building, the help center's search. */
export async function measureHelpCenter({ articles, questions }: Questions): Promise<Measure> {
  const helpCenter = createSqliteHelpCenter(":memory:");
  for (const { id, title, text, url } of articles) {
    const article = {
      id,
      articleId: id,
      title,
      collections: [],
      text,
      url,
      language: null,
      updatedAt: null,
      isInternal: false,
    };
    helpCenter.put("published", article, passagesOf(text));
  }
  const { signal } = new AbortController();
  const measure = await measured(questions, async (question) => {
    const found = await helpCenter.search(recallQuery(turnOf(question)), 10, signal);
    return found.map(({ id }) => id);
  });
  helpCenter.close();
  return measure;
}

/** What it is compared with: FTS5 as it comes, each article one row, all words of the question. */
export async function measurePlainFts5({ articles, questions }: Questions): Promise<Measure> {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE VIRTUAL TABLE article USING fts5 (title, text)");
  const insert = database.prepare("INSERT INTO article (rowid, title, text) VALUES (?, ?, ?)");
  for (const [index, { title, text }] of articles.entries()) insert.run(index, title, text);
  const select = database.prepare(
    "SELECT rowid AS row FROM article WHERE article MATCH ? ORDER BY rank LIMIT 10",
  );
  const measure = await measured(questions, async (question) => {
    const words = question.match(/[\p{L}\p{N}]+/gu) ?? [];
    const rows = select.all(words.map((word) => `"${word}"`).join(" OR "));
    return rows.map(({ row }) => articles[Number(row)]?.id ?? "");
  });
  database.close();
  return measure;
}

async function measured(
  questions: Questions["questions"],
  search: (question: string) => Promise<string[]>,
): Promise<Measure> {
  let hits = 0;
  let reciprocalRanks = 0;
  const start = performance.now();
  for (const { text, rightIds } of questions) {
    const found = await search(text);
    const rank = 1 + found.findIndex((id) => rightIds.includes(id));
    if (rank >= 1 && rank <= 5) hits += 1;
    if (rank >= 1) reciprocalRanks += 1 / rank;
  }
  return {
    hitAt5: hits / questions.length,
    meanReciprocalRank: reciprocalRanks / questions.length,
    msPerQuery: (performance.now() - start) / questions.length,
  };
}

function turnOf(question: string) {
  return { basePartId: "1", messages: [part(customer, question, { id: "1" })], earlier: [] };
}
