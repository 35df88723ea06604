import type { Database } from "../adapters/postgres/database.ts";
import type { SharedImports } from "../adapters/postgres/shared-imports.ts";
import { createSqliteHelpCenter } from "../adapters/sqlite/passages.ts";
import type { Config } from "../config.ts";
import type { ArticleIndex } from "../core/knowledge/article-refresh.ts";
import type { Log } from "../core/ports.ts";
import type { QueryEmbedder } from "../lib/by-meaning/embedder.ts";

/** Where articles are kept. */
export type ArticleStore = {
  index: ArticleIndex;
  /** Where zips that are posted are kept for all replicas; `null`: there is one process, with a disk. */
  imports: SharedImports | null;
};

/**
 * With MEMORY_URL the articles of all replicas, otherwise those of this machine. What mock mode
 * shows stays in memory: it must not stay behind in the index of the real help center.
 *
 * @param embedder of the process, shared with the answer memory
 * @param database of MEMORY_URL; `null` where none is set
 */
export async function openArticleStore(
  { isMock, dataDir }: Config,
  log: Log,
  embedder: QueryEmbedder | null,
  database: Database | null,
): Promise<ArticleStore> {
  const byMeaning = embedder && { embedder, log };
  if (database === null || isMock) {
    return {
      index: createSqliteHelpCenter(isMock ? ":memory:" : dataDir, byMeaning),
      imports: null,
    };
  }
  const [{ createPostgresHelpCenter }, { createSharedImports }] = await Promise.all([
    import("../adapters/postgres/passages.ts"),
    import("../adapters/postgres/shared-imports.ts"),
  ]);
  return {
    index: createPostgresHelpCenter(database, byMeaning),
    imports: createSharedImports(database),
  };
}
