import type { ForWhom } from "../for-whom.ts";
import type { HelpCenter, Log } from "../ports.ts";
import type { ArticleChange } from "./article-changes.ts";
import type { IndexedArticle } from "./contradictions.ts";
import { type Passage, passagesOf } from "./passages.ts";

/** A help article in one language; a translation is an article of its own. */
export type Article = {
  /** Stable across readings. */
  id: string;
  /** The same for all translations of an article. */
  articleId: string;
  title: string;
  /** Names of the collections it lies in, the outermost first. */
  collections: string[];
  /** Plain text, headings marked as in Markdown. */
  text: string;
  url: string | null;
  /** ISO 639-1, if known. */
  language: string | null;
  /** When it was changed last, in milliseconds since 1970, if known. */
  updatedAt: number | null;
  /** Not for every customer: material for teammates. */
  isInternal: boolean;
  /** What the source wants to know of it at its next reading, in words of its own. */
  version?: string;
};

/** Of the help center, as its owner keeps them apart. */
export type HelpCenterKind = "published" | "internal";
/** What a source of KNOWLEDGE_SOURCES holds, by its name. */
export type SourceKind = `source:${string}`;
/** Articles are replaced and removed kind by kind. */
export type ArticleKind = HelpCenterKind | SourceKind;

export function sourceKind(name: string): SourceKind {
  return `source:${name}`;
}

/** An article that is as it was, or cannot be read now: what was read of it before stays. */
export type KeptArticle = {
  articleId: string;
  /** Of its versions only this one; without it, all that have that `articleId`, and all its rows. */
  id?: string;
  isKept: true;
};

/** Where articles are written. */
export type ArticleSource<Kind extends ArticleKind = HelpCenterKind> = {
  /**
   * All articles of a kind as they are now, one page after the other. An article that cannot be
   * read is logged by its id and left out, or kept as it was.
   * @throws UpstreamError when a page stays unreachable; what came before is then not all.
   */
  read(kind: Kind, signal: AbortSignal): AsyncIterable<Article | KeptArticle>;
};

/**
 * Where articles are kept by their passages and found again.
 *
 * Every method rejects with an UpstreamError when the store fails. What one call writes is there
 * whole or not at all, also for a search at the same time and after a process was killed.
 */
