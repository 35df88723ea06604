import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../../src/adapters/postgres/database.ts";
import { createPostgresHelpCenter } from "../../../src/adapters/postgres/passages.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { articleOf, describeHelpCenter } from "../../contracts/help-center.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgres,
} from "../../stand-ins/postgres-server.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const schema = "auto_responder";

describe.skipIf(!hasPostgres)("articles in PostgreSQL", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  async function open() {
    const { name, url } = await server.freshDatabase();
    const opened: Database[] = [];
    const another = async () => {
      const database = openDatabase({ url, schema, log: createRecordingLog() });
      opened.push(database);
      return createPostgresHelpCenter(database);
    };
    return {
      name,
      index: await another(),
      another,
      async close() {
        for (const database of opened) database.close();
      },
    };
  }

  describeHelpCenter("PostgreSQL", open);

  it("keeps what no text of PostgreSQL can hold, without it", async () => {
    const { index, close } = await open();
    const one = articleOf("Refunds\0 take \ud800 five days.", { title: "Ref\0unds" });
    expect(await index.put("published", one, passagesOf(one.text))).toBe(true);
    expect(await index.put("published", one, passagesOf(one.text))).toBe(false);
    const [found] = await index.search("refunds", { limit: 1 }, new AbortController().signal);
    expect(found).toMatchObject({ title: "Refunds", text: "Refunds take \ufffd five days." });
    await close();
  });

  it("leaves a source that another replica named lately, and what nobody names for long", async () => {
    const { name, index, another, close } = await open();
    const other = await another();
    const put = (kind: "published" | "source:docs" | "source:blog") => {
      const one = articleOf("Refunds take five days.", { id: kind });
      return index.put(kind, one, passagesOf(one.text));
    };
    await put("published");
    await put("source:docs");
    await put("source:blog");
    expect(await other.abandoned(["source:blog"])).toEqual([]);
    expect(await index.abandoned(["source:docs"])).toEqual([]);
    const passTime = (kind: string) =>
      server.query(
        `UPDATE ${schema}.article_kind SET named_at = named_at - interval '11 minutes'
         WHERE kind = '${kind}'`,
        name,
      );
    await passTime("source:blog");
    expect(await other.abandoned(["source:blog"])).toEqual([]);
    expect(await index.abandoned(["source:docs"])).toEqual([]);
    await passTime("source:blog");
    expect(await index.abandoned(["source:docs"])).toEqual(["source:blog"]);
    // What was posted is there until somebody removes it, whether a replica has heard of it or not.
    await server.query(
      `INSERT INTO ${schema}.knowledge_import (name, is_internal, hash, zip)
       VALUES ('blog', false, '', '')`,
      name,
    );
    expect(await index.abandoned(["source:docs"])).toEqual([]);
    await close();
  });
});
