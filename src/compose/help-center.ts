import type { Intercom } from "../adapters/intercom/intercom.ts";
import { createDemoArticles } from "../adapters/mock/demo.ts";
import { createSqliteHelpCenter } from "../adapters/sqlite/passages.ts";
import type { Config } from "../config.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import { createArticleRefresh } from "../core/knowledge/article-refresh.ts";
import { sendableSearch } from "../core/knowledge/sendable-sources.ts";
import type { Log } from "../core/ports.ts";
import { sleep } from "../lib/sleep.ts";
import { teamAddresses } from "./memory.ts";

/** The articles as they were read last; read again at start, regularly, and when told so. */
export function createHelpCenter(
  config: Config,
  intercom: Intercom | null,
  health: DependencyHealth,
  log: Log,
) {
  // What mock mode shows must not stay behind in the index of the real help center.
  const index = createSqliteHelpCenter(config.isMock ? ":memory:" : config.dataDir);
  const stopping = new AbortController();
  const demo = config.isMock ? createDemoArticles() : null;
  const source = intercom?.articles ?? demo;
  const refresh =
    source === null
      ? async () => {}
      : createArticleRefresh({
          source,
          index,
          log,
          signal: stopping.signal,
          onRead: (error) =>
            error === null ? health.ok("help center") : health.failing("help center", error),
        }).refresh;
  return {
    search: sendableSearch(index.search, teamAddresses),
    refresh: () => void refresh(),
    load: refresh,
    async start() {
      if (source === demo) return;
      while (!stopping.signal.aborted) {
        await refresh();
        await sleep(config.articlesRefreshMs, stopping.signal);
      }
    },
    stop: () => stopping.abort(),
    close: index.close,
  };
}
