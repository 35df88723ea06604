import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type {
  ArticleAsKept,
  ArticleFilter,
  ArticleIndex,
  ArticlePage,
} from "../../core/knowledge/article-refresh.ts";

type Page = Parameters<ArticleIndex["list"]>[1];

/** Looks through the articles without searching. */
export function createArticleList(database: DatabaseSync) {
  const among = `FROM article WHERE (:kind IS NULL OR kind = :kind)
    AND (:language IS NULL OR coalesce(language, 'unknown') = :language)
    AND (:since IS NULL OR updated_at >= :since) AND (:before IS NULL OR updated_at < :before)
    AND (:words IS NULL OR instr(lower(title), lower(:words)) > 0)`;
  const count = database.prepare(`SELECT count(*) AS total ${among}`);
  const read = database.prepare(
    `SELECT *, (SELECT text FROM passage WHERE article_row = article.row AND position = 0) AS beginning
     ${among} ORDER BY updated_at DESC NULLS LAST, row DESC LIMIT :limit OFFSET :offset`,
  );
  const kinds = database.prepare(
    "SELECT kind, count(*) AS articles FROM article GROUP BY kind ORDER BY kind",
  );

  return {
    list(filter: ArticleFilter, { limit, after }: Page): ArticlePage {
      const { kind = null, language = null, since = null, before = null, words = null } = filter;
      const asked = { kind, language, since, before, words };
      const offset = Number(after ?? 0);
      const articles = read.all({ ...asked, limit, offset }).map((row) => ({
        ...keptArticle(row),
        beginning: String(row.beginning ?? ""),
      }));
      const total = Number(count.get(asked)?.total);
      const next = offset + articles.length;
      return { articles, total, next: next < total && articles.length > 0 ? String(next) : null };
    },
    holdings: () =>
      kinds.all().map((row) => ({ kind: String(row.kind), articles: Number(row.articles) })),
  };
}

/** A row of `article` without its text. */
export function keptArticle(row: Record<string, SQLOutputValue>): Omit<ArticleAsKept, "passages"> {
  return {
    id: String(row.id),
    kind: String(row.kind),
    title: String(row.title),
    url: row.url as string | null,
    language: row.language as string | null,
    updatedAt: row.updated_at as number | null,
    isInternal: row.is_internal === 1,
  };
}
