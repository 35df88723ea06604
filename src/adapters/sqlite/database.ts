import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeDataFolder } from "./data-folder.ts";
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
 * @throws Error that names DATA_DIR, the file, what is wrong with it and what to do. A damaged file
 *   is never moved or replaced here: that is for a person to decide.
 */
export function openDatabase(directory: string): DatabaseSync {
  if (directory === ":memory:") return open(directory);
  makeDataFolder(directory);
  const path = join(directory, "memory.sqlite");
  try {
    return open(path);
  } catch (error) {
    throw unusable(error, path);
  }
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA foreign_keys = ON;
    PRAGMA cache_size = -${cacheKibibytes};
    PRAGMA temp_store = MEMORY;
    -- What was forgotten is overwritten, not only unlinked.
    PRAGMA secure_delete = ON;
  `);
  migrate(database);
  return database;
}

/** Result codes of SQLite (https://www.sqlite.org/rescode.html) that a person can do something about. */
const remedies: Record<number, (path: string) => string> = {
  5: () => "another process holds it. End that process, or give this one a DATA_DIR of its own",
  8: () => "it may be read but not written. Give this user the right to write to it",
  10: () => "the disk failed while it was read or written. Look at the disk, then start again",
  11: damaged,
  13: () => "the disk is full. Make room on it, then start again",
  14: () =>
    "it cannot be opened as a file. Give this user the right to read and write it and its folder, and remove a folder of that name",
  26: damaged,
};

function damaged(path: string): string {
  return `it is damaged, or no database. Put a back-up in its place, or begin with an empty memory by moving it aside (mv ${path} ${path}.damaged; likewise ${path}-wal and ${path}-shm where they exist) and fill it again with 'npm run sync'`;
}

function unusable(error: unknown, path: string): unknown {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  // An extended code holds the plain one in its lowest eight bits.
  const remedy = remedies[code & 0xff];
  if (remedy === undefined) return error;
  return new Error(`The memory in DATA_DIR cannot be used: ${path}: ${remedy(path)}.`, {
    cause: error,
  });
}

/** Runs the work as one transaction: all of it or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // What a full disk or a failing one ends, SQLite has rolled back itself.
    if (database.isTransaction) database.exec("ROLLBACK");
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
