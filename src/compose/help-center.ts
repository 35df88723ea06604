import type { Intercom } from "../adapters/intercom/intercom.ts";
import { createKnowledgeFolders } from "../adapters/knowledge-folder/knowledge-folders.ts";
import { createDemoArticles } from "../adapters/mock/demo.ts";
import { createSqliteHelpCenter } from "../adapters/sqlite/passages.ts";
import type { Config } from "../config.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import { createArticleRefresh } from "../core/knowledge/article-refresh.ts";
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
  // What mock mode shows must not stay behind in the index of the real help center.
  const folders = createKnowledgeFolders(config.knowledgeFolders, log);
  const index = createSqliteHelpCenter(config.isMock ? ":memory:" : config.dataDir);
  const stopping = new AbortController();
  const hasDemo = config.isMock && config.knowledgeFolders.length === 0;
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
  // Also where there are none: those that were there before the last start have to go.
  const refreshFolders = createArticleRefresh({
    source: folders,
    kinds: ["folder"],
    index,
    log,
    signal: stopping.signal,
  }).refresh;
  const refreshAll = async () => {
    await refreshFolders();
    await refreshHelpCenter();
  };
  return {
    search: sendableSearch(index.search, teamAddresses),
    refresh: () => void refreshHelpCenter(),
    load: refreshAll,
    /** Titles of what the folders hold for customers. */
    folderTitles: (limit: number) => index.titles("folder", limit),
    async start() {
      if (demo !== null && source === demo) return;
      while (!stopping.signal.aborted) {
        await refreshAll();
        await sleep(config.articlesRefreshMs, stopping.signal);
      }
    },
    stop: () => stopping.abort(),
    close: index.close,
  };
}
