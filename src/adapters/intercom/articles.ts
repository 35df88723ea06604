import type {
  Article,
  ArticleSource,
  HelpCenterKind,
} from "../../core/knowledge/article-refresh.ts";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { articleText, isTooLongForText } from "../../lib/html-to-text.ts";
import {
  type ArticleContent,
  articleSchema,
  collectionSchema,
  type IntercomArticle,
  idOf,
  pageSchema,
} from "./article-schema.ts";
import type { IntercomClient } from "./client.ts";

/** As many as the examples of Intercom's API description show; bodies come with the list. */
const perPage = 25;
/** Pages that never end would be an error of the API; this is 25,000 articles. */
const maximumPages = 1_000;
const longestTitle = 200;
const longestBreadcrumb = 10;

const paths: Record<HelpCenterKind, string> = {
  published: "/articles",
  internal: "/internal_articles",
};

/** The help center's articles and the internal ones, with the names of their collections. */
export function createIntercomArticles(client: IntercomClient, log: Log): ArticleSource {
  return {
    async *read(kind, signal) {
      const collections = kind === "published" ? await readCollections(signal) : new Map();
      for await (const entry of pages(paths[kind], signal)) {
        const read = articleSchema.safeParse(entry);
        if (!read.success) {
          const problem = read.error.issues.map(({ path }) => path.join(".")).join(", ");
          log.warn({ articleId: idOf(entry), kind, problem }, "article left out: not readable");
          continue;
        }
        yield* documents(kind, read.data, collections);
      }
    },
  };

  async function* pages(path: string, signal: AbortSignal): AsyncIterable<unknown> {
    for (let page = 1; page <= maximumPages; page += 1) {
      const call = { method: "GET", path: `${path}?page=${page}&per_page=${perPage}` } as const;
      const { body } = await client.read(call, signal);
      const list = pageSchema.safeParse(body);
      if (!list.success) {
        throw new UpstreamError("intercom", `GET ${path}`, "an unreadable list", {
          cause: list.error,
        });
      }
      yield* list.data.data;
      if (list.data.data.length === 0 || page >= (list.data.pages?.total_pages ?? 1)) return;
    }
  }

  async function readCollections(signal: AbortSignal): Promise<Collections> {
    const collections: Collections = new Map();
    for await (const entry of pages("/help_center/collections", signal)) {
      const read = collectionSchema.safeParse(entry);
      if (read.success) collections.set(read.data.id, read.data);
    }
    return collections;
  }

  /** The article in its own language and its translations, as far as they are published. */
  function* documents(
    kind: HelpCenterKind,
    article: IntercomArticle,
    collections: Collections,
  ): Iterable<Article> {
    const ownLocale = article.default_locale ?? article.locale;
    const translations = article.translated_content.filter(({ locale }) => locale !== ownLocale);
    for (const { locale, content } of [{ locale: ownLocale, content: article }, ...translations]) {
      // An internal article has no state: it is there for teammates as soon as it is written.
      if (kind === "published" && content.state !== "published") continue;
      const document = toDocument(kind, article, content, locale, collections);
      if (document !== null) yield document;
    }
  }

  function toDocument(
    kind: HelpCenterKind,
    article: IntercomArticle,
    content: ArticleContent,
    locale: string | null,
    collections: Collections,
  ): Article | null {
    const values = { articleId: article.id, kind, locale };
    const body = withoutInlineImages(content.body ?? "");
    if (isTooLongForText(body)) {
      log.warn({ ...values, characters: body.length }, "article too long: only its beginning read");
    }
    const text = articleText(body);
    if (text === "") {
      log.warn(values, "article left out: no text in it");
      return null;
    }
    const title = content.title?.trim() || firstLine(text);
    if (!content.title?.trim()) log.warn(values, "article without a title: its first line serves");

    const articleId = `${kind === "published" ? "article" : "internal"}-${article.id}`;
    const isTranslation = content !== article;
    return {
      id: isTranslation ? `${articleId}-${locale}` : articleId,
      articleId,
      title,
      collections: breadcrumb(article, collections),
      text,
      url: content.url,
      language: locale === null ? null : languageOf(locale),
      updatedAt: content.updated_at ?? article.updated_at,
      isInternal: kind === "internal" || !isForEverybody(article, content),
    };
  }
}

type Collections = Map<string, { id: string; name: string; parent_id?: string | null | undefined }>;

/**
 * Whether any customer may read it. The API names an audience but not whether a contact belongs to
 * it, so what is not for everybody is left to teammates.
 */
function isForEverybody(article: IntercomArticle, content: ArticleContent): boolean {
  const audience = article.help_center_audience ?? "everyone";
  const targeted = [...(article.audience_ids ?? []), ...(content.audience_ids ?? [])];
  return audience === "everyone" && targeted.length === 0;
}

function breadcrumb(article: IntercomArticle, collections: Collections): string[] {
  const names: string[] = [];
  let id = article.parent_ids?.[0] ?? article.parent_id ?? null;
  while (id !== null && names.length < longestBreadcrumb) {
    const collection = collections.get(id);
    if (collection === undefined) break;
    names.unshift(collection.name);
    id = collection.parent_id ?? null;
  }
  return names;
}

/** `pt-BR` is Portuguese. */
function languageOf(locale: string): string {
  return locale.toLowerCase().split("-")[0] ?? locale;
}

/** A pasted picture can be megabytes of letters, none of which says anything. */
function withoutInlineImages(html: string): string {
  return html.replace(/data:[^"'\s)>]*/g, "");
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.replace(/^#+\s*/, "").slice(0, longestTitle);
}
