import { randomBytes } from "node:crypto";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createPostgresHelpCenter } from "../../src/adapters/postgres/passages.ts";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import type { ArticleIndex } from "../../src/core/knowledge/article-refresh.ts";

/**
 * Opens a store of articles with nothing in it, which is gone when it is closed.
 *
 * @param byMeaning finds by meaning too; `null` leaves it at words
 */
export type OpenEmptyIndex = (
  byMeaning: Parameters<typeof createSqliteHelpCenter>[1],
) => Promise<ArticleIndex>;

export const openEmbedded: OpenEmptyIndex = async (byMeaning) =>
  createSqliteHelpCenter(":memory:", byMeaning);

/** @param url of a PostgreSQL database in which schemas may be created; others are not touched */
export function openInPostgres(url: string): OpenEmptyIndex {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return async () => {
    const schema = `bench_${randomBytes(6).toString("hex")}`;
    const database = openDatabase({ url, schema, log });
    await database.open();
    return {
      ...createPostgresHelpCenter(database),
      async close() {
        await database.ask("drop", new AbortController().signal, (sql) =>
          sql.query(`DROP SCHEMA ${schema} CASCADE`),
        );
        database.close();
      },
    };
  };
}
