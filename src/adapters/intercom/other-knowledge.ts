import { z } from "zod";
import type { Article, ArticleSource, SourceKind } from "../../core/knowledge/article-refresh.ts";
import { savedReplyId } from "../../core/knowledge/saved-replies.ts";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { escapeHtml } from "../../lib/escape-html.ts";
import { articleText } from "../../lib/html-to-text.ts";
import { loadLanguageOf } from "../../lib/language.ts";
import { idOf } from "./article-schema.ts";
import type { IntercomClient } from "./client.ts";
import { macroText } from "./macro-text.ts";

/** Macros, which the inbox calls saved replies, and pages that Fin's library took in. */
export type OtherKnowledge = "macros" | "external-pages";

/** From 30 on Intercom may leave their texts out. */
const macrosPerPage = 25;
/** Pages that never end would be an error of the API. */
const maximumPages = 1_000;

const id = z.union([z.string(), z.number()]).transform(String);

const macro = z.object({
  id,
  name: z.string(),
  body: z.string().nullish(),
  body_text: z.string().nullish(),
  visible_to: z.string().nullish(),
  updated_at: z.string().nullish(),
});

const externalPage = z.object({
  id,
  source_id: id.nullish(),
  title: z.string().nullish(),
  html: z.string().nullish(),
  url: z.string().nullish(),
  ai_agent_availability: z.boolean().nullish(),
  updated_at: z.number().nullish(),
});

const importSource = z.object({
  id,
  status: z.string().nullish(),
  audience_ids: z.array(z.unknown()).nullish(),
});

const list = z.object({ data: z.array(z.unknown()), pages: z.unknown() });
/** The address of the next page, or where it begins. */
const nextPage = z.object({
  next: z.union([z.string(), z.object({ starting_after: z.string() })]),
});

/** What else Intercom keeps that a draft may rest on, as articles. */
export function createOtherKnowledge(
  client: IntercomClient,
  log: Log,
): (what: OtherKnowledge, name: string) => ArticleSource<SourceKind> {
  return (what, name) => ({
    async *read(_kind, signal) {
      const languageOf = await loadLanguageOf();
      const entries = what === "macros" ? macros(name, signal) : externalPages(name, signal);
      for await (const article of entries) {
        if (article.text === "") {
          log.warn({ source: name, articleId: article.id }, "article left out: no text in it");
          continue;
        }
        yield { ...article, language: languageOf(article.text) };
      }
    },
  });

  async function* macros(name: string, signal: AbortSignal): AsyncIterable<Article> {
    for await (const listed of entriesOf(`/macros?per_page=${macrosPerPage}`, signal)) {
      const entry = await wholeMacro(listed, signal);
      const read = macro.safeParse(entry);
      if (!read.success) {
        log.warn({ source: name, articleId: idOf(entry) }, "article left out: not readable");
        continue;
      }
      const { id: macroId, name: title, body, body_text, visible_to, updated_at } = read.data;
      const { text, hasGaps } = macroText(body ?? asHtml(body_text ?? ""));
      yield {
        ...unsaid,
        id: savedReplyId(name, macroId),
        articleId: savedReplyId(name, macroId),
        title,
        text,
        updatedAt: Date.parse(updated_at ?? "") || null,
        // What is not for everybody, or says nothing without a customer's data, is left to people.
        isInternal: visible_to === "specific_teams" || hasGaps,
      };
    }
  }

  /** A list may hold macros without their texts. One that is gone by now stays as it was listed. */
  async function wholeMacro(listed: unknown, signal: AbortSignal): Promise<unknown> {
    const read = macro.safeParse(listed);
    const isWhole = !read.success || (read.data.body ?? read.data.body_text ?? null) !== null;
    if (isWhole) return listed;
    try {
      const path = `/macros/${encodeURIComponent(read.data.id)}`;
      return (await client.read({ method: "GET", path }, signal)).body;
    } catch (error) {
      if (error instanceof UpstreamError && error.status === 404) return listed;
      throw error;
    }
  }

  async function* externalPages(name: string, signal: AbortSignal): AsyncIterable<Article> {
    const sources = new Map<string, z.output<typeof importSource>>();
    for await (const entry of entriesOf("/ai/content_import_sources", signal)) {
      const read = importSource.safeParse(entry);
      if (read.success) sources.set(read.data.id, read.data);
    }
    for await (const entry of entriesOf("/ai/external_pages", signal)) {
      const read = externalPage.safeParse(entry);
      if (!read.success) {
        log.warn({ source: name, articleId: idOf(entry) }, "article left out: not readable");
        continue;
      }
      const page = read.data;
      const source = sources.get(page.source_id ?? "");
      if (source?.status === "deactivated") continue;
      const html = page.html ?? "";
      const text = articleText(html.replace(/data:[^"'\s)>]*/g, ""));
      const isForEverybody = (source?.audience_ids ?? []).length === 0;
      yield {
        ...unsaid,
        id: `${name}-${page.id}`,
        articleId: `${name}-${page.id}`,
        title: page.title?.trim() || (text.split("\n", 1)[0] ?? "").replace(/^#+\s*/, ""),
        text,
        url: page.url ?? null,
        updatedAt: page.updated_at ? page.updated_at * 1000 : null,
        isInternal: !isForEverybody || page.ai_agent_availability === false,
      };
    }
  }

  /** @throws UpstreamError when a page stays unreachable or cannot be understood */
  async function* entriesOf(first: string, signal: AbortSignal): AsyncIterable<unknown> {
    let path = first;
    for (let page = 1; page <= maximumPages; page += 1) {
      const { body } = await client.read({ method: "GET", path }, signal);
      const read = list.safeParse(body);
      if (!read.success) {
        const call = `GET ${first.split("?", 1)[0]}`;
        throw new UpstreamError("intercom", call, "an unreadable list", { cause: read.error });
      }
      yield* read.data.data;
      const next = nextPage.safeParse(read.data.pages);
      if (!next.success || read.data.data.length === 0) return;
      path = pathOf(first, next.data.next);
    }
  }
}

function asHtml(text: string): string {
  return escapeHtml(text).replaceAll("\n", "<br>");
}

const unsaid = { collections: [], url: null, language: null };

/** Only what is asked follows a link: the token stays with Intercom's own host. */
function pathOf(first: string, next: string | { starting_after: string }): string {
  const [path = "", query = ""] = first.split("?");
  const wanted = new URLSearchParams(query);
  if (typeof next === "string") {
    for (const [name, value] of URL.parse(next, "https://api.intercom.io")?.searchParams ?? []) {
      wanted.set(name, value);
    }
  } else wanted.set("starting_after", next.starting_after);
  return `${path}?${wanted}`;
}
