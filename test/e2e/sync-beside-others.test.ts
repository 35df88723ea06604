import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createPostgresHelpCenter } from "../../src/adapters/postgres/passages.ts";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import type { ArticleIndex } from "../../src/core/knowledge/article-refresh.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../stand-ins/postgres-server.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const root = new URL("../../", import.meta.url).pathname;
const subjects = Array.from({ length: 40 }, (_, number) => `subject${number}`);
const { signal } = new AbortController();
let directory: string;
let server: PostgresServer | null = null;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sync-beside-"));
  mkdirSync(join(directory, "docs"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});
afterAll(() => server?.stop());

function write(words: string): void {
  for (const subject of subjects) {
    const text = `# About ${subject}\n\nWhat there is to say of ${subject} is ${words}.\n`;
    writeFileSync(join(directory, "docs", `${subject}.md`), text);
  }
}

/** `npm run sync -- --source docs`, as a process of its own. */
function sync(memory: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ["src/sync.ts", "--source=docs"], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      DATA_DIR: join(directory, "data"),
      INTERCOM_ACCESS_TOKEN: "token-of-the-test",
      INTERCOM_WEBHOOK_SECRET: "secret-of-the-test",
      INTERCOM_ADMIN_ID: "1",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      KNOWLEDGE_SOURCES: `docs=${join(directory, "docs")}`,
      ...memory,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.push(child);
  return child;
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

/** Asks for one subject after the other: each must be found once, whole, and in one of its versions. */
async function searchUntil(index: ArticleIndex, isOver: (newer: number) => boolean) {
  const newer = new Set<string>();
  let searches = 0;
  while (!isOver(newer.size)) {
    for (const subject of subjects) {
      const found = await index.search(subject, { limit: 5 }, signal);
      const its = found.filter(({ title }) => title === `About ${subject}`);
      expect(its).toHaveLength(1);
      expect(its[0]?.text).toMatch(new RegExp(`to say of ${subject} is (?:old|new)\\.$`));
      if (its[0]?.text.endsWith("new.")) newer.add(subject);
      searches += 1;
      await turn();
    }
  }
  return { newer: newer.size, searches };
}

async function twoSyncsOfWhichOneIsKilled(index: ArticleIndex, memory: Record<string, string>) {
  write("old");
  expect(await endOf(sync(memory))).toBe(0);
  write("new");
  const killed = sync(memory);
  const other = sync(memory);
  const isEnded = () => other.exitCode !== null || other.signalCode !== null;
  await searchUntil(index, (newer) => {
    if (newer > 5) killed.kill("SIGKILL");
    return isEnded();
  });
  expect(other.exitCode).toBe(0);
  const { newer } = await searchUntil(index, (seen) => seen > 0);
  expect(newer).toBe(subjects.length);
}

// With a store for one host and with one for several.
describe("two processes that sync the same folder, one of which is killed", {
  timeout: 120_000,
}, () => {
  it("never leave a searcher without an article, nor with two of it, in the embedded memory", async () => {
    const index = createSqliteHelpCenter(join(directory, "data"));
    await twoSyncsOfWhichOneIsKilled(index, {});
    await index.close();
  });

  it.skipIf(!hasPostgres)("nor in PostgreSQL", async () => {
    server = await startPostgres();
    const { url } = await server.freshDatabase();
    const log = createRecordingLog();
    const database = openDatabase({ url, schema: "auto_responder", log });
    await twoSyncsOfWhichOneIsKilled(createPostgresHelpCenter(database), { MEMORY_URL: url });
    database.close();
  });
});
