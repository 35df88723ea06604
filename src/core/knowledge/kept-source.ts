import type { StoredAnswer } from "./answer-memory.ts";
import type { ArticleAsKept } from "./article-refresh.ts";

/** What teammates see of a source: what is kept of it, as it is known. */
export type KeptSource =
  | {
      kind: "article";
      article: ArticleAsKept;
      /** When its source was read last, in milliseconds since 1970; `null`: not since the start. */
      readAt: number | null;
    }
  | { kind: "answer"; answer: StoredAnswer };

/**
 * What is kept by a source's id: an article, or else a remembered answer, in use or not.
 *
 * @returns `null` where nothing is (any more)
 */
export async function readKeptSource(
  id: string,
  ports: {
    readArticle(id: string): Promise<ArticleAsKept | null>;
    /** When articles of that kind were read whole last. */
    readAt(kind: string): number | null;
    readAnswer(id: string): Promise<StoredAnswer | null>;
  },
): Promise<KeptSource | null> {
  const article = await ports.readArticle(id);
  if (article !== null) return { kind: "article", article, readAt: ports.readAt(article.kind) };
  const answer = await ports.readAnswer(id);
  return answer === null || answer.status === "forgotten" ? null : { kind: "answer", answer };
}
