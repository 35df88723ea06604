import type { Intercom } from "../adapters/intercom/intercom.ts";
import { createKnowledgeFolders } from "../adapters/knowledge-folder/knowledge-folders.ts";
import { createDemoArticles } from "../adapters/mock/demo.ts";
import { createSqliteHelpCenter } from "../adapters/sqlite/passages.ts";
import type { Config } from "../config.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import {
  type ArticleIndex,
  type ArticleKind,
  type ArticleSource,
  createArticleRefresh,
  type SourceKind,
  sourceKind,
} from "../core/knowledge/article-refresh.ts";
import { sendableSearch } from "../core/knowledge/sendable-sources.ts";
import type { Log } from "../core/ports.ts";
import { sleep } from "../lib/sleep.ts";
import { teamAddresses } from "./memory.ts";

/**
 * The articles as they were read last; read again at start, regularly, and when told so.
 *
 * @throws KnowledgeFolderError when a folder of KNOWLEDGE_SOURCES is not there
 */
export function createHelpCenter(
  config: Config,
  intercom: Intercom | null,
  health: DependencyHealth,
  log: Log,
) {
  const { knowledgeSources } = config;
  const folders = knowledgeSources.filter((source) => source.kind === "folder");
  const folderSource = createKnowledgeFolders(folders, log);
  // What mock mode shows must not stay behind in the index of the real help center.
  const index = createSqliteHelpCenter(config.isMock ? ":memory:" : config.dataDir);
  const stopping = new AbortController();
  const hasDemo = config.isMock && knowledgeSources.length === 0;
  const demo = hasDemo ? createDemoArticles() : null;
  const source = intercom?.articles ?? demo;
  const refreshHelpCenter =
    source === null
      ? async () => {}
      : createArticleRefresh({
          source,
          kinds: ["published", "internal"],
          index,
          log,
          signal: stopping.signal,
          onRead: (error) =>
            error === null ? health.ok("help center") : health.failing("help center", error),
        }).refresh;
  const kinds = knowledgeSources.map(({ name }) => sourceKind(name));
  // Each by itself: a slow site holds up nobody else.
  const refreshes = knowledgeSources.map((named) => {
    const kind = sourceKind(named.name);
    const ports = { source: sourceOf(kind), index, log, signal: stopping.signal };
    return { isSite: named.kind === "site", ...createArticleRefresh({ ...ports, kinds: [kind] }) };
  });
  const refreshNear = async () => {
    const near = refreshes.filter(({ isSite }) => !isSite);
    await Promise.all([refreshHelpCenter(), ...near.map(({ refresh }) => refresh())]);
  };
  return {
    search: sendableSearch(index.search, teamAddresses),
    refresh: () => void refreshHelpCenter(),
    /** What is read in a moment: not the sites, which `start` begins with. */
    load: refreshNear,
    /** Titles of what the sources hold for customers. */
    sourceTitles: index.sourceTitles,
    async start() {
      if (demo !== null && source === demo) return;
      while (!stopping.signal.aborted) {
        const sites = refreshes.filter(({ isSite }) => isSite);
        await Promise.all([refreshNear(), ...sites.map(({ refresh }) => refresh())]);
        if (!stopping.signal.aborted) removeUnnamed();
        await sleep(config.articlesRefreshMs, stopping.signal);
      }
    },
    stop: () => stopping.abort(),
    close: index.close,
  };

  function sourceOf(kind: SourceKind): ArticleSource<SourceKind> {
    const named = knowledgeSources.find(({ name }) => sourceKind(name) === kind);
    if (named === undefined || named.kind === "folder") return folderSource;
    const site = { ...named, hosts: config.knowledgeAllowedHosts };
    return {
      // The parsers of pages are needed only where there is a site.
      async *read(_kind, signal) {
        const { createKnowledgeSite } = await import(
          "../adapters/knowledge-site/knowledge-site.ts"
        );
        const { hosts } = site;
        const ports = { hosts, versions: () => index.versions(kind), log };
        yield* createKnowledgeSite(site, ports).read(kind, signal);
      },
    };
  }

  /** What came from a source that is no longer named has to go. */
  function removeUnnamed(): void {
    for (const kind of index.kinds()) {
      const isSource = kind.startsWith("source:") || kind === "folder";
      if (!isSource || kinds.includes(kind as SourceKind)) continue;
      removeAll(index, kind as ArticleKind);
      log.info({ kind }, "articles removed: their source is no longer named");
    }
  }
}

function removeAll(index: ArticleIndex, kind: ArticleKind): void {
  index.keepOnly(kind, new Set(), new Set());
}
