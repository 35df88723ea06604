import type { AnswerMemory, StoredAnswer } from "./answer-memory.ts";
import { lastWrittenAt } from "./curation.ts";
import { type Difference, differencesBetween } from "./differing-facts.ts";
import type { Passage } from "./passages.ts";
import { linkFromHere, type TitledArticle } from "./source-places.ts";

/** What an article says now instead of what it said before. */
export type ArticleChange = {
  articleId: string;
  title: string;
  url: string | null;
  /** In milliseconds since 1970. */
  at: number;
  /** `one` and `oneSays` are of before. */
  differences: Difference[];
};

/**
 * What an article for customers states otherwise now; that it was changed in any other way is no
 * change here.
 *
 * @param before the texts of its passages until now
 * @param now in milliseconds since 1970, where the article does not say when it was changed
 */
export function changeOf(
  article: Pick<ArticleChange, "articleId" | "title" | "url"> & {
    updatedAt: number | null;
    isInternal: boolean;
  },
  before: string[],
  passages: Passage[],
  now: number,
): ArticleChange | null {
  if (article.isInternal) return null;
  const said = passages.map(({ text }) => text).join("\n");
  const differences = differencesBetween(before.join("\n"), said, "same-matter");
  if (differences.length === 0) return null;
  const { articleId, title, url, updatedAt } = article;
  return { articleId, title, url, at: updatedAt ?? now, differences };
}

/** A remembered answer that still says what an article said before. */
export type OvertakenAnswer = {
  answer: StoredAnswer;
  article: TitledArticle & Pick<ArticleChange, "at">;
  /** As the answer has it, and as the article has it now. */
  says: string;
  articleSays: string;
  sentence: string;
  articleSentence: string;
  /** The answer with the one put in the place of the other; `null` where that is not plain to do. */
  rewritten: string | null;
};

/** So many answers are looked at for each fact that changed. */
const mostAnswers = 10;

/** Looks for the old facts in the memory, the newest change first. @throws UpstreamError */
export async function overtakenAnswers(
  changes: ArticleChange[],
  memory: Pick<AnswerMemory, "findAnswers">,
  signal: AbortSignal,
): Promise<OvertakenAnswer[]> {
  const found = new Map<string, OvertakenAnswer>();
  for (const { articleId, title, url, at, differences } of changes) {
    const page = linkFromHere({ id: articleId, kind: "article", url });
    for (const difference of differences) {
      const answers = await memory.findAnswers(`${title}\n${difference.one}`, mostAnswers, signal);
      for (const answer of answers) {
        if (found.has(answer.id) || lastWrittenAt(answer) >= at) continue;
        const [still] = differencesBetween(answer.answer, difference.other, "same-matter");
        if (still === undefined) continue;
        found.set(answer.id, {
          answer,
          article: { title, url, page, at },
          says: still.oneSays,
          articleSays: still.otherSays,
          sentence: still.one,
          articleSentence: still.other,
          rewritten: rewritten(answer.answer, still),
        });
      }
    }
  }
  return [...found.values()];
}

function rewritten(text: string, { oneSays, otherSays }: Difference): string | null {
  return text.split(oneSays).length === 2 ? text.replace(oneSays, () => otherSays) : null;
}
