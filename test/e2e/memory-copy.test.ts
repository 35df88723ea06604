import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createPostgresMemory } from "../../src/adapters/postgres/postgres-memory.ts";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory } from "../../src/core/knowledge/answer-memory.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { articleOf } from "../contracts/help-center.ts";
import { answerOf, turnOf } from "../contracts/memory.ts";
import { freePort } from "../stand-ins/free-port.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../stand-ins/postgres-server.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

// `npm run memory -- copy` as a process of its own, killed and run again.

/** Many processes after one another, each of which takes its time on a busy machine. */
const timeout = 180_000;
const signal = new AbortController().signal;
const log = createRecordingLog();
const command = new URL("../../src/memory.ts", import.meta.url).pathname;
const goods = ["parcel", "invoice", "password", "export", "table", "account", "plan", "refund"];
const folder = mkdtempSync(join(tmpdir(), "memory-copy-"));

beforeAll(async () => {
  const memory = createSqliteMemory({ directory: folder, embedder: null, log });
  await fill(memory, 0, 3_000);
  memory.close();
  const articles = createSqliteHelpCenter(folder);
  for (let index = 0; index < 250; index += 1) {
    const article = articleOf(`${aboutGoods(index)} in article ${index}.`, { id: `a-${index}` });
    await articles.put("published", article, passagesOf(article.text));
  }
  await articles.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function fill(memory: AnswerMemory, from: number, until: number): Promise<void> {
  const numbers = Array.from({ length: until - from }, (_, index) => from + index);
  await memory.rememberAnswers(
    numbers.map((at) =>
      answerOf({
        conversationId: `${at}`,
        at,
        question: `${aboutGoods(at)}?`,
        answer: `Yes ${at}.`,
      }),
    ),
    signal,
  );
  await memory.rememberTurns(
    numbers.map((at) => turnOf({ conversationId: `${at}`, at, text: aboutGoods(at) })),
    signal,
  );
}

/** Some of the goods, others for each number. */
function aboutGoods(number: number): string {
  return goods.filter((_, index) => (number * 37) & (1 << index)).join(" and ");
}

/** Runs `copy` with these arguments. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [command, "copy", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH },
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]).then(
    ([told, said, [code]]) => ({ told, said, code }),
  );
  return { child, ended };
}

const copy = (...args: string[]) => start(...args).ended;

describe("says what stands in the way, and ends with 1", () => {
  it("where the file is no memory, is not there, or is newer", async () => {
    const other = join(folder, "other.sqlite");
    new DatabaseSync(other).exec("CREATE TABLE something (id)");
    const words = join(folder, "words.sqlite");
    writeFileSync(words, "These are words. ".repeat(100));
    const newer = join(folder, "newer");
    createSqliteMemory({ directory: newer, embedder: null, log }).close();
    const database = new DatabaseSync(join(newer, "memory.sqlite"));
    database.exec("PRAGMA user_version = 999");
    database.close();
    const reasons = {
      [other]: /is no memory: it holds no answers/,
      [words]: /is no memory: it cannot be read/,
      [join(folder, "nowhere.sqlite")]: /is not there/,
      [newer]: /written by a newer version .*update this installation/,
    };
    for (const [from, reason] of Object.entries(reasons)) {
      const { said, told, code } = await copy("--from", from, "--to", join(folder, "target"));
      expect({ code, told }).toEqual({ code: 1, told: "" });
      expect(said).toMatch(reason);
    }
  });

  it("where the command or the address is none", async () => {
    const database = `postgres://me:secret-word@127.0.0.1:${await freePort()}/memory`;
    const reasons: [string[], RegExp][] = [
      [[], /npm run memory -- copy --from FILE/],
      [["--from", folder], /Say --to, or set MEMORY_URL/],
      [["--from", folder, "--to", "mysql://me:secret-word@host/memory"], /begins with postgres:/],
      [["--from", folder, "--to", database], /nothing listens there/],
    ];
    for (const [args, reason] of reasons) {
      const { said, told, code } = await copy(...args);
      expect(code).toBe(1);
      expect(said).toMatch(reason);
      expect(said + told).not.toContain("secret-word");
    }
  });
});

describe.skipIf(!hasPostgres)("to a real PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it("is whole after it was killed again and again, while the service wrote on", {
    timeout,
  }, async () => {
    const { url } = await server.freshDatabase();
    const args = ["--from", folder, "--to", url];
    const service = createSqliteMemory({ directory: folder, embedder: null, log });
    for (let round = 0; round < 6; round += 1) {
      const { child, ended } = start(...args);
      // Whatever it is at then, and however slow this machine is now: all of it must do.
      await pause(300 + Math.random() * 500 * (round + 1));
      child.kill("SIGKILL");
      await ended;
      await fill(service, 3_000 + round * 10, 3_010 + round * 10);
      await service.forgetConversation(`${round}`, null, signal);
    }
    service.close();

    const last = await copy(...args);
    expect(last).toMatchObject({ code: 0, said: expect.stringMatching(/^Copying/) });
    expect(last.told).toMatch(/Both hold equally many.*Run the same command once more/s);
    expect(last.told + last.said).not.toContain(encodeURIComponent(server.password));
    const checked = await copy(...args, "--check");
    expect(checked).toMatchObject({ code: 0, told: expect.stringContaining("hold the same") });
    expect(checked.told).toMatch(/answers +3,054 +3,054 +0 +0 +0/);
    expect(checked.told).toMatch(/articles +250 +250 +0 +0 +0/);

    const source = createSqliteMemory({ directory: folder, embedder: null, log });
    const target = createPostgresMemory(openDatabase({ url, schema: "auto_responder", log }));
    for (const question of ["my parcel", "invoice for a plan", "export table", "lost passwort"]) {
      const [one, other] = await Promise.all(
        [source, target].map((memory) => memory.recallAnswers(question, { limit: 5 }, signal)),
      );
      const fits = (found = one) => found?.map(({ score }) => Number(score?.toFixed(1)));
      expect(fits(other)).toEqual(fits());
      expect(other).toHaveLength(5);
    }
    await target.rememberTurns([turnOf({ partId: "of the service" })], signal);
    source.close();
    target.close();

    // Now it is used: nothing old comes over what is new.
    const refused = await copy(...args);
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining("Nothing was copied") });
    expect((await copy(...args, "--check")).code).toBe(2);
  });

  it("goes on after Ctrl-C, says what it would do, and goes back to a file", {
    timeout,
  }, async () => {
    const { url } = await server.freshDatabase();
    const args = ["--from", folder, "--to", url];
    mkdirSync(join(folder, "imports", "internal", "Handbook"), { recursive: true });
    const dry = await copy(...args, "--dry-run");
    expect(dry).toMatchObject({ code: 0, told: expect.stringContaining("Nothing was written") });
    expect(dry.told).toMatch(/articles +250 +0 +250 +0 +0/);
    const { child, ended } = start(...args);
    child.stderr.once("data", () => child.kill("SIGINT"));
    expect(await ended).toMatchObject({
      code: 130,
      said: expect.stringContaining("Run the same command again"),
    });
    const whole = await copy(...args);
    expect(whole).toMatchObject({ code: 0, told: expect.stringContaining("goes: Handbook.") });
    const back = join(folder, "back");
    expect(await copy("--from", url, "--to", back)).toMatchObject({ code: 0 });
    expect((await copy("--from", back, "--to", url, "--check")).code).toBe(0);
  });

  it("goes on by itself when the database was away for a moment", { timeout }, async () => {
    const { url } = await server.freshDatabase();
    const { child, ended } = start("--from", folder, "--to", url);
    await once(child.stderr, "data");
    await server.kill();
    await server.start();
    expect(await ended).toMatchObject({
      code: 0,
      said: expect.stringContaining("Going on in 5 s, with less at once"),
    });
    expect((await copy("--from", folder, "--to", url, "--check")).code).toBe(0);
  });

  it("names the rights that are missing, without the password", async () => {
    const { url, name } = await server.freshDatabase();
    await server.query("CREATE ROLE guest LOGIN PASSWORD 'secret-word'");
    const address = server.urlOf(name, "guest", "secret-word");
    const { said, code } = await copy("--from", folder, "--to", address);
    expect(code).toBe(1);
    expect(said).toContain(`GRANT CREATE ON DATABASE "${name}" TO "guest"`);
    const wrong = await copy("--from", folder, "--to", url.replace(/:[^:@]*@/, ":secret-word@"));
    expect(wrong.said).toMatch(/password of the user "owner" is wrong/);
    expect(said + wrong.said).not.toContain("secret-word");
  });
});
