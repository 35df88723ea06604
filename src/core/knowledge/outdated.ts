import type { Outdated, Source } from "../types.ts";
import { differencesOf, type Statement, statementsIn } from "./differing-facts.ts";

/**
 * The same sources, each remembered answer marked that was written before an article among them was
 * changed, and says something else about the same matter than the article does now. So is a saved
 * reply, which in turn counts as an article for remembered answers.
 *
 * Only what differs counts: a corrected typing error makes no answer old. Without a time, nobody
 * knows what came first.
 */
export function withOutdated(sources: Source[]): Source[] {
  const articles = sources.filter(({ kind, at }) => kind === "article" && at !== null);
  const kept = sources.filter(({ kind, at }) => kind === "saved-reply" && at !== null);
  if (articles.length + kept.length === 0) return sources;
  const stated = new Map<Source, Statement[]>();
  return sources.map((source) => {
    const outdated = overtakenBy(source);
    return outdated === null ? source : { ...source, outdated };
  });

  function overtakenBy(source: Source): Outdated | null {
    if (source.kind === "answer") return outdatedBy(source, [...articles, ...kept], stated);
    return source.kind === "saved-reply" ? outdatedBy(source, articles, stated) : null;
  }
}

/**
 * What a newer article says instead, or `null`.
 *
 * @param stated what was found of the articles before, so that each is taken apart once
 */
export function outdatedBy(
  answer: Pick<Source, "at" | "text" | "title">,
  articles: Source[],
  stated = new Map<Source, Statement[]>(),
): Outdated | null {
  const { at, text } = answer;
  if (at === null) return null;
  const newer = articles.filter((article) => article.at !== null && article.at > at);
  const own = newer.length === 0 ? [] : statementsIn(text);
  if (own.length === 0) return null;
  for (const article of newer) {
    if (article.at === null) continue;
    const its = stated.get(article) ?? statementsIn(article.text);
    stated.set(article, its);
    const differs = differencesOf(own, its, "same-matter");
    if (differs.length > 0) {
      return {
        title: article.title,
        url: article.url,
        at: article.at,
        isInternal: article.isInternal,
        differs: differs.map(({ one, other, oneSays, otherSays }) => ({
          says: oneSays,
          articleSays: otherSays,
          sentence: one,
          articleSentence: other,
        })),
      };
    }
  }
  return null;
}
