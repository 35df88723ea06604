import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createPostgresHelpCenter } from "../../src/adapters/postgres/passages.ts";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import type { ArticleIndex } from "../../src/core/knowledge/article-refresh.ts";
import { startPostgres } from "../stand-ins/postgres-server.ts";

/**
 * Opens a store of articles with nothing in it; one at a time.
 *
 * @param byMeaning finds by meaning too; `null` leaves it at words
 */
export type OpenEmptyIndex = (
  byMeaning: Parameters<typeof createSqliteHelpCenter>[1],
) => Promise<ArticleIndex>;

export const openEmbedded: OpenEmptyIndex = async (byMeaning) =>
  createSqliteHelpCenter(":memory:", byMeaning);

/** A PostgreSQL of its own, which is gone when it is stopped. */
export async function startPostgresIndexes(): Promise<{
  open: OpenEmptyIndex;
  stop(): Promise<void>;
}> {
  const server = await startPostgres();
  const { url } = await server.freshDatabase();
  const schema = "bench";
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const database = openDatabase({ url, schema, log });
  return {
    async open(byMeaning) {
      await database.ask("empty", new AbortController().signal, (sql) =>
        sql.query(`TRUNCATE ${schema}.article CASCADE`),
      );
      return createPostgresHelpCenter(database, byMeaning);
    },
    async stop() {
      database.close();
      await server.stop();
    },
  };
}
