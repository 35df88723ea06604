import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createImports } from "../adapters/knowledge-folder/imports.ts";
import { fillSqliteContents, readSqliteContents } from "../adapters/sqlite/contents.ts";
import { postgresUrl } from "../config/forms.ts";
import type { MemoryContents } from "../core/knowledge/memory-contents.ts";
import type { Log } from "../core/ports.ts";
import { importsIn } from "./knowledge-sources.ts";
import { usedSchema } from "./memory-database.ts";

/** A memory that is copied from or to. */
export type CopyEnd = {
  contents: MemoryContents;
  /** Where it is, without a password. */
  name: string;
  /** Zips that were posted and lie beside the file: they are not copied. */
  imports: string[];
};

/** Whether an address names a database, and not a file. */
export function isDatabase(address: string): boolean {
  return /^[a-z][\w+.-]*:\/\//i.test(address);
}

/** @throws Error in words for people when there is no memory that could be read */
export async function openToRead(address: string, log: Log): Promise<CopyEnd> {
  if (isDatabase(address)) return openDatabaseAt(address, log);
  const name = resolve(address);
  const folder = statSync(name, { throwIfNoEntry: false })?.isDirectory() ? name : dirname(name);
  const imports = createImports(importsIn(folder)).all();
  return { contents: readSqliteContents(address), name, imports: imports.map(({ name }) => name) };
}

/** @throws Error in words for people when nothing can be written there */
export async function openToFill(address: string, log: Log): Promise<CopyEnd> {
  if (isDatabase(address)) return openDatabaseAt(address, log);
  return { contents: fillSqliteContents(address), name: resolve(address), imports: [] };
}

async function openDatabaseAt(url: string, log: Log): Promise<CopyEnd> {
  const { success, error: wrong } = postgresUrl.safeParse(url);
  if (!success) {
    throw new Error(
      `The database's address ${wrong.issues.map(({ message }) => message).join("; ")}.`,
    );
  }
  const { openDatabase, DatabaseError } = await import("../adapters/postgres/database.ts");
  const { addressOf } = await import("../adapters/postgres/failures.ts");
  const { createSharedImports } = await import("../adapters/postgres/shared-imports.ts");
  const { createPostgresContents } = await import("../adapters/postgres/contents.ts");
  const database = openDatabase({ url, schema: usedSchema, log });
  try {
    await database.open();
  } catch (error) {
    database.close();
    if (!(error instanceof DatabaseError)) throw error;
    const { what, remedy } = error.trouble;
    const words = `${what}. ${remedy}`.replaceAll("MEMORY_URL", "its address");
    throw new Error(words, { cause: error });
  }
  const { server, database: name } = addressOf(url);
  return {
    contents: createPostgresContents(database),
    name: `postgres://${server}/${name}`,
    imports: (await createSharedImports(database).all()).map(({ name }) => name),
  };
}
