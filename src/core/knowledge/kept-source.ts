import type { StoredAnswer, StoredUses } from "./answer-memory.ts";
import { tallyOf, type UseOutcome, usesIn } from "./answer-uses.ts";
import type { ArticleAsKept } from "./article-refresh.ts";

/** What teammates see of a source: what is kept of it, as it is known, and what became of it. */
export type KeptSource = {
  /** How often what became of the replies that were written from it. */
  tally: Record<UseOutcome, number>;
} & (
  | {
      kind: "article";
      article: ArticleAsKept;
      /** When its source was read last, in milliseconds since 1970; `null`: not since the start. */
      readAt: number | null;
    }
  | { kind: "answer"; answer: StoredAnswer }
);

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
    findUses(id: string): Promise<StoredUses>;
  },
): Promise<KeptSource | null> {
  const tallied = async (of: string) => tallyOf(usesIn(await ports.findUses(of)));
  const article = await ports.readArticle(id);
  if (article !== null) {
    const readAt = ports.readAt(article.kind);
    return { kind: "article", article, readAt, tally: await tallied(article.id) };
  }
  const answer = await ports.readAnswer(id);
  if (answer === null || answer.status === "forgotten") return null;
  return { kind: "answer", answer, tally: await tallied(id) };
}
