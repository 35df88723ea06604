import type { Outdated, Source } from "../types.ts";
import { differencesBetween } from "./differing-facts.ts";

/**
 * The same sources, each remembered answer marked that was written before an article among them was
 * changed, and says something else about the same matter than the article does now.
 *
 * Only what differs counts: a corrected typing error makes no answer old. Without a time, nobody
 * knows what came first.
 */
export function withOutdated(sources: Source[]): Source[] {
  const articles = sources.filter(({ kind, at }) => kind === "article" && at !== null);
  if (articles.length === 0) return sources;
  return sources.map((source) => {
    const outdated = source.kind === "answer" ? outdatedBy(source, articles) : null;
    return outdated === null ? source : { ...source, outdated };
  });
}

/** What a newer article says instead, or `null`. */
export function outdatedBy(
  answer: Pick<Source, "at" | "text" | "title">,
  articles: Source[],
): Outdated | null {
  const { at, text } = answer;
  if (at === null) return null;
  for (const article of articles) {
    if (article.at === null || article.at <= at) continue;
    const differs = differencesBetween(text, article.text, "same-matter");
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
