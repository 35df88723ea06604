import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { startPostgres } from "../stand-ins/postgres-server.ts";
import { seeded } from "./seeded.ts";

/**
 * Measures `npm run memory -- copy` into a PostgreSQL of its own (Debian's package):
 * `npm run bench:copy [answers] [passages]`. Answers have 90 words, passages 150, of an invented
 * vocabulary in which a few words are frequent.
 */

const [answers = 100_000, passages = 100_000] = process.argv.slice(2).map(Number);
const passagesInArticle = 10;
const writtenAtOnce = 1_000;
const signal = new AbortController().signal;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const command = new URL("../../src/memory.ts", import.meta.url).pathname;
const random = seeded(42);
const vocabulary = Array.from({ length: 20_000 }, () =>
  Array.from({ length: 3 + Math.floor(random() * 7) }, () =>
    "etaoinshrdlucmfw".charAt(Math.floor(random() * 16)),
  ).join(""),
);
const words = (count: number) =>
  Array.from(
    { length: count },
    () => vocabulary[Math.floor(random() ** 2.5 * vocabulary.length)],
  ).join(" ");
const print = (line: string) => void process.stdout.write(`${line}\n`);

const directory = mkdtempSync(join(tmpdir(), "bench-copy-"));
await fill();
const server = await startPostgres();
const { url } = await server.freshDatabase();
print(`${answers} answers, ${passages} passages; load average ${loadavg()[0]?.toFixed(1)}`);
await measure("copied");
await measure("copied again, nothing had changed");
await measure("compared", "--check");
print(`load average ${loadavg()[0]?.toFixed(1)}`);
await server.stop();
rmSync(directory, { recursive: true });

async function measure(name: string, ...more: string[]): Promise<void> {
  const begun = performance.now();
  const args = [command, "copy", "--from", directory, "--to", url, ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${name}: ended with ${code}`);
  print(`${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}

async function fill(): Promise<void> {
  const memory = createSqliteMemory({ directory, embedder: null, log });
  for (let first = 0; first < answers; first += writtenAtOnce) {
    const batch = Array.from({ length: Math.min(writtenAtOnce, answers - first) }, (_, index) => ({
      question: words(30),
      answer: words(60),
      status: "answer" as const,
      author: "teammate" as const,
      conversationId: `${first + index}`,
      partId: "1",
      at: first + index,
      language: "en",
      url: null,
      decision: null,
      draftedFrom: [],
    }));
    await memory.rememberAnswers(batch, signal);
  }
  memory.close();
  const articles = createSqliteHelpCenter(directory);
  for (let index = 0; index < passages / passagesInArticle; index += 1) {
    const sections = Array.from(
      { length: passagesInArticle },
      () => `## ${words(3)}\n\n${words(150)}.`,
    );
    const article = {
      id: `${index}`,
      articleId: `${index}`,
      title: words(4),
      collections: [],
      text: sections.join("\n\n"),
      url: null,
      language: "en",
      updatedAt: null,
      isInternal: false,
    };
    await articles.put("published", article, passagesOf(article.text));
  }
  await articles.close();
}
