import { spawnSync } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type Database, openDatabase } from "../../../src/adapters/postgres/database.ts";
import { freePort } from "../../stand-ins/free-port.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgres,
} from "../../stand-ins/postgres-server.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const signal = new AbortController().signal;
const schema = "auto_responder";

describe.skipIf(!hasPostgres)("the database in PostgreSQL", () => {
  let server: PostgresServer;
  let url: string;
  let name: string;
  const opened: Database[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    ({ name, url } = await server.freshDatabase());
  });
  afterEach(() => {
    for (const database of opened.splice(0)) database.close();
  });

  const open = (itsUrl = url) => {
    const database = openDatabase({ url: itsUrl, schema, log });
    opened.push(database);
    return database;
  };
  const whyNot = async (itsUrl: string): Promise<string> => {
    const error = await open(itsUrl)
      .open()
      .catch((why: unknown) => why);
    expect(error).toMatchObject({ name: "DatabaseError" });
    const { message } = error as Error;
    expect(message).not.toContain(server.password);
    expect(message).not.toContain(encodeURIComponent(server.password));
    expect(message).not.toContain("not-this");
    return message;
  };
  const count = async (database: Database) => {
    const rows = await database.ask("count", signal, (sql) =>
      sql.query(`SELECT count(*) AS count FROM ${schema}.checkpoint`),
    );
    return rows[0]?.count;
  };
  const write = (key: string) => ({
    text: `INSERT INTO ${schema}.checkpoint (key, value) VALUES ($1, '')`,
    values: [key],
  });

  it("is brought to its shape by whoever comes first, and by one of many at once", async () => {
    const many = Array.from({ length: 6 }, () => open());
    await Promise.all(many.map((database) => database.open()));
    await Promise.all(many.map(async (database) => expect(await count(database)).toBe(0)));
    expect(await server.query(`SELECT count(*)::int FROM ${schema}.migration`, name)).toEqual([
      { count: 1 },
    ]);
  });

  it("needs no call of its own before it is used", async () => {
    expect(await count(open())).toBe(0);
  });

  it("refuses what a newer version wrote, and leaves it alone", async () => {
    await open().open();
    await server.query(`UPDATE ${schema}.migration SET shape = 99`, name);
    expect(await whyNot(url)).toMatch(
      /schema auto_responder was written by a newer version \(shape 99, known are \d+\)\. Update/,
    );
    expect(await server.query(`SELECT shape FROM ${schema}.migration`, name)).toEqual([
      { shape: 99 },
    ]);
  });

  it("says what to grant to a user who may not create anything", async () => {
    await server.query("CREATE ROLE reader LOGIN PASSWORD 'not-this'");
    const why = await whyNot(server.urlOf(name, "reader", "not-this"));
    expect(why).toContain('the user "reader" may not create what is needed there');
    expect(why).toContain(`GRANT CREATE ON DATABASE "${name}" TO "reader"`);
    await server.query(`GRANT CREATE ON DATABASE "${name}" TO "reader"`);
    await open(server.urlOf(name, "reader", "not-this")).open();
  });

  it("says so when the password is wrong, or missing", async () => {
    expect(await whyNot(server.urlOf(name, "owner", "not-this"))).toContain(
      `PostgreSQL at 127.0.0.1:${server.port}, database "${name}": the password of the user "owner" is wrong.`,
    );
    const without = `postgres://owner@127.0.0.1:${server.port}/${name}`;
    expect(await whyNot(without)).toContain("it asks for a password, and MEMORY_URL holds none");
  });

  it("says so when there is no such database", async () => {
    expect(await whyNot(server.urlOf("elsewhere"))).toContain(
      'database "elsewhere": there is no such database. Create it (createdb elsewhere)',
    );
  });

  it("says so when the server speaks no TLS", async () => {
    expect(await whyNot(`${url}?sslmode=require`)).toContain("it speaks no TLS");
  });

  it("says so when the database cannot hold every language", async () => {
    await server.query("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    expect(await whyNot(server.urlOf("latin"))).toContain("its texts are kept as LATIN1");
  });

  it("says so when nothing listens there, or no host has that name", async () => {
    const nowhere = `postgres://owner:not-this@127.0.0.1:${await freePort()}/${name}`;
    expect(await whyNot(nowhere)).toContain("nothing listens there (ECONNREFUSED). Look whether");
    const unknown = "postgres://owner:not-this@database.invalid/test";
    expect(await whyNot(unknown)).toMatch(/at database\.invalid:5432, .*the host's name|no host/);
  });

  it("does all of a transaction or nothing", async () => {
    const database = open();
    const failing = database.inTransaction("write", signal, async (sql) => {
      const { text, values } = write("a");
      await sql.query(text, values);
      await sql.query(text, values);
    });
    await expect(failing).rejects.toThrow("[postgres] write → error 23505");
    expect(await count(database)).toBe(0);
  });

  it("never tells what was stored when a statement fails", async () => {
    const failing = open().ask("write", signal, (sql) =>
      sql.query("SELECT $1::int", ["a customer's secret"]),
    );
    const error = await failing.catch((why: unknown) => why);
    expect(String(error)).toBe("UpstreamError: [postgres] write → error 22P02");
    expect(JSON.stringify(error)).not.toContain("secret");
  });

  it("does a transaction again that a deadlock ended", async () => {
    const [one, other] = [open(), open()];
    await one.inTransaction("write", signal, async (sql) => {
      for (const key of ["a", "b"]) await sql.query(write(key).text, [key]);
    });
    let met = 0;
    let bothThere = () => {};
    const meeting = new Promise<void>((resolve) => {
      bothThere = resolve;
    });
    const change = (database: Database, keys: string[]) =>
      database.inTransaction("change", signal, async (sql) => {
        const add = `UPDATE ${schema}.checkpoint SET value = value || 'x' WHERE key = $1`;
        await sql.query(add, keys.slice(0, 1));
        met += 1;
        if (met === 2) bothThere();
        await meeting;
        await sql.query(add, keys.slice(1));
      });
    await Promise.all([change(one, ["a", "b"]), change(other, ["b", "a"])]);
    expect(met).toBe(3);
    expect(
      await server.query(`SELECT key, value FROM ${schema}.checkpoint ORDER BY key`, name),
    ).toEqual([
      { key: "a", value: "xx" },
      { key: "b", value: "xx" },
    ]);
  });

  it("ends a statement with its asker, here and on the server, and keeps no connection for it", async () => {
    const database = open();
    await database.open();
    const waiting = Array.from({ length: 30 }, () => {
      const patience = new AbortController();
      const asked = database.ask("sleep", patience.signal, (sql) =>
        sql.query("SELECT pg_sleep(50)"),
      );
      return { asked, give: () => patience.abort(new Error("gave up")) };
    });
    for (const { asked } of waiting) asked.catch(() => {});
    const sleeping = `SELECT count(*)::int FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`;
    await expect.poll(async () => (await server.query(sleeping))[0].count).toBe(8);
    for (const { give } of waiting) give();
    for (const { asked } of waiting) await expect(asked).rejects.toThrow("gave up");
    expect(await count(database)).toBe(0);
    await expect.poll(async () => (await server.query(sleeping))[0].count).toBe(0);
  });

  it("fails while the server is away, and goes on without anybody's help when it is back", async () => {
    const database = open();
    await database.inTransaction("write", signal, (sql) => sql.query(write("a").text, ["a"]));
    await server.kill();
    for (let asked = 0; asked < 12; asked++) {
      await expect(count(database)).rejects.toMatchObject({
        name: "UpstreamError",
        isRetryable: true,
      });
    }
    await server.start();
    expect(await count(database)).toBe(1);
  });

  it("gives up what a dead line keeps, and finds the server again once it is alive", async () => {
    const line = await lineTo(server.port);
    const database = open(url.replace(`:${server.port}/`, `:${line.port}/`));
    expect(await count(database)).toBe(0);
    line.die();
    const asked = Array.from({ length: 20 }, () =>
      database.ask("recall", AbortSignal.timeout(200), (sql) => sql.query("SELECT 1")),
    );
    for (const one of asked) await expect(one).rejects.toMatchObject({ name: "TimeoutError" });
    line.revive();
    // What was being connected meanwhile is given up after five seconds.
    await expect.poll(() => count(database).catch(() => null), { timeout: 30_000 }).toBe(0);
    line.close();
  });

  it("comes to its shape again when somebody has dropped it", async () => {
    const database = open();
    await database.open();
    await server.query(`DROP SCHEMA ${schema} CASCADE`, name);
    await expect(count(database)).rejects.toThrow("does not exist");
    expect(await count(database)).toBe(0);
  });

  it("may be started while the server is away", async () => {
    const database = open();
    await server.kill();
    await expect(database.open()).rejects.toMatchObject({ isPassing: true });
    await server.start();
    expect(await count(database)).toBe(0);
  });

  it("does nothing any more once it is closed", async () => {
    const database = open();
    await database.open();
    database.close();
    database.close();
    await expect(count(database)).rejects.toThrow("[postgres] count → closed");
    const theirs = `SELECT count(*)::int FROM pg_stat_activity WHERE datname = '${name}'`;
    await expect.poll(async () => (await server.query(theirs))[0].count).toBe(0);
  });
});

/** A line to that port of this machine that can go dead: nothing is said, and nothing is closed. */
async function lineTo(port: number) {
  const sockets = new Set<Socket>();
  let isDead = false;
  const line = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (data) => {
        if (!isDead) to.write(data);
      });
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        if (!isDead) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
  const address = line.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    die() {
      isDead = true;
    },
    revive() {
      isDead = false;
    },
    close() {
      line.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe.skipIf(!hasPostgres || spawnSync("openssl", ["version"]).status !== 0)(
  "a PostgreSQL that speaks TLS",
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres({ speaksTls: true });
    });
    afterAll(() => server?.stop());

    /** @returns whether it was encrypted, or why it was not opened */
    const opened = async (parameters: string, host = "localhost") => {
      const url = `${server.urlOf("postgres").replace("127.0.0.1", host)}?${parameters}`;
      const database = openDatabase({ url, schema, log });
      try {
        await database.open();
        const [row] = await database.ask("tls", signal, (sql) =>
          sql.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"),
        );
        return row?.ssl;
      } catch (error) {
        expect(error).toMatchObject({ name: "DatabaseError", isPassing: false });
        return (error as Error).message;
      } finally {
        database.close();
      }
    };

    it("is spoken to as sslmode says", async () => {
      const ours = `sslrootcert=${encodeURIComponent(server.certificate)}`;
      expect(await opened("sslmode=disable")).toBe(false);
      expect(await opened("sslmode=require")).toBe(true);
      expect(await opened(`sslmode=verify-full&${ours}`)).toBe(true);
      expect(await opened(`sslmode=verify-ca&${ours}`, "127.0.0.1")).toBe(true);
    });

    it("is not spoken to where nobody vouches for it", async () => {
      const unknown = await opened("sslmode=verify-full");
      expect(unknown).toContain("its certificate cannot be trusted (DEPTH_ZERO_SELF_SIGNED_CERT)");
      expect(unknown).toContain("sslrootcert=FILE in MEMORY_URL");
      const missing = await opened("sslmode=verify-full&sslrootcert=/nowhere.pem");
      expect(missing).toContain("the file /nowhere.pem cannot be read (ENOENT)");
    });
  },
);

describe("a PostgreSQL that takes connections and says nothing", () => {
  let silent: Server;
  const sockets: Socket[] = [];
  let url: string;

  beforeAll(async () => {
    silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    url = `postgres://owner:secret@127.0.0.1:${port}/test`;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it("is waited for no longer than whoever asks has time", async () => {
    const database = openDatabase({ url, schema, log });
    const soon = AbortSignal.timeout(50);
    await expect(database.ask("recall", soon, async () => 1)).rejects.toMatchObject({
      name: "TimeoutError",
    });
    database.close();
  });

  it("is not waited for at the start", async () => {
    const database = openDatabase({ url, schema, log });
    await expect(database.open()).rejects.toMatchObject({
      isPassing: true,
      message: expect.stringContaining("it does not answer. Look whether"),
    });
    database.close();
  });
});
