import type { StoredAnswer } from "../knowledge/answer-memory.ts";
import { linkFromHere, type TitledArticle } from "../knowledge/source-places.ts";
import type { HelpCenter } from "../ports.ts";
import { createGrouping, mostLikeAll, weighing } from "../question-groups.ts";
import { plainText, stemsOf } from "../sentences.ts";

/** What customers asked again and again, and people answered, with no article behind it. */
export type SuggestedAnswer = {
  /** In the words of the customer who is most like all of them. */
  question: string;
  /** In the words of the teammate who is most like all of them: a draft for one answer, or an article. */
  answer: string;
  language: string | null;
  /** In how many conversations. */
  conversations: number;
  /** Of the answers that were put together; the one whose words stand above comes first. */
  ids: string[];
  /** The article that has most of it, and how much of the answer's words, 0 to 1. */
  nearest: (TitledArticle & { share: number }) | null;
};

/** One conversation is no pattern. */
const fewestConversations = 2;
/** An article that has so much of an answer's words is behind it. */
const behindIt = 0.6;
const articlesAsked = 3;
const mostSuggested = 50;
const pauseEvery = 25;

/**
 * Groups of answers that say what no article says, by how many conversations asked, most first.
 *
 * @param answers of people, from conversations
 * @param pause awaited now and then, so that nobody waits for the whole of it
 * @throws UpstreamError when the articles cannot be searched
 */
export async function suggestedAnswers(
  answers: StoredAnswer[],
  helpCenter: HelpCenter,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<SuggestedAnswer[]> {
  const weigh = weighing(answers.map(({ question }) => question));
  const weighAnswer = weighing(answers.map(({ answer }) => answer));
  const grouping = createGrouping<StoredAnswer>();
  for (const [index, answer] of answers.entries()) {
    if (index % pauseEvery === 0) await pause();
    grouping.add(answer, weigh(answer.question));
  }
  const asked = grouping
    .groups()
    .map((members) => ({ members, conversations: conversationsOf(members) }))
    .filter(({ conversations }) => conversations >= fewestConversations)
    .sort((one, other) => other.conversations - one.conversations);

  const suggested: SuggestedAnswer[] = [];
  for (const { members, conversations } of asked) {
    if (suggested.length === mostSuggested) break;
    await pause();
    const first = mostLikeAll(members, ({ answer }) => weighAnswer(answer));
    const { question } = mostLikeAll(members, (one) => weigh(one.question));
    const nearest = await nearestArticle(question, first.answer, helpCenter, signal);
    if (nearest !== null && nearest.share >= behindIt) continue;
    const others = members.filter((one) => one !== first);
    suggested.push({
      question,
      answer: first.answer,
      language: first.language,
      conversations,
      ids: [first, ...others].map(({ id }) => id),
      nearest,
    });
  }
  return suggested;
}

const conversationsOf = (members: StoredAnswer[]) =>
  new Set(members.map(({ conversationId, id }) => conversationId ?? id)).size;

async function nearestArticle(
  question: string,
  answer: string,
  helpCenter: HelpCenter,
  signal: AbortSignal,
): Promise<SuggestedAnswer["nearest"]> {
  const stems = stemsOf(plainText(answer));
  const articles = await helpCenter.search(question, { limit: articlesAsked }, signal);
  const shares = articles.map((article) => {
    const { title, url, text } = article;
    const its = stemsOf(plainText(`${title}\n${text}`));
    const inBoth = [...stems].filter((stem) => its.has(stem)).length;
    const page = linkFromHere(article);
    return { title, url, page, share: stems.size === 0 ? 0 : inBoth / stems.size };
  });
  return shares.sort((one, other) => other.share - one.share)[0] ?? null;
}