export type ArticleIndex = HelpCenter & {
  /** Takes an article in, in place of an older version. @returns whether anything changed. */
  put(kind: ArticleKind, article: Article, passages: Passage[]): Promise<boolean>;
  /**
   * Removes the articles of that kind that are not among these ids.
   *
   * @param articleIds of which everything stays that is there
   * @param since a `moment`: what was written later stays, because whoever read since then did not
   *   look for it; without it, everything else goes
   * @returns how many
   */
  keepOnly(
    kind: ArticleKind,
    ids: ReadonlySet<string>,
    articleIds: ReadonlySet<string>,
    since?: number,
  ): Promise<number>;
  /** By the store's own clock; only to be compared with another one. */
  moment(): Promise<number>;
  /** Says whose questions all articles of that kind answer, those included that come later; `null`: everybody's. */
  setForWhom(kind: ArticleKind, forWhom: ForWhom | null): Promise<void>;
  /** The `version` of each article of that kind that has one. */
  versions(kind: ArticleKind): Promise<string[]>;
  /**
   * What articles of sources that are for customers are about: their titles, and the headings that
   * their passages begin with, in the order in which they came, of so many articles.
   */
  sourceTopics(articles: number): Promise<SourceTopic[]>;
  /** Whether taking an article in would change anything. */
  compare(article: Article, passages: Passage[]): Promise<"new" | "changed" | "same">;
  /** What `keepOnly` would remove. */
  missing(
    ...which: Parameters<ArticleIndex["keepOnly"]>
  ): Promise<{ title: string; url: string | null }[]>;
  /** Facts that articles for customers state otherwise since they were changed, newest first. */
  changes(limit: number): Promise<ArticleChange[]>;
  /** All articles for customers, whole. */
  articles(): Promise<IndexedArticle[]>;
  /** An article as it is kept, by its id or its `articleId`; `null` where there is none (any more). */
  read(id: string): Promise<ArticleAsKept | null>;
  /**
   * A page of what is kept, whoever it is for; what was changed last comes first.
   * @param page.after what the page before named as `next`, or `null` for the first
   */
  list(filter: ArticleFilter, page: { limit: number; after: string | null }): Promise<ArticlePage>;
  /** Which kinds there is something of, and how many articles. */
  holdings(): Promise<{ kind: string; articles: number }[]>;
  /**
   * Of which kinds of sources there is something that no process names any more.
   *
   * @param named what this process names now
   */
  abandoned(named: readonly SourceKind[]): Promise<ArticleKind[]>;
  /**
   * Embeds what has no vector yet, which taking an article in leaves for later; where there is no
   * embeddings model, or nothing to do, it costs nothing.
   * @returns how many passages were embedded
   */
  fillVectors(signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
};

/** An article as the index keeps it. */
export type ArticleAsKept = Pick<
  Article,
  "id" | "title" | "url" | "language" | "updatedAt" | "isInternal"
> & {
  /** Its kind, whatever an earlier version called it. */
  kind: string;
  /** The texts of its passages, in order: all of it. */
  passages: string[];
};

/** Which articles somebody wants to see; what is unset does not matter. */
export type ArticleFilter = {
  kind?: string;
  /** ISO 639-1; "unknown" for those whose language nobody knows. */
  language?: string;
  /** Milliseconds since 1970: changed at or after, and before. */
  since?: number;
  before?: number;
  /** What stands in the title. */
  words?: string;
};

/** An article in a list, with the text of its first passage. */
export type ListedArticle = Omit<ArticleAsKept, "passages"> & { beginning: string };

export type ArticlePage = {
  articles: ListedArticle[];
  /** How many the filter lets through in all. */
  total: number;
  /** What to ask for to go on, or `null` at the end. */
  next: string | null;
};

/** What an article is about, in its own words. */
type SourceTopic = { articleId: string; title: string; headings: string[] };

/** What a whole reading came to. */
export type RefreshedArticles = { articles: number; changed: number; removed: number };

export type ArticleRefresh = {
  /**
   * Reads all articles again and brings the index up to date. While one runs, asking again makes it
   * run once more afterwards. Never rejects: a failure is logged and leaves the index as it was.
   */
  refresh(): Promise<void>;
};

/**
 * Keeps the index like the help center, or like whatever else the articles come from.
 *
 * Articles are replaced one by one, so a search in between finds every article in its old or its new
 * version; what is gone is only removed once the whole kind has been read.
 */
export function createArticleRefresh<Kind extends ArticleKind>(ports: {
  source: ArticleSource<Kind>;
  /** Read one after the other. */
  kinds: readonly Kind[];
  index: Pick<ArticleIndex, "put" | "keepOnly" | "moment">;
  log: Log;
  signal: AbortSignal;
  onBegin?(): void;
  /** @param counts where all was read */
  onRead?(error: unknown | null, counts?: RefreshedArticles): void;
}): ArticleRefresh {
  const { source, kinds, index, log, signal } = ports;
  let running: Promise<void> | null = null;
  let isAskedAgain = false;

  return {
    refresh() {
      isAskedAgain = running !== null;
      running ??= untilNobodyAsks().finally(() => {
        running = null;
      });
      return running;
    },
  };

  async function untilNobodyAsks(): Promise<void> {
    do {
      isAskedAgain = false;
      for (const kind of kinds) await refreshKind(kind);
    } while (isAskedAgain && !signal.aborted);
  }

  async function refreshKind(kind: Kind): Promise<void> {
    ports.onBegin?.();
    const ids = new Set<string>();
    const kept = new Set<string>();
    let changed = 0;
    try {
      const began = await index.moment();
      for await (const article of source.read(kind, signal)) {
        if ("isKept" in article) {
          if (article.id === undefined) kept.add(article.articleId);
          else ids.add(article.id);
          continue;
        }
        ids.add(article.id);
        if (await index.put(kind, article, passagesOf(article.text))) changed += 1;
      }
      const removed = await index.keepOnly(kind, ids, kept, began);
      const articles = ids.size + kept.size;
      log.info({ kind, articles, changed, removed }, "articles refreshed");
      ports.onRead?.(null, { articles, changed, removed });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ kind, error }, "articles not refreshed, searching those read before");
      if (kind !== "internal") ports.onRead?.(error);
    }
  }
}
