import type { AnswerAuthor, AnswerMemory } from "../knowledge/answer-memory.ts";
import { type ArticleChange, overtakenAnswers } from "../knowledge/article-changes.ts";
import type { HelpCenter } from "../ports.ts";
import { suggestedAnswers } from "./suggested-answers.ts";

/** What of the knowledge somebody should look at, on the page /memory. */
export type KnowledgeToDo = {
  /** Answers that still say what an article said before it was changed. */
  overtaken: number;
  /** Pairs of articles that contradict each other. */
  contradictions: number;
  /** Questions that people answered again and again with no article behind them. */
  suggested: number;
};

export type KnowledgePorts = {
  memory: Pick<AnswerMemory, "findAnswers" | "listAnswers">;
  helpCenter: HelpCenter;
  /** Facts that articles state otherwise since they were changed, newest first. */
  articleChanges(limit: number): Promise<ArticleChange[]>;
  contradictions(): Promise<{ contradictions: unknown[] }>;
  /** Awaited now and then, so that nobody waits for the whole of it. */
  pause(): Promise<void>;
};

/** Whose words are a person's, without a draft before them. */
const peoplesAuthors: AnswerAuthor[] = ["teammate", "edited-draft"];
/** Of more than that the newest are grouped. */
const mostGrouped = 2_000;
/** Of changed articles, the newest. */
const mostChanges = 50;

/** @throws UpstreamError when memory or articles cannot be read */
export async function countKnowledgeToDo(
  ports: KnowledgePorts,
  signal: AbortSignal,
): Promise<KnowledgeToDo> {
  const { outdated } = await findOvertaken(ports, signal);
  const { contradictions } = await ports.contradictions();
  const { suggested } = await findSuggested(ports, signal);
  return {
    overtaken: outdated.length,
    contradictions: contradictions.length,
    suggested: suggested.length,
  };
}

/** @returns the answers, and how many changed articles were looked at */
export async function findOvertaken(
  { memory, articleChanges }: Pick<KnowledgePorts, "memory" | "articleChanges">,
  signal: AbortSignal,
) {
  const changes = await articleChanges(mostChanges);
  return { outdated: await overtakenAnswers(changes, memory, signal), changes: changes.length };
}

/** @returns the questions, and among how many of people's answers they were looked for */
export async function findSuggested(
  { memory, helpCenter, pause }: Pick<KnowledgePorts, "memory" | "helpCenter" | "pause">,
  signal: AbortSignal,
) {
  const filter = { statuses: ["answer" as const], authors: peoplesAuthors };
  const page = { limit: mostGrouped, after: null };
  const { answers, total } = await memory.listAnswers(filter, page, signal);
  const suggested = await suggestedAnswers(answers, helpCenter, signal, pause);
  return { suggested, looked: answers.length, total };
}
