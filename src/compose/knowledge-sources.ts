import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Intercom } from "../adapters/intercom/intercom.ts";
import {
  createImports,
  isImportName,
  passingFolder,
} from "../adapters/knowledge-folder/imports.ts";
import { createKnowledgeFolders } from "../adapters/knowledge-folder/knowledge-folders.ts";
import { ZipRefusedError } from "../adapters/knowledge-folder/unpack-zip.ts";
import type { SharedImport, SharedImports } from "../adapters/postgres/shared-imports.ts";
import type { Config } from "../config.ts";
import { forWhomOf } from "../core/for-whom.ts";
import {
  type ArticleIndex,
  type ArticleSource,
  createArticleRefresh,
  type SourceKind,
  sourceKind,
} from "../core/knowledge/article-refresh.ts";
import { createSourceStates, type SourceState } from "../core/knowledge/source-states.ts";
import {
  type KnowledgeSource,
  type PostedSource,
  placeOf,
  plainSource,
} from "../core/knowledge-source.ts";
import type { Log } from "../core/ports.ts";
import type { KnowledgeImports } from "../http/knowledge-routes.ts";
import { contentHash } from "../lib/content-hash.ts";
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
  /**
   * These are what settings and policy file name now: what is new or named otherwise is read, what
   * is named no more leaves the memory. Never rejects.
   */
  follow(sources: readonly KnowledgeSource[]): Promise<void>;
  /** Takes a zip in as a source; see `KnowledgeImports`. */
  take: KnowledgeImports["take"];
  removeImport: KnowledgeImports["remove"];
  states(): SourceState[];
};

/** Where other replicas write to the same index, each with the sources that it names itself. */
export type SharedWithReplicas = {
  imports: SharedImports;
  /** How often a replica says which sources it names, and looks at what others imported. */
  everyMs: number;
};

type AnySource = KnowledgeSource | PostedSource;
type Read = ArticleSource<SourceKind>["read"];

const progressEveryMs = 5_000;
/** What was posted stays as it is: read when it comes, and when the service starts. */
const importReadMs = 24 * 24 * 60 * 60_000;
const noArticles: ArticleSource<SourceKind> = { async *read() {} };

/**
 * The folders and sites that settings and policy file name.
 *
 * @throws KnowledgeFolderError when a folder is not there
 */
