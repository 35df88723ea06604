import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { migrations } from "./migrations.ts";

/** How long a call waits for another process that is writing. */
const busyTimeoutMs = 2_000;
const cacheKibibytes = 16 * 1024;

/**
 * Opens the one file that everything embedded lives in, `memory.sqlite`, and brings it to the
 * newest shape. Nothing is built or read on opening: the indexes are part of the file.
 *
 * The write-ahead log lets several processes read while one writes, and a commit that was answered
 * survives `kill -9`: its pages are with the operating system by then. `synchronous = NORMAL`
 * leaves out one disk flush per commit; what a power cut can cost is the newest commits, never the
 * file's consistency (https://www.sqlite.org/pragma.html#pragma_synchronous).
 *
 * @param directory created where missing; ":memory:" keeps everything in this process.
 */
export function openDatabase(directory: string): DatabaseSync {
  if (directory !== ":memory:") mkdirSync(directory, { recursive: true });
  const path = directory === ":memory:" ? directory : join(directory, "memory.sqlite");
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -${cacheKibibytes};
    -- What was forgotten is overwritten, not only unlinked.
    PRAGMA secure_delete = ON;
  `);
  migrate(database);
  return database;
}

/** Runs the work as one transaction: all of it or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  if (versionOf(database) === migrations.length) return;
  inTransaction(database, () => {
    // Read again inside: another process may have been faster.
    const done = versionOf(database);
    if (done > migrations.length) {
      throw new Error(
        `memory.sqlite was written by a newer version (shape ${done}, known are ${migrations.length}): update this installation or use another DATA_DIR.`,
      );
    }
    for (const step of migrations.slice(done)) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}
