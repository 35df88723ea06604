import { join } from "node:path";
import type { Intercom } from "../adapters/intercom/intercom.ts";
import { createImports, isImportName } from "../adapters/knowledge-folder/imports.ts";
import { createKnowledgeFolders } from "../adapters/knowledge-folder/knowledge-folders.ts";
import { ZipRefusedError } from "../adapters/knowledge-folder/unpack-zip.ts";
import type { Config } from "../config.ts";
import {
  type ArticleIndex,
  type ArticleSource,
  createArticleRefresh,
  type SourceKind,
  sourceKind,
} from "../core/knowledge/article-refresh.ts";
import { createSourceStates, type SourceState } from "../core/knowledge/source-states.ts";
import { type KnowledgeSource, placeOf, plainSource } from "../core/knowledge-source.ts";
import type { Log } from "../core/ports.ts";
import type { KnowledgeImports } from "../http/knowledge-routes.ts";
import { UpstreamError } from "../lib/errors.ts";
import { sleep } from "../lib/sleep.ts";
import { dataFolder } from "./memory.ts";

export type KnowledgeSources = {
  /** Reads what lies on this machine again. Never rejects. */
  refreshFolders(): Promise<void>;
  /** Reads all of them, again and again, each by itself. Never rejects. */
  run(): Promise<void>;
  /** Reads one again, or once more where it is being read. @returns `null` where there is none */
  refresh(name: string): Promise<void> | null;
  /** Reads one source more from now on, until the service ends; again one that is read already. */
  add(source: KnowledgeSource): Promise<void>;
  /** Takes a zip in as a source; see `KnowledgeImports`. */
  take: KnowledgeImports["take"];
  removeImport: KnowledgeImports["remove"];
  states(): SourceState[];
};

const progressEveryMs = 5_000;
const noArticles: ArticleSource<SourceKind> = { async *read() {} };

/**
 * The folders and sites of KNOWLEDGE_SOURCES.
 *
 * @throws KnowledgeFolderError when a folder is not there
 */
export function createKnowledgeSources(
  config: Config,
  intercom: Intercom | null,
  index: Pick<ArticleIndex, "put" | "keepOnly" | "versions" | "moment" | "abandoned">,
  log: Log,
  signal: AbortSignal,
): KnowledgeSources {
  const states = createSourceStates(Date.now);
  const named: KnowledgeSource[] = [];
  /** One for each name that was ever named, so that of a name one reading is under way at most. */
  const refreshes = new Map<string, () => Promise<void>>();
  /** What is read by that name next. */
  const articleSources = new Map<string, ArticleSource<SourceKind>>();
  const isNamed = (name: string) => named.some((source) => source.name === name);
  const folders = config.knowledgeSources.filter((source) => source.kind === "folder");
  const folderSource = createKnowledgeFolders(folders, log);
  for (const source of config.knowledgeSources) takeIn(source);
  const imports = createImports(importsFolder(config));
  for (const folder of imports.all()) {
    if (!isNamed(folder.name)) takeIn({ ...plainSource, kind: "folder", ...folder });
  }

  return {
    async refreshFolders() {
      const near = named.filter(({ kind }) => kind === "folder");
      await Promise.all(near.map(({ name }) => refreshes.get(name)?.()));
    },
    async run() {
      const first = named.map(({ name }) => refreshes.get(name)?.());
      void Promise.all(first).then(async () => {
        if (!signal.aborted) await removeUnnamed();
      });
      const readAgain = async ({ name, everyMs }: KnowledgeSource) => {
        while (!signal.aborted) {
          // An import that was removed is named no more.
          if (!isNamed(name)) return;
          await sleep(everyMs ?? config.articlesRefreshMs, signal);
          if (!signal.aborted) await refreshes.get(name)?.();
        }
      };
      await Promise.all([...first, ...named.map(readAgain)]);
    },
    refresh: (name) => (isNamed(name) ? (refreshes.get(name)?.() ?? null) : null),
    add,
    async take(name, isInternal, zip) {
      if (!isImportName(name)) {
        const error = "A name has letters, digits, blanks, - and _, sixty at most.";
        return { status: 400, error };
      }
      if (config.knowledgeSources.some((source) => source.name === name)) {
        return { status: 409, error: `KNOWLEDGE_SOURCES names a source "${name}" already.` };
      }
      try {
        const { folder, ...unpacked } = await imports.take(name, isInternal, zip);
        log.info({ source: name, files: unpacked.files }, "zip imported");
        await add({ ...plainSource, kind: "folder", ...folder });
        return unpacked;
      } catch (error) {
        if (!(error instanceof ZipRefusedError)) throw error;
        return { status: 422, error: `Nothing was imported: ${error.message}.` };
      }
    },
    async removeImport(name) {
      if (!isImportName(name) || !(await imports.remove(name))) return false;
      const at = named.findIndex((source) => source.name === name);
      if (at !== -1) named.splice(at, 1);
      // Read as empty, and not only removed: what is being read of it would come in again behind that.
      articleSources.set(name, noArticles);
      await refreshes.get(name)?.();
      // Imported again meanwhile?
      if (isNamed(name)) return true;
      const problem = states.all().find((state) => state.name === name)?.problem ?? null;
      states.remove(name);
      if (problem !== null) throw new UpstreamError("help center", `remove ${name}`, problem);
      log.info({ source: name }, "import removed");
      return true;
    },
    states: states.all,
  };

  async function add(source: KnowledgeSource): Promise<void> {
    takeIn(source);
    await refreshes.get(source.name)?.();
  }

  /** What came from sources that are no longer named has to go. Never rejects. */
  async function removeUnnamed(): Promise<void> {
    try {
      const kinds = await index.abandoned(named.map(({ name }) => sourceKind(name)));
      for (const kind of kinds) {
        // Named meanwhile?
        if (named.some(({ name }) => sourceKind(name) === kind)) continue;
        await index.keepOnly(kind, new Set(), new Set());
        log.info({ kind }, "articles removed: their source is no longer named");
      }
    } catch (error) {
      log.warn({ error }, "articles of sources that are no longer named are not removed yet");
    }
  }

  function takeIn(source: KnowledgeSource): void {
    const { name } = source;
    const before = named.findIndex((one) => one.name === name);
    if (before !== -1) named.splice(before, 1);
    named.push(source);
    states.add(name, placeOf(source));
    articleSources.set(name, articleSourceOf(source));
    if (refreshes.has(name)) return;
    const { refresh } = createArticleRefresh({
      source: { read: (...asked) => (articleSources.get(name) ?? noArticles).read(...asked) },
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

  function articleSourceOf(source: KnowledgeSource): ArticleSource<SourceKind> {
    if (source.kind === "site") return siteSource(source);
    if (source.kind === "folder") {
      return folders.includes(source) ? folderSource : createKnowledgeFolders([source], log);
    }
    const { name, what, isInternal, language } = source;
    return {
      async *read(kind, reading) {
        if (intercom === null) {
          const result = "mock mode reads Intercom with MOCK_READS_INTERCOM=true only";
          throw new UpstreamError("intercom", `read ${what}`, result);
        }
        for await (const article of intercom.otherKnowledge(what, name).read(kind, reading)) {
          if ("isKept" in article) yield article;
          else {
            const both = isInternal || article.isInternal;
            yield { ...article, isInternal: both, language: language ?? article.language };
          }
        }
      },
    };
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

/** Where zips that were imported lie. */
export function importsFolder(config: Config): string {
  return join(dataFolder(config), "imports");
}

/** `[web] GET docs.example.com/ → ENOTFOUND` says at its end what is wrong. */
function resultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(" → ").at(-1) ?? message;
}
