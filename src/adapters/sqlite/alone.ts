import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Log } from "../../core/ports.ts";
import { makeDataFolder } from "./data-folder.ts";

export type Alone = {
  /** Whether another process of the service uses the same DATA_DIR, as far as is known. */
  isOtherThere(): boolean;
  stop(): void;
};

const lookAgainMs = 15_000;
const sqliteBusy = 5;

/**
 * Notices a second process of the service on the same DATA_DIR: two that know nothing of each other can
 * both answer a customer. The one that came first holds a lock on a file, which ends with its process,
 * however that ends. The second goes on, because it may come to replace the first, and says so until it
 * is alone.
 *
 * @param directory created where missing
 */
export function createAlone(directory: string, log: Log, afterMs: number = lookAgainMs): Alone {
  let isOtherThere = false;
  let held: DatabaseSync | null = null;
  let timer: NodeJS.Timeout | null = null;

  function look(): void {
    try {
      held = lock(directory);
      if (isOtherThere) log.info({ dataDir: directory }, "alone in DATA_DIR now");
      isOtherThere = false;
    } catch (error) {
      // What else may be wrong with the folder is said by whoever keeps something in it.
      if (!isBusy(error)) return;
      isOtherThere = true;
      log.error(
        { dataDir: directory },
        "another process of this service uses the same DATA_DIR: each of them can answer the same customer. Unless it is just stopping, stop one of them, or let them share a Redis (REDIS_URL)",
      );
      timer = setTimeout(look, afterMs);
      timer.unref();
    }
  }
  look();

  return {
    isOtherThere: () => isOtherThere,
    stop() {
      if (timer !== null) clearTimeout(timer);
      held?.close();
    },
  };
}

/** @throws Error of SQLite, with code 5 where another process has the lock */
function lock(directory: string): DatabaseSync {
  makeDataFolder(directory);
  const database = new DatabaseSync(join(directory, "running.lock"), { timeout: 0 });
  try {
    // Only the lock is wanted: nothing is ever written.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return (code & 0xff) === sqliteBusy;
}
