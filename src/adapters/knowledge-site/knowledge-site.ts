import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type {
  Article,
  ArticleSource,
  KeptArticle,
  SourceKind,
} from "../../core/knowledge/article-refresh.ts";
import { type SiteLimits, siteLimits } from "../../core/knowledge-source.ts";
import type { Log } from "../../core/ports.ts";
import { documentTexts } from "../../lib/document-text.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { loadLanguageOf } from "../../lib/language.ts";
import { allowedHosts } from "../../lib/safe-fetch/allowed-hosts.ts";
import { createSafeFetch, type Fetched, type Refusal } from "../../lib/safe-fetch/safe-fetch.ts";
import { sleep } from "../../lib/sleep.ts";
import { textParts } from "../../lib/text-parts.ts";
import { decoded } from "./charset.ts";
import { createCrawlLimits } from "./crawl-limits.ts";
import { type KnownPage, knownPages, versionOf } from "./known-pages.ts";
import { isBelow, markdownTwin, pageAddress, pageKey, withoutMarkdown } from "./page-address.ts";
import { createPageReader, type PageReader } from "./page-reader.ts";
import type { PageText } from "./page-text.ts";
import { patientFetch } from "./patient-fetch.ts";
import { type Robots, robotsIn } from "./robots.ts";
import { shortenedBy } from "./shortened.ts";
import { type ListedPage, pagesOf } from "./site-pages.ts";
import { isSameText, saysNotFound, wordsOf } from "./soft-404.ts";
import { whyNotRead } from "./why-not-read.ts";

/** A site with knowledge, as the operator names it. */
export type KnowledgeSite = {
  name: string;
  /** Of its `llms.txt`, its sitemap, or the page below which all is read. */
  url: string;
  /** For teammates only. */
  isInternal: boolean;
  /** ISO 639-1, of pages that do not say it; `null`: recognised. */
  language: string | null;
  /** In place of what is usual. */
  limits?: Partial<SiteLimits>;
};

/** How far a reading has come, in pages. */
export type SiteProgress = { read: number; found: number };

type SitePorts = {
  /** Hosts besides the site's own, as KNOWLEDGE_ALLOWED_HOSTS names them. */
  hosts: string[];
  /** The `version` of each article of the site, as they were given. */
  versions(): Promise<string[]>;
  log: Log;
  onProgress?(progress: SiteProgress): void;
  /** When it was read: how many of its pages failed, and where limits cut it short, in sentences. */
  onRead?(outcome: { failing: number; shortened: string[] }): void;
};

/** What reading one page came to. */
type Read =
  | { kind: "article"; articles: [Article, ...Article[]]; links: string[] }
  | { kind: "same"; page: KnownPage }
  | { kind: "gone" }
  | { kind: "left-out"; why: string }
  | { kind: "failed"; why: string; refusal?: Refusal };

const parallel = 4;
/** Of pages that are not read: a site may lead to any number of them. */
const mostCounted = 10_000;
const tooMuchWork = "it takes too much work to read";
const acceptMarkdown =
  "text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.5";
const acceptHtml = "text/html, application/xhtml+xml;q=0.9, text/markdown;q=0.5, text/plain;q=0.5";

/**
 * The pages of a documentation site as articles: those that it names in `llms.txt` and its sitemaps,
 * or, where it names none, those that its pages lead to.
 *
 * A page that fails keeps what was read of it before; one that is gone is no longer given.
 */
