import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { AnswerMemory, RememberedAnswer } from "../../core/knowledge/answer-memory.ts";
import type { Article, ArticleSource } from "../../core/knowledge/article-refresh.ts";

// The help center and a few remembered answers of a made-up company, so that the first question in
// mock mode has an answer. They are the files in demo/.

const directory = new URL("./demo/", import.meta.url);

/** The demo's help articles, read from Markdown files with a few lines about them at the top. */
export function createDemoArticles(): ArticleSource {
  return {
    async *read(kind) {
      const files = readdirSync(new URL("articles/", directory)).sort();
      for (const file of files) {
        const article = articleIn(file);
        if (article.isInternal === (kind === "internal")) yield article;
      }
    },
  };
}

/** The demo's remembered answers, to be stored where nothing else is remembered. */
function demoAnswers(): RememberedAnswer[] {
  return answersForm.parse(readJson("answers.json")).map(({ at, ...answer }, index) => ({
    ...answer,
    status: "answer",
    conversationId: `demo-${index + 1}`,
    partId: `demo-${index + 1}`,
    at: Date.parse(at),
    decision: null,
    draftedFrom: [],
  }));
}

/** What a customer may write to see what the demo knows, and what it leaves to people. */
export function demoExamples(): { title: string; messages: string[] }[] {
  return examplesForm.parse(readJson("examples.json"));
}

const examplesForm = z.array(z.strictObject({ title: z.string(), messages: z.array(z.string()) }));

/**
 * Stores the demo's answers where nothing is remembered yet.
 *
 * @returns whether the memory was empty
 * @throws UpstreamError when the memory does not answer
 */
export async function fillWithDemo(memory: AnswerMemory, signal: AbortSignal): Promise<boolean> {
  const kept = await memory.findAnswers(null, 1, signal);
  if (kept.length > 0) return false;
  await memory.rememberAnswers(demoAnswers(), signal);
  return true;
}

/** Forgets them again: something else is to be answered from. Never rejects. */
export async function forgetDemo(memory: AnswerMemory): Promise<void> {
  const signal = AbortSignal.timeout(forgetTimeoutMs);
  const forgetting = demoAnswers().map(({ conversationId }) =>
    memory.forgetConversation(conversationId ?? "", null, signal),
  );
  await Promise.allSettled(forgetting);
}

const forgetTimeoutMs = 5_000;

const answersForm = z.array(
  z.object({
    question: z.string(),
    answer: z.string(),
    language: z.string(),
    url: z.url().nullable().default(null),
    at: z.iso.date(),
    author: z.enum(["teammate", "approved-draft", "edited-draft"]),
  }),
);

function articleIn(file: string): Article {
  const content = readFileSync(new URL(`articles/${file}`, directory), "utf8");
  const [, head = "", text = ""] = content.split(/^---$/m);
  const about = new Map(
    head
      .trim()
      .split("\n")
      .map((line) => [line.split(": ", 1)[0] ?? "", line.slice(line.indexOf(": ") + 2)] as const),
  );
  const id = `demo-${file.replace(/\.md$/, "")}`;
  return {
    id,
    articleId: id,
    title: about.get("title") ?? id,
    collections: about.get("collections")?.split(" > ") ?? [],
    text: text.trim(),
    url: about.get("url") ?? null,
    language: "en",
    updatedAt: Date.parse(about.get("updated") ?? "") || null,
    isInternal: about.get("internal") === "true",
  };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, directory), "utf8"));
}
