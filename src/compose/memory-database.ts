import type { Database } from "../adapters/postgres/database.ts";
import type { Config } from "../config.ts";
import type { Log } from "../core/ports.ts";

/** Where a service keeps what it answers customers with. */
export const usedSchema = "auto_responder";

/**
 * Which database MEMORY_URL names, and where in it this is kept; `null` where none is set. What is
 * tried out must never reach a customer, so mock mode has schemas of its own.
 */
export function memoryDatabaseIn({
  memoryUrl,
  isMock,
  hasOwnKnowledge,
}: Config): { url: string; schema: string } | null {
  if (memoryUrl === null) return null;
  const mockSchema = hasOwnKnowledge ? "auto_responder_mock_knowledge" : "auto_responder_mock";
  return { url: memoryUrl, schema: isMock ? mockSchema : usedSchema };
}

/**
 * The database of MEMORY_URL, one pool for all of a process; `null` where none is set.
 *
 * @param whenAway what becomes of a start while the server cannot be reached: a command ends; the
 *   service goes on without its memory, says so, and has it as soon as the server is back
 * @throws DatabaseError in words for a person
 */
export async function openMemoryDatabase(
  config: Config,
  log: Log,
  whenAway: "end" | "go on",
): Promise<Database | null> {
  const where = memoryDatabaseIn(config);
  if (where === null) return null;
  const { openDatabase, DatabaseError } = await import("../adapters/postgres/database.ts");
  const database = openDatabase({ ...where, log });
  try {
    await database.open();
  } catch (error) {
    const isWaitedFor = error instanceof DatabaseError && error.isPassing && whenAway === "go on";
    if (!isWaitedFor) {
      database.close();
      throw error;
    }
    log.error({}, `${error.message} Until then drafts are written without what was learnt.`);
  }
  return database;
}