export function createKnowledgeSite(
  site: KnowledgeSite,
  { hosts, versions, log, onProgress, onRead }: SitePorts,
): ArticleSource<SourceKind> {
  const allowed = allowedHosts([site.url], hosts);
  const limits = limitsOf(site);
  return {
    async *read(_kind, signal) {
      const fetch = createSafeFetch({
        hosts: allowed,
        maximumBytes: limits.pageMegabytes * 1024 * 1024,
        timeoutMs: limits.pageSeconds * 1_000,
        maximumRedirects: limits.pageRedirects,
      });
      const reader = createPageReader();
      try {
        yield* readSite(patientFetch(fetch.fetch, signal), reader, signal);
      } finally {
        await reader.close();
        await fetch.close();
      }
    },
  };

  async function* readSite(
    get: ReturnType<typeof patientFetch>,
    reader: PageReader,
    signal: AbortSignal,
  ): AsyncIterable<Article | KeptArticle> {
    const rules = await get(new URL("/robots.txt", site.url).href, {});
    if (rules.kind === "refused" && rules.why === "private-address") {
      throw new UpstreamError("site", `read ${site.name}`, whyNotRead[rules.why]);
    }
    const robots = robotsIn(rules);
    const listed = await pagesOf(site.url, (address) => get(address, {}), robots);
    const known = knownPages(await versions(), readAs(site));
    const isCrawl = listed.length === 0;
    const start: ListedPage = { address: site.url, updatedAt: null };
    const queue = (isCrawl ? [start] : listed).map((page) => ({ page, depth: 0 }));
    const found = new Set(queue.map(({ page }) => pageKey(page.address)));
    const mayFollow = createCrawlLimits(limits.depth);
    const reading = await createReading(
      { site, get, reader, robots, known, isCrawl, signal },
      queue[0]?.page,
    );
    const startedAt = Date.now();
    const given = new Set<string>();
    const counts = { read: 0, failed: 0, leftOut: 0 };
    const tooDeep = new Set<string>();
    const oneOfMany = new Set<string>();
    const refused: Partial<Record<Refusal, number>> = {};
    const isOutOfTime = () => Date.now() - startedAt >= limits.minutes * 60_000;

    while (queue.length > 0 && counts.read < limits.pages && !isOutOfTime()) {
      const left = limits.pages - counts.read;
      const batch = queue.splice(0, robots.delayMs > 0 ? 1 : Math.min(parallel, left));
      const results = await Promise.all(batch.map(({ page }) => reading(page)));
      for (const [index, result] of results.entries()) {
        const { page, depth } = batch[index] ?? { page: start, depth: 0 };
        counts.read += 1;
        const before = known.get(pageKey(page.address));
        if (result.kind === "article") {
          const [{ id }] = result.articles;
          if (given.has(id)) continue;
          given.add(id);
          for (const article of result.articles) {
            yield article;
            // Cutting a long text takes a while, and customers are answered in between.
            await turn();
          }
          for (const link of isCrawl ? result.links : []) {
            const address = pageAddress(link, page.address);
            if (address === null || !isBelow(address, site.url)) continue;
            if (!allowed.mayRead(new URL(address))) continue;
            const key = pageKey(address);
            if (found.has(key)) continue;
            const followed = mayFollow(address, depth + 1);
            if (followed === "too-deep" && tooDeep.size < mostCounted) tooDeep.add(key);
            if (followed === "one-of-many" && oneOfMany.size < mostCounted) oneOfMany.add(key);
            if (followed !== "followed") continue;
            found.add(key);
            tooDeep.delete(key);
            queue.push({ page: { address, updatedAt: null }, depth: depth + 1 });
          }
        } else if (result.kind === "same") {
          given.add(result.page.id);
          yield* kept(result.page);
        } else if (result.kind === "failed") {
          counts.failed += 1;
          if (result.refusal) refused[result.refusal] = (refused[result.refusal] ?? 0) + 1;
          log.warn(
            { page: page.address, why: result.why },
            "page not readable: its last good text stays",
          );
          if (before !== undefined && !given.has(before.id)) {
            given.add(before.id);
            yield* kept(before);
          }
        } else if (result.kind === "left-out") {
          counts.leftOut += 1;
          log.debug({ page: page.address, why: result.why }, "page left out");
        }
      }
      onProgress?.({ read: counts.read, found: counts.read + queue.length });
      if (robots.delayMs > 0 && queue.length > 0) await sleep(robots.delayMs, signal);
      signal.throwIfAborted();
    }
    if (given.size === 0) {
      throw new UpstreamError("site", `read ${site.name}`, "none of its pages can be read");
    }
    const cut = {
      waiting: queue.length,
      isOutOfTime: counts.read < limits.pages,
      tooDeep: tooDeep.size,
      oneOfMany: oneOfMany.size,
      tooLarge: refused["too-large"] ?? 0,
      tooManyRedirects: refused["too-many-redirects"] ?? 0,
    };
    const shortened = shortenedBy(cut, limits);
    if (shortened.length > 0) {
      log.warn({ source: site.name, pages: counts.read, shortened }, "site not read to its end");
    }
    onRead?.({ failing: counts.failed, shortened });
    // What was not reached by a way that is blocked now may still be there.
    const isIncomplete = queue.length > 0 || (isCrawl && counts.failed > 0);
    for (const page of isIncomplete ? known.values() : []) {
      if (!given.has(page.id)) yield* kept(page);
    }
    log.info({ source: site.name, ...counts, articles: given.size }, "site read");
  }
}

