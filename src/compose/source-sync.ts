import { createIntercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import type { Article } from "../core/knowledge/article-refresh.ts";
import type { SourceState } from "../core/knowledge/source-states.ts";
import type { Log } from "../core/ports.ts";
import { openArticleStore } from "./article-store.ts";
import { createEmbedder } from "./embedding.ts";
import { createKnowledgeSources } from "./knowledge-sources.ts";
import { openMemoryDatabase } from "./memory-database.ts";

/** An article that a reading of a source takes in, replaces or removes. */
export type SourceChange = {
  change: "new" | "changed" | "gone";
  title: string;
  url: string | null;
};

export type SourceSync = {
  states(): SourceState[];
  /** What has changed so far, or would. */
  changes: SourceChange[];
  /** Resolves when all have been read. Never rejects: what failed stands in `states`. */
  done: Promise<void>;
};

/**
 * Reads sources of knowledge in a process of its own, into the memory that the running service
 * searches. It can be stopped at any time, and goes on the next time with what has not been read.
 *
 * @param names of the sources; all of them where there are none
 * @param dryRun reads, and changes nothing
 * @throws KnowledgeFolderError when a folder is not there
 * @throws DatabaseError when the database of MEMORY_URL cannot be used
 */
export async function syncSources(
  config: Config,
  { names, dryRun, signal }: { names: string[]; dryRun: boolean; signal: AbortSignal },
  log: Log,
): Promise<SourceSync> {
  const embedder = createEmbedder(config, log);
  const database = await openMemoryDatabase(config, log, "end");
  const { index } = await openArticleStore(config, log, embedder, database);
  const changes: SourceChange[] = [];
  const wanted = config.policy.sources.filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const isWanted = (name: string) => wanted.some((source) => source.name === name);
  const said = ({ title, url }: Pick<Article, "title" | "url">) => ({ title, url });
  const watched: Parameters<typeof createKnowledgeSources>[2] = {
    moment: index.moment,
    abandoned: index.abandoned,
    versions: index.versions,
    async setForWhom(...which) {
      if (!dryRun) await index.setForWhom(...which);
    },
    async put(kind, article, passages) {
      const change = await index.compare(article, passages);
      if (change !== "same") changes.push({ change, ...said(article) });
      return dryRun ? change !== "same" : index.put(kind, article, passages);
    },
    async keepOnly(...kept) {
      const gone = await index.missing(...kept);
      for (const article of gone) changes.push({ change: "gone", ...said(article) });
      return dryRun ? gone.length : index.keepOnly(...kept);
    },
  };
  const intercom = config.intercom && createIntercom({ ...config.intercom, log });
  const sources = createKnowledgeSources(
    { ...config, policy: { ...config.policy, sources: wanted } },
    intercom,
    watched,
    log,
    signal,
  );
  const reading = wanted.map(({ name }) => sources.refresh(name));
  return {
    states: () => sources.states().filter(({ name }) => isWanted(name)),
    changes,
    done: Promise.all(reading)
      .then(() => (dryRun ? 0 : index.fillVectors(signal)))
      // Found by words until the service gives them theirs.
      .catch((error: unknown) => signal.aborted || log.warn({ error }, "vectors are missing"))
      .then(() => index.close())
      .then(() => database?.close()),
  };
}
