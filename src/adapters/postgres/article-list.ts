import type { ArticleAsKept, ArticleIndex } from "../../core/knowledge/article-refresh.ts";
import { textOf } from "./as-stored.ts";
import type { Database } from "./database.ts";
import type { Row } from "./sql.ts";

/** Looks through the articles without searching. */
export function createArticleList(database: Database): Pick<ArticleIndex, "list" | "holdings"> {
  const { schema } = database;
  const untilDone = new AbortController().signal;
  const ask = (call: string, text: string, values: unknown[] = []) =>
    database.ask(call, untilDone, (sql) => sql.query(text, values));
  const among = `FROM ${schema}.article AS article
    WHERE ($1::text IS NULL OR kind = $1)
      AND ($2::text IS NULL OR coalesce(language, 'unknown') = $2)
      AND ($3::bigint IS NULL OR updated_at >= $3) AND ($4::bigint IS NULL OR updated_at < $4)
      AND ($5::text IS NULL OR strpos(lower(title), lower($5)) > 0)`;

  return {
    async list({ kind, language, since, before, words }, { limit, after }) {
      const offset = Number(after ?? 0);
      const texts = [kind, language].map((text) => (text === undefined ? null : textOf(text)));
      const asked = [...texts, since ?? null, before ?? null, words ? textOf(words) : null];
      const [rows, [counted]] = await Promise.all([
        ask(
          "list",
          `SELECT *, (SELECT text FROM ${schema}.passage
                      WHERE article_row = article.row AND position = 0) AS beginning
           ${among} ORDER BY updated_at DESC NULLS LAST, row DESC LIMIT $6 OFFSET $7`,
          [...asked, limit, offset],
        ),
        ask("list", `SELECT count(*) AS total ${among}`, asked),
      ]);
      const articles = rows.map((row) => ({
        ...keptArticle(row),
        beginning: String(row.beginning ?? ""),
      }));
      const total = Number(counted?.total);
      const next = offset + articles.length;
      return { articles, total, next: next < total && articles.length > 0 ? String(next) : null };
    },
    async holdings() {
      const rows = await ask(
        "holdings",
        `SELECT kind, count(*) AS articles FROM ${schema}.article
         GROUP BY kind ORDER BY kind COLLATE "C"`,
      );
      return rows.map(({ kind, articles }) => ({
        kind: String(kind),
        articles: Number(articles),
      }));
    },
  };
}

/** A row of `article` without its text. */
export function keptArticle(row: Row): Omit<ArticleAsKept, "passages"> {
  return {
    id: String(row.id),
    kind: String(row.kind),
    title: String(row.title),
    url: row.url as string | null,
    language: row.language as string | null,
    updatedAt: row.updated_at as number | null,
    isInternal: row.is_internal === true,
  };
}