function kept({ id, articleId, parts }: KnownPage): KeptArticle[] {
  return Array.from({ length: parts }, (_, index) => {
    return { id: partId(id, index), articleId, isKept: true };
  });
}

function partId(id: string, index: number): string {
  return index === 0 ? id : `${id}#${index + 1}`;
}

type Reading = {
  site: KnowledgeSite;
  get: ReturnType<typeof patientFetch>;
  reader: PageReader;
  robots: Robots;
  known: ReadonlyMap<string, KnownPage>;
  isCrawl: boolean;
  signal: AbortSignal;
};

/** @param first one of the site's pages, by which it shows whether it has its pages as Markdown */
async function createReading(
  { site, get, reader, robots, known, isCrawl, signal }: Reading,
  first: ListedPage | undefined,
) {
  const languageOf = await loadLanguageOf();
  const notFound = await wordsOfNotFound();
  const hasTwins = !isCrawl && first !== undefined && (await isMarkdownAt(first.address));
  const opensWithout = await opensWithoutMarkdown();
  /** Texts that were given, by their hash, and by the address under which they want to be known. */
  const hashes = new Map<string, string>();
  const canonicals = new Map<string, Set<string>>();

  return async (page: ListedPage): Promise<Read> => {
    try {
      return await read(page);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return { kind: "failed", why: error.message };
    }
  };

  async function read(page: ListedPage): Promise<Read> {
    const key = pageKey(page.address);
    if (page.text !== undefined) {
      const text = await reader.read("markdown", page.text, page.address);
      if (text === null) return { kind: "failed", why: tooMuchWork };
      return articleOf(page, key, text, { address: page.address, headers: {} });
    }
    if (!robots.allows(page.address)) return { kind: "left-out", why: "robots.txt" };
    const before = known.get(key);
    const isMarkdown = /\.md$/i.test(new URL(page.address).pathname);
    const twin = hasTwins && !isMarkdown ? markdownTwin(page.address) : null;
    if (twin !== null) {
      const fetched = await get(twin, headersFor(twin, before));
      if (isMarkdownAnswer(fetched)) return take(page, key, fetched, before);
      if (fetched.kind === "answer" && fetched.status === 304 && before !== undefined) {
        return same(before);
      }
    }
    const fetched = await get(page.address, headersFor(page.address, before));
    return take(page, key, fetched, before);
  }

  function headersFor(address: string, before: KnownPage | undefined): Record<string, string> {
    const accept = isCrawl ? acceptHtml : acceptMarkdown;
    // Without its text a page does not show where it leads to.
    if (isCrawl || before === undefined || before.from !== address) return { accept };
    return {
      accept,
      ...(before.etag === null ? {} : { "if-none-match": before.etag }),
      ...(before.lastModified === null ? {} : { "if-modified-since": before.lastModified }),
    };
  }

  async function take(
    page: ListedPage,
    key: string,
    fetched: Fetched,
    before: KnownPage | undefined,
  ): Promise<Read> {
    if (fetched.kind === "refused") {
      const why = whyNotRead[fetched.why];
      if (fetched.why === "host-not-named") return { kind: "left-out", why };
      return { kind: "failed", why, refusal: fetched.why };
    }
    const { status, headers, body, url } = fetched;
    if (status === 304 && before !== undefined) return same(before);
    if (status === 404 || status === 410) return { kind: "gone" };
    if (status !== 200) return { kind: "failed", why: `it answers ${status}` };
    const type = headers["content-type"] ?? "text/html";
    if (/^application\/pdf\b/i.test(type))
      return pdfPage(page, key, { address: url, headers }, body);
    const content = decoded(body, type);
    const isHtml = /html/i.test(type) || /^\s*<(?:!doctype|html)\b/i.test(content);
    if (!isHtml && !/^text\/(?:markdown|x-markdown|plain)/i.test(type)) {
      return { kind: "left-out", why: `it is ${type.split(";", 1)[0]}, not a page` };
    }
    const text = await reader.read(isHtml ? "html" : "markdown", content, url);
    if (text === null) return { kind: "failed", why: tooMuchWork };
    if (text.text === "") return { kind: "left-out", why: "there is no text in it" };
    if (isNotFound(page, text)) return { kind: "gone" };
    return articleOf(page, key, text, { address: url, headers });
  }

  async function pdfPage(
    page: ListedPage,
    key: string,
    answer: { address: string; headers: Record<string, string> },
    body: Buffer,
  ): Promise<Read> {
    const [read] = (await documentTexts(body, ".pdf", signal)) ?? [];
    if (read === undefined) return { kind: "failed", why: tooMuchWork };
    if (read.text === "") return { kind: "left-out", why: read.problems.join("; ") };
    const name = new URL(answer.address).pathname.split("/").at(-1) ?? "";
    const title = name.replace(/\.pdf$/i, "").replace(/[-_]+/g, " ");
    const { text, language } = read;
    return articleOf(page, key, { ...saysLittle, title, text, language }, answer);
  }

  function same(page: KnownPage): Read {
    hashes.set(page.hash, page.id);
    return { kind: "same", page };
  }

  function isNotFound(page: ListedPage, text: PageText): boolean {
    if (saysNotFound(text)) return true;
    const isStart = pageKey(page.address) === pageKey(site.url);
    return !isStart && notFound !== null && isSameText(wordsOf(text.text), notFound);
  }

  function articleOf(
    page: ListedPage,
    key: string,
    text: PageText,
    answer: { address: string; headers: Record<string, string> },
  ): Read {
    const hash = createHash("sha256").update(text.text).digest("base64url");
    const address = knownAs(page, text, answer.address);
    if (address === null) return { kind: "left-out", why: "it says the same as another page" };
    const id = `site-${site.name}/${pageKey(address)}`;
    const giver = hashes.get(hash);
    if (giver !== undefined && giver !== id) {
      return { kind: "left-out", why: "it says the same as another page" };
    }
    hashes.set(hash, id);
    const articleId = groupOf(address, text.translations) ?? id;
    const before = known.get(key);
    const lastModified = answer.headers["last-modified"] ?? null;
    const said = page.updatedAt ?? text.updatedAt ?? (Date.parse(lastModified ?? "") || null);
    // Some servers name the present as the time of change.
    const updatedAt = before?.hash === hash ? before.updatedAt : said;
    const [first = "", ...rest] = textParts(text.text);
    const parts = [first, ...rest];
    const version = versionOf({
      key,
      id,
      articleId,
      from: answer.address,
      etag: answer.headers.etag ?? null,
      lastModified,
      as: readAs(site),
      parts: parts.length,
      hash,
      updatedAt,
    });
    const article: Article = {
      id,
      articleId,
      title: text.title ?? new URL(address).pathname,
      collections: [],
      text: first,
      url: address,
      language: text.language ?? site.language ?? languageOf(text.text),
      updatedAt,
      isInternal: site.isInternal,
      version,
    };
    const { version: _kept, ...further } = article;
    const others = rest.map((part, index) => {
      return { ...further, id: partId(id, index + 1), text: part };
    });
    return { kind: "article", articles: [article, ...others], links: text.links };
  }

  /** The address that customers get; `null` where another page has taken it with nearly the same text. */
  function knownAs(page: ListedPage, text: PageText, from: string): string | null {
    const listed = pageKey(from) === pageKey(page.address) ? page.address : from;
    const opened =
      /\.md$/i.test(new URL(listed).pathname) && opensWithout ? withoutMarkdown(listed) : listed;
    const own = pageAddress(opened) ?? opened;
    const wanted = text.canonical === null ? null : pageAddress(text.canonical);
    const address = wanted !== null && isBelow(wanted, site.url) && isOurs(wanted) ? wanted : own;
    const words = wordsOf(text.text);
    const taken = canonicals.get(pageKey(address));
    if (taken === undefined) {
      canonicals.set(pageKey(address), words);
      return address;
    }
    if (isSameText(taken, words) || pageKey(address) === pageKey(own)) return null;
    // A template that names the same address on every page names none.
    canonicals.set(pageKey(own), words);
    return own;
  }

  function isOurs(address: string): boolean {
    const host = (url: string) => new URL(url).hostname.replace(/^www\./, "");
    return host(address) === host(site.url);
  }

  /** All translations of a page name each other, and one of them serves as the name of all. */
  function groupOf(address: string, translations: string[]): string | null {
    const keys = translations.flatMap((translation) => {
      const found = pageAddress(translation);
      return found === null ? [] : [pageKey(found)];
    });
    if (!keys.includes(pageKey(address))) return null;
    return `site-${site.name}/${keys.sort()[0]}`;
  }

  /** What the site shows where there is no page; `null` where it says so by its status. */
  async function wordsOfNotFound(): Promise<Set<string> | null> {
    const nowhere = new URL(
      `/${createHash("sha256").update(site.url).digest("hex").slice(0, 20)}`,
      site.url,
    );
    try {
      const fetched = await get(nowhere.href, { accept: acceptHtml });
      if (fetched.kind === "refused" || fetched.status !== 200) return null;
      const page = await reader.read(
        "html",
        decoded(fetched.body, fetched.headers["content-type"] ?? ""),
        fetched.url,
      );
      return page === null || page.text === "" ? null : wordsOf(page.text);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return null;
    }
  }

  async function isMarkdownAt(address: string): Promise<boolean> {
    if (/\.(?:md|txt)$/i.test(new URL(address).pathname)) return false;
    try {
      return isMarkdownAnswer(await get(markdownTwin(address), { accept: acceptMarkdown }));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return false;
    }
  }

  /** Whether the page that a list names as Markdown opens without that ending too. */
  async function opensWithoutMarkdown(): Promise<boolean> {
    if (first === undefined || !/\.md$/i.test(new URL(first.address).pathname)) return false;
    try {
      const fetched = await get(withoutMarkdown(first.address), { accept: acceptHtml });
      return fetched.kind === "answer" && fetched.status === 200;
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return false;
    }
  }
}

function limitsOf({ limits }: KnowledgeSite): SiteLimits {
  const usual = Object.entries(siteLimits).map(([name, limit]) => [name, limit.usual]);
  return { ...Object.fromEntries(usual), ...limits };
}

/** What of the operator's words goes into each article: another word, and all are written again. */
function readAs({ isInternal, language }: KnowledgeSite): string {
  return [isInternal ? "internal" : "customers", language ?? ""].join(" ");
}

/** What a PDF says about itself. */
const saysLittle = { canonical: null, translations: [], links: [], updatedAt: null };

function isMarkdownAnswer(fetched: Fetched): boolean {
  if (fetched.kind === "refused" || fetched.status !== 200) return false;
  const isText = /^text\/(?:markdown|x-markdown|plain)/i.test(
    fetched.headers["content-type"] ?? "",
  );
  return isText && !/^\s*</.test(fetched.body.toString("utf8", 0, 200));
}
