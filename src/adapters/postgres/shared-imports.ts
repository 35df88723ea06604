import type { Database } from "./database.ts";

/** A zip that was imported, as every replica finds it. */
export type SharedImport = {
  name: string;
  /** For teammates only. */
  isInternal: boolean;
  /** Another one for other contents. */
  hash: string;
};

/** Zips that were imported, kept where all replicas find them. Everything throws UpstreamError. */
export type SharedImports = {
  all(): Promise<SharedImport[]>;
  /** @returns `null` where there is none of that name (any more) */
  zip(name: string): Promise<Buffer | null>;
  /** In place of the one of that name. */
  put(given: SharedImport, zip: Buffer): Promise<void>;
  /** @returns whether there was one */
  remove(name: string): Promise<boolean>;
};

export function createSharedImports(database: Database): SharedImports {
  const table = `${database.schema}.knowledge_import`;
  const untilDone = new AbortController().signal;
  const ask = (call: string, text: string, values: unknown[] = []) =>
    database.ask(call, untilDone, (sql) => sql.query(text, values));

  return {
    async all() {
      const rows = await ask(
        "imports",
        `SELECT name, is_internal, hash FROM ${table} ORDER BY name`,
      );
      return rows.map(({ name, is_internal, hash }) => ({
        name: String(name),
        isInternal: is_internal === true,
        hash: String(hash),
      }));
    },
    async zip(name) {
      const [row] = await ask("read import", `SELECT zip FROM ${table} WHERE name = $1`, [name]);
      return (row?.zip as Buffer | undefined) ?? null;
    },
    async put({ name, isInternal, hash }, zip) {
      await ask(
        "put import",
        `INSERT INTO ${table} (name, is_internal, hash, zip) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE
         SET (is_internal, hash, zip) = (excluded.is_internal, excluded.hash, excluded.zip)`,
        [name, isInternal, hash, zip],
      );
    },
    async remove(name) {
      const removed = await ask(
        "remove import",
        `DELETE FROM ${table} WHERE name = $1 RETURNING name`,
        [name],
      );
      return removed.length > 0;
    },
  };
}