export function createKnowledgeSources(
  config: Config,
  intercom: Intercom | null,
  index: Pick<
    ArticleIndex,
    "put" | "keepOnly" | "versions" | "moment" | "abandoned" | "setForWhom"
  >,
  log: Log,
  signal: AbortSignal,
  shared: SharedWithReplicas | null = null,
): KnowledgeSources {
  const states = createSourceStates(Date.now);
  const named: AnySource[] = [];
  /** One for each name that was ever named, so that of a name one reading is under way at most. */
  const refreshes = new Map<string, () => Promise<void>>();
  /** What is read by that name next, and how to break off a reading of it. */
  const articleSources = new Map<string, { read: Read; breakOff: AbortController }>();
  /** What settings and policy file name; imports, and what a page named, come besides. */
  const ofOperator = new Map<string, KnowledgeSource>();
  const waits = new Map<string, AbortController>();
  let isRunning = false;
  const isNamed = (name: string) => named.some((source) => source.name === name);
  const folders = config.policy.sources.filter((source) => source.kind === "folder");
  const failingFiles = (name: string, failing: number) =>
    states.leftOut(name, { failing, shortened: [] });
  const folderSource = createKnowledgeFolders(folders, log, failingFiles);
  for (const source of config.policy.sources) {
    ofOperator.set(source.name, source);
    takeIn(source);
  }
  const imports = createImports(importsFolder(config));
  for (const { name } of imports.all()) takeInImport(name);

  return {
    async refreshFolders() {
      const near = named.filter(({ kind }) => kind === "folder");
      await Promise.all(near.map(({ name }) => refreshes.get(name)?.()));
    },
    async run() {
      await followImports();
      isRunning = true;
      const first = named.map(({ name }) => refreshes.get(name)?.());
      // Others must hear of what this replica names also while a first reading takes its time.
      if (shared !== null) void keepUnnamedOut();
      else void Promise.all(first).then(keepUnnamedOut);
      await Promise.all([...first, ...named.map(readAgain)]);
    },
    refresh: (name) => (isNamed(name) ? (refreshes.get(name)?.() ?? null) : null),
    add,
    async follow(sources) {
      const gone = [...ofOperator.keys()].filter(
        (name) => !sources.some((one) => one.name === name),
      );
      const changes = gone.map(async (name) => {
        ofOperator.delete(name);
        // Another replica may name it still, with settings of its own: see `abandoned`.
        if (shared !== null) stopReading(name);
        else await letGo(name);
        log.info({ source: name }, "source removed: it is no longer named");
        // A zip of that name counts again.
        if (takeInImport(name)) await begin(name);
      });
      for (const source of sources) {
        const before = ofOperator.get(source.name);
        ofOperator.set(source.name, source);
        changes.push(followOne(before, source));
      }
      for (const change of await Promise.allSettled(changes)) {
        if (change.status === "rejected") {
          log.error({ error: change.reason }, "a source could not be changed as it is named now");
        }
      }
    },
    async take(name, isInternal, zip) {
      if (!isImportName(name)) {
        const error = "A name has letters, digits, blanks, - and _, sixty at most.";
        return { status: 400, error };
      }
      if (ofOperator.has(name)) {
        const error = `KNOWLEDGE_SOURCES or the policy file names a source "${name}" already.`;
        return { status: 409, error };
      }
      try {
        const { source, ...unpacked } = await takeZip(name, isInternal, zip);
        log.info({ source: name, files: unpacked.files }, "zip imported");
        await add(source);
        return unpacked;
      } catch (error) {
        if (!(error instanceof ZipRefusedError)) throw error;
        return { status: 422, error: `Nothing was imported: ${error.message}.` };
      }
    },
    async removeImport(name) {
      if (!isImportName(name)) return false;
      const wasShared = (await shared?.imports.remove(name)) ?? false;
      if (!(await imports.remove(name)) && !wasShared) return false;
      // A source of the operator's by that name stays.
      if (ofOperator.has(name)) return true;
      await letGo(name);
      // Another replica may have read it, and this one not yet.
      if (wasShared) await index.keepOnly(sourceKind(name), new Set(), new Set());
      log.info({ source: name }, "import removed");
      return true;
    },
    states: states.all,
  };

  async function add(source: AnySource): Promise<void> {
    takeIn(source);
    await begin(source.name);
  }

  /** Keeps a zip that can be read, for all replicas where they share a store. @throws ZipRefusedError */
  async function takeZip(name: string, isInternal: boolean, zip: Buffer) {
    if (shared === null) {
      const { folder, ...unpacked } = await imports.take(name, isInternal, zip);
      const source: KnowledgeSource = { ...plainSource, kind: "folder", ...folder };
      return { ...unpacked, source };
    }
    const passing = passingFolder(importsFolder(config));
    const { files, leftOut } = await createImports(passing)
      .take(name, isInternal, zip)
      .finally(() => rm(passing, { recursive: true, force: true }));
    const given = { name, isInternal, hash: contentHash([isInternal, zip.toString("base64")]) };
    await shared.imports.put(given, zip);
    return { files, leftOut, source: sourceOfImport(given) };
  }

  /** What was imported or removed through another replica counts here too. Never rejects. */
  async function followImports(): Promise<void> {
    if (shared === null) return;
    try {
      const there = await shared.imports.all();
      const gone = named.filter(
        ({ kind, name }) => kind === "import" && !there.some((one) => one.name === name),
      );
      for (const { name } of gone) {
        await letGo(name);
        takeInImport(name);
      }
      const changed = there
        .filter(({ name }) => !ofOperator.has(name))
        .map(sourceOfImport)
        .filter((source) => !named.some((one) => isSame(one, source)));
      for (const source of changed) {
        if (isRunning) void add(source);
        else takeIn(source);
      }
    } catch (error) {
      log.warn({ error }, "imports of other replicas not looked for");
    }
  }

  /** Where replicas share a store, what nobody names any more is looked for again and again. */
  async function keepUnnamedOut(): Promise<void> {
    while (!signal.aborted) {
      await removeUnnamed();
      if (shared === null) return;
      await sleep(shared.everyMs, signal);
      await followImports();
    }
  }

  /** Reads it now, and from then on as often as it says. */
  async function begin(name: string): Promise<void> {
    await refreshes.get(name)?.();
    const source = named.find((one) => one.name === name);
    if (isRunning && source !== undefined) void readAgain(source);
  }

  async function readAgain({ name, everyMs }: AnySource): Promise<void> {
    const own = new AbortController();
    waits.get(name)?.abort();
    waits.set(name, own);
    const stopped = AbortSignal.any([signal, own.signal]);
    while (!stopped.aborted) {
      await sleep(everyMs ?? config.articlesRefreshMs, stopped);
      if (!stopped.aborted) await refreshes.get(name)?.();
    }
  }

  async function followOne(
    before: KnowledgeSource | undefined,
    source: KnowledgeSource,
  ): Promise<void> {
    const { name } = source;
    if (before !== undefined && isSame(before, source)) return;
    log.info({ source: name }, before === undefined ? "source added" : "source changed");
    const at = before === undefined ? -1 : named.indexOf(before);
    if (before && at !== -1 && isSame({ ...before, everyMs: source.everyMs }, source)) {
      named.splice(at, 1, source);
      if (isRunning) void readAgain(source);
      return;
    }
    // What customers must not see any more, or lies where nothing is named now, does not wait for
    // the reading.
    const isElsewhere = before !== undefined && placeOf(before) !== placeOf(source);
    if (isElsewhere || (source.isInternal && before?.isInternal === false)) await letGo(name);
    // Named otherwise once more, or not at all, meanwhile?
    if (ofOperator.get(name) === source) await add(source);
  }

  /** @throws UpstreamError where the memory cannot let go of it now */
  async function letGo(name: string): Promise<void> {
    const at = named.findIndex((source) => source.name === name);
    if (at !== -1) named.splice(at, 1);
    waits.get(name)?.abort();
    // Read as empty, and not only removed: what is being read of it would come in again behind that.
    readNext(name, noArticles.read);
    await refreshes.get(name)?.();
    // Named again meanwhile?
    if (isNamed(name)) return;
    const problem = states.all().find((state) => state.name === name)?.problem ?? null;
    states.remove(name);
    if (problem !== null) throw new UpstreamError("help center", `remove ${name}`, problem);
  }

  /** What there is of it stays. */
  function stopReading(name: string): void {
    const at = named.findIndex((source) => source.name === name);
    if (at !== -1) named.splice(at, 1);
    waits.get(name)?.abort();
    articleSources.get(name)?.breakOff.abort();
    states.remove(name);
  }

  /** @returns whether there is one, and nothing else of its name */
  function takeInImport(name: string): boolean {
    const folder = imports.all().find((one) => one.name === name);
    if (folder === undefined || isNamed(name)) return false;
    takeIn({ ...plainSource, kind: "folder", ...folder });
    return true;
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

  function takeIn(source: AnySource): void {
    const { name } = source;
    const before = named.findIndex((one) => one.name === name);
    if (before !== -1) named.splice(before, 1);
    named.push(source);
    states.add(name, placeOf(source));
    readNext(name, keptForWhom(source, articleSourceOf(source).read));
    if (refreshes.has(name)) return;
    const { refresh } = createArticleRefresh({
      source: {
        async *read(kind, reading) {
          const next = articleSources.get(name);
          if (next === undefined) return;
          yield* next.read(kind, AbortSignal.any([reading, next.breakOff.signal]));
        },
      },
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

  /** A reading under way is broken off: what it would bring counts no more. */
  function readNext(name: string, read: Read): void {
    articleSources.get(name)?.breakOff.abort();
    articleSources.set(name, { read, breakOff: new AbortController() });
  }

  /** Said before anything of it is there to be found. */
  function keptForWhom(source: AnySource, read: Read): Read {
    return async function* (kind, reading) {
      await index.setForWhom(kind, forWhomOf(source));
      yield* read(kind, reading);
    };
  }

  function articleSourceOf(source: AnySource): ArticleSource<SourceKind> {
    if (source.kind === "site") return siteSource(source);
    if (source.kind === "import") return importSource(source);
    if (source.kind === "folder") {
      return folders.includes(source) && shared === null ? folderSource : laterFolder(source);
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

  /** Read from the store, and as empty where another replica has removed it meanwhile. */
  function importSource({ name, isInternal }: PostedSource): ArticleSource<SourceKind> {
    return {
      async *read(kind, reading) {
        const zip = (await shared?.imports.zip(name)) ?? null;
        if (zip === null) return;
        const passing = passingFolder(importsFolder(config));
        try {
          const { folder } = await createImports(passing).take(name, isInternal, zip);
          yield* createKnowledgeFolders([folder], log).read(kind, reading);
        } finally {
          await rm(passing, { recursive: true, force: true });
        }
      },
    };
  }

  /** One that was named while the service runs, and may not be there yet. */
  function laterFolder(folder: KnowledgeSource & { kind: "folder" }): ArticleSource<SourceKind> {
    let opened: ArticleSource<SourceKind> | null = null;
    return {
      async *read(kind, reading) {
        // What was read of it before may have been replaced by another replica's folder of that name.
        if (shared !== null) opened = null;
        opened ??= createKnowledgeFolders([folder], log, failingFiles);
        yield* opened.read(kind, reading);
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
          hosts: [...config.knowledgeAllowedHosts, ...site.hosts],
          versions: () => index.versions(kind),
          log,
          onProgress(progress) {
            states.progress(site.name, progress);
            if (Date.now() - saidAt < progressEveryMs) return;
            saidAt = Date.now();
            log.info({ source: site.name, ...progress }, "reading a site");
          },
          onRead: (outcome) => states.leftOut(site.name, outcome),
        });
        yield* source.read(kind, reading);
      },
    };
  }
}

function sourceOfImport({ name, isInternal, hash }: SharedImport): PostedSource {
  return { ...plainSource, kind: "import", name, isInternal, hash, everyMs: importReadMs };
}

/** Where zips that were imported lie. */
export function importsFolder(config: Config): string {
  return importsIn(dataFolder(config));
}

/** The same, below a data folder. */
export function importsIn(dataFolder: string): string {
  return join(dataFolder, "imports");
}

function isSame(one: AnySource, other: AnySource): boolean {
  return isDeepStrictEqual(one, other);
}

/** `[web] GET docs.example.com/ → ENOTFOUND` says at its end what is wrong. */
function resultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(" → ").at(-1) ?? message;
}
