import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { createPostgresContents } from "../../../src/adapters/postgres/contents.ts";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { createPostgresHelpCenter } from "../../../src/adapters/postgres/passages.ts";
import { createPostgresMemory } from "../../../src/adapters/postgres/postgres-memory.ts";
import { fillSqliteContents, readSqliteContents } from "../../../src/adapters/sqlite/contents.ts";
import { type CopyEnd, describeCopying } from "../../contracts/copying.ts";
import { sqliteEnd } from "../../fixtures/copy-ends.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgres,
} from "../../stand-ins/postgres-server.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const open = (url: string) =>
  openDatabase({ url, schema: "auto_responder", log: createRecordingLog() });

/** A memory in a database of its own. */
function postgresEnd(url: string): CopyEnd {
  return {
    open: async () => createPostgresContents(open(url)),
    async use(work) {
      const database = open(url);
      const memory = createPostgresMemory(database);
      const articles = createPostgresHelpCenter(database);
      try {
        return await work(memory, articles);
      } finally {
        await articles.close();
        memory.close();
      }
    },
  };
}

describe.skipIf(!hasPostgres)("with a real PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  async function both() {
    const folder = mkdtempSync(join(tmpdir(), "copy-"));
    const { url } = await server.freshDatabase();
    return { folder, url, clear: async () => rmSync(folder, { recursive: true }) };
  }

  describeCopying("from a file to PostgreSQL", async () => {
    const { folder, url, clear } = await both();
    const source = sqliteEnd(folder, async () => readSqliteContents(folder));
    return { source, target: postgresEnd(url), clear };
  });

  describeCopying("from PostgreSQL to a file", async () => {
    const { folder, url, clear } = await both();
    const target = sqliteEnd(folder, async () => fillSqliteContents(folder));
    return { source: postgresEnd(url), target, clear };
  });
});
