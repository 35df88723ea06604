import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Database, openDatabase } from "../../src/adapters/postgres/database.ts";
import { createPostgresHelpCenter } from "../../src/adapters/postgres/passages.ts";
import { createSharedImports } from "../../src/adapters/postgres/shared-imports.ts";
import { createKnowledgeSources } from "../../src/compose/knowledge-sources.ts";
import { loadConfig } from "../../src/config.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../stand-ins/postgres-server.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const schema = "auto_responder";
const waitMs = { timeout: 30_000, interval: 50 };
const zip = (words: string) =>
  Buffer.from(zipSync({ "parrots.md": Buffer.from(`# What parrots eat\n\n${words}\n`) }));

// Several replicas with folders and disks of their own, before one real database.
describe.skipIf(!hasPostgres)("sources of several replicas", { timeout: 60_000 }, () => {
  let server: PostgresServer;
  let database: { name: string; url: string };
  let directory: string;
  const replicas: { stop(): void; database: Database }[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    database = await server.freshDatabase();
    directory = mkdtempSync(join(tmpdir(), "shared-sources-"));
  });
  afterEach(() => {
    for (const replica of replicas.splice(0)) replica.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function folder(name: string, files: Record<string, string>): string {
    const path = join(directory, name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  }

  function replica(named: string, hosts = "") {
    const dataDir = mkdtempSync(join(directory, "disk-"));
    const config = loadConfig({
      INTERCOM_ACCESS_TOKEN: "token-of-the-test",
      INTERCOM_WEBHOOK_SECRET: "secret-of-the-test",
      INTERCOM_ADMIN_ID: "1",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      DATA_DIR: dataDir,
      KNOWLEDGE_SOURCES: named,
      KNOWLEDGE_ALLOWED_HOSTS: hosts,
    });
    const log = createRecordingLog();
    const pool = openDatabase({ url: database.url, schema, log });
    const stopping = new AbortController();
    const index = createPostgresHelpCenter(pool);
    const imports = createSharedImports(pool);
    const shared = { imports, everyMs: 50 };
    const sources = createKnowledgeSources(config, null, index, log, stopping.signal, shared);
    const one = {
      ...sources,
      log,
      dataDir,
      database: pool,
      config,
      found: async (words: string) =>
        (await index.search(words, { limit: 5 }, stopping.signal)).map(({ text }) => text),
      stop() {
        stopping.abort();
        pool.close();
      },
    };
    replicas.push(one);
    return one;
  }

  it("have what was posted to one of them, after its disk is gone too, until one removes it", async () => {
    const one = replica("");
    const other = replica("");
    void one.run();
    void other.run();
    expect(await one.take("birds", false, zip("Parrots eat seeds."))).toEqual({
      files: 1,
      leftOut: [],
    });
    expect(await other.found("parrots")).toHaveLength(1);
    const read = [{ name: "birds", state: "read", articles: 1 }];
    await vi.waitFor(() => expect(other.states()).toMatchObject(read), waitMs);
    one.stop();
    rmSync(one.dataDir, { recursive: true });

    const later = replica("");
    void later.run();
    await vi.waitFor(() => expect(later.states()).toMatchObject(read), waitMs);
    await other.take("birds", false, zip("Parrots eat fruit."));
    expect(await later.found("parrots")).toEqual(["# What parrots eat\n\nParrots eat fruit."]);
    expect(await later.removeImport("birds")).toBe(true);
    await vi.waitFor(() => expect(other.states()).toEqual([]), waitMs);
    expect(await other.found("parrots")).toEqual([]);
    expect(await other.removeImport("birds")).toBe(false);
    // Nothing of it stays where it was unpacked.
    expect(readdirSync(join(other.dataDir, "imports"))).toEqual([]);
  });

  it("stay while one replica names them, whatever a newer one names", async () => {
    const docs = folder("docs", { "cages.md": "# Cages\n\nTwo metres wide." });
    const blog = folder("blog", { "nests.md": "# Nests\n\nOf twigs." });
    const older = replica(`docs=${docs}`);
    const newer = replica(`blog=${blog}`);
    void older.run();
    await vi.waitFor(async () => expect(await older.found("cages")).toHaveLength(1), waitMs);
    void newer.run();
    await vi.waitFor(async () => expect(await older.found("nests")).toHaveLength(1), waitMs);
    // As if the older one ran on for a long time, and the newer one looked again and again.
    const passTime = () =>
      server.query(
        `UPDATE ${schema}.article_kind SET named_at = named_at - interval '9 minutes'`,
        database.name,
      );
    const namedAgain = async () => {
      const [late] = await server.query(
        `SELECT count(*)::int AS late FROM ${schema}.article_kind
         WHERE named_at < now() - interval '5 minutes'`,
        database.name,
      );
      expect(late?.late).toBe(0);
    };
    for (let turn = 0; turn < 3; turn += 1) {
      await passTime();
      await vi.waitFor(namedAgain, waitMs);
    }
    expect(await newer.found("cages")).toHaveLength(1);

    older.stop();
    await vi.waitFor(async () => {
      await passTime();
      expect(await newer.found("cages")).toEqual([]);
    }, waitMs);
    expect(await newer.found("nests")).toHaveLength(1);
  });

  it("are named while their first reading takes its time", async () => {
    const asked: Socket[] = [];
    // A site that takes the question and never answers.
    const slow = createServer((socket) => void asked.push(socket)).listen(0, "127.0.0.1");
    await once(slow, "listening");
    const { port } = slow.address() as AddressInfo;
    const one = replica(`site=http://127.0.0.1:${port}`, `127.0.0.1:${port}`);
    void one.run();
    await vi.waitFor(() => expect(asked).not.toEqual([]), waitMs);
    const namedAt = async () => {
      const [row] = await server.query(
        `SELECT named_at::text AS at FROM ${schema}.article_kind WHERE kind = 'source:site'`,
        database.name,
      );
      return row?.at;
    };
    const first = await namedAt();
    await vi.waitFor(async () => {
      const at = await namedAt();
      expect(at).toBeTypeOf("string");
      expect(at).not.toBe(first);
    }, waitMs);
    expect(one.states()).toMatchObject([{ state: "reading" }]);
    one.stop();
    for (const socket of asked) socket.destroy();
    slow.close();
  });

  it("come back with the next reading where another folder of that name took their place", async () => {
    const old = folder("old", { "cages.md": "# Cages\n\nTwo metres wide." });
    const young = folder("young", { "cages.md": "# Cages\n\nThree metres wide." });
    const older = replica(`docs=${old}`);
    const newer = replica(`docs=${young}`);
    await newer.refresh("docs");
    await older.refresh("docs");
    expect(await newer.found("cages")).toEqual(["# Cages\n\nTwo metres wide."]);
    await newer.refresh("docs");
    expect(await newer.found("cages")).toEqual(["# Cages\n\nThree metres wide."]);
  });
});
