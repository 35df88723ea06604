import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "../../../src/adapters/postgres/database.ts";
import { startPglite } from "../../stand-ins/pglite-server.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const signal = new AbortController().signal;

describe("the database in PGlite", () => {
  let server: Awaited<ReturnType<typeof startPglite>>;
  let database: Database;

  beforeAll(async () => {
    server = await startPglite();
    database = openDatabase({ url: server.url, schema: "auto_responder", log });
  });
  afterAll(async () => {
    database?.close();
    await server?.stop();
  });

  it("comes to the same shape, and has vectors at hand", async () => {
    await database.open();
    const rows = await database.inTransaction("vectors", signal, async (sql) => {
      await sql.query("CREATE EXTENSION vector");
      return await sql.query("SELECT '[3,4]'::vector <-> '[0,0]'::vector AS distance");
    });
    expect(rows).toEqual([{ distance: 5 }]);
  });
});
