import { createKnowledgeFolders } from "../adapters/knowledge-folder/knowledge-folders.ts";
import type { SqliteHelpCenter } from "../adapters/sqlite/passages.ts";
import type { KnowledgeSource } from "../config/knowledge-sources.ts";
import type { Config } from "../config.ts";
import {
  type ArticleKind,
  type ArticleSource,
  createArticleRefresh,
  type SourceKind,
  sourceKind,
} from "../core/knowledge/article-refresh.ts";
import { createSourceStates, type SourceState } from "../core/knowledge/source-states.ts";
import type { Log } from "../core/ports.ts";

export type KnowledgeSources = {
  /** Reads what lies on this machine again. Never rejects. */
  refreshFolders(): Promise<void>;
  /** Reads the sites again, each by itself. Never rejects. */
  refreshSites(): Promise<void>;
  /** Reads one source more from now on, until the service ends. */
  add(source: KnowledgeSource): Promise<void>;
  states(): SourceState[];
  /** Removes what came from sources that are no longer named. */
  removeUnnamed(): void;
};

const progressEveryMs = 5_000;

/**
 * The folders and sites of KNOWLEDGE_SOURCES.
 *
 * @throws KnowledgeFolderError when a folder is not there
 */
export function createKnowledgeSources(
  config: Config,
  index: SqliteHelpCenter,
  log: Log,
  signal: AbortSignal,
): KnowledgeSources {
  const states = createSourceStates(Date.now);
  const named: KnowledgeSource[] = [];
  const refreshes = new Map<string, () => Promise<void>>();
  const folders = config.knowledgeSources.filter((source) => source.kind === "folder");
  const folderSource = createKnowledgeFolders(folders, log);
  for (const source of config.knowledgeSources) takeIn(source);

  return {
    refreshFolders: () => refreshAll("folder"),
    refreshSites: () => refreshAll("site"),
    async add(source) {
      takeIn(source);
      await refreshes.get(source.name)?.();
    },
    states: states.all,
    removeUnnamed() {
      const kinds: string[] = named.map(({ name }) => sourceKind(name));
      for (const kind of index.kinds()) {
        // `folder` is what an earlier version called the files of all folders together.
        const isSource = kind.startsWith("source:") || kind === "folder";
        if (!isSource || kinds.includes(kind)) continue;
        index.keepOnly(kind as ArticleKind, new Set(), new Set());
        log.info({ kind }, "articles removed: their source is no longer named");
      }
    },
  };

  function takeIn(source: KnowledgeSource): void {
    const { name } = source;
    named.push(source);
    states.add(name, source.kind === "site" ? source.url : source.path);
    const { refresh } = createArticleRefresh({
      source: source.kind === "site" ? siteSource(source) : folderSource,
      kinds: [sourceKind(name)],
      index,
      log,
      signal,
      onBegin: () => states.begin(name),
      onRead: (error, counts) =>
        states.end(name, error === null ? null : resultOf(error), counts ?? null),
    });
    refreshes.set(name, refresh);
  }

  async function refreshAll(kind: KnowledgeSource["kind"]): Promise<void> {
    const wanted = named.filter((source) => source.kind === kind);
    await Promise.all(wanted.map(({ name }) => refreshes.get(name)?.()));
  }

  function siteSource(site: KnowledgeSource & { kind: "site" }): ArticleSource<SourceKind> {
    return {
      // The parsers of pages are needed only where there is a site.
      async *read(kind, reading) {
        const { createKnowledgeSite } = await import(
          "../adapters/knowledge-site/knowledge-site.ts"
        );
        let saidAt = 0;
        const source = createKnowledgeSite(site, {
          hosts: config.knowledgeAllowedHosts,
          versions: () => index.versions(kind),
          log,
          onProgress(progress) {
            states.progress(site.name, progress);
            if (Date.now() - saidAt < progressEveryMs) return;
            saidAt = Date.now();
            log.info({ source: site.name, ...progress }, "reading a site");
          },
        });
        yield* source.read(kind, reading);
      },
    };
  }
}

/** `[web] GET docs.example.com/ → ENOTFOUND` says at its end what is wrong. */
function resultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(" → ").at(-1) ?? message;
}
