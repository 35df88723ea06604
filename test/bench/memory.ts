import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";

// Switches Mem0's telemetry off, as in the service.
import "../../src/config.ts";
import { createMem0Memory } from "../../src/adapters/mem0/mem0-memory.ts";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createPostgresMemory } from "../../src/adapters/postgres/postgres-memory.ts";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import type { AnswerMemory, RememberedAnswer } from "../../src/core/knowledge/answer-memory.ts";
import { startMem0StandIn } from "../stand-ins/mem0.ts";
import { startPostgres } from "../stand-ins/postgres-server.ts";
import { createWords } from "./generated-words.ts";
import { withTypingErrors } from "./retrieval-questions.ts";
import { seeded } from "./seeded.ts";

/**
 * Measures the answer memory: `npm run bench:memory -- [--store postgres] [pairs]`: SQLite
 * and Mem0's adapter, or a PostgreSQL of its own.
 *
 * The pairs are generated: words drawn by Zipf's law from an invented vocabulary, with English
 * function words in front, so that a query of 60 words touches most of the index as a real one does.
 */

const { values, positionals } = parseArgs({
  options: { store: { type: "string", default: "sqlite" } },
  allowPositionals: true,
});
const pairs = Number(positionals[0] ?? 100_000);
const queries = 400;
/** Plain FTS5 takes half a second for a query of this kind. */
const plainQueries = 40;
const signal = new AbortController().signal;
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const print = (line: string) => void process.stdout.write(`${line}\n`);

const random = seeded(42);
const words = createWords(random);
/** Frequent, but no function word. */
const drawCommonWord = () => words.commonWord(random());

print(`Node ${process.version}, ${pairs} pairs, ${queries} queries of 30 to 90 words, seed 42`);
if (values.store === "postgres") await benchPostgres();
else {
  await benchSqlite();
  await benchMem0();
}

async function benchSqlite(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-memory-"));
  try {
    const { memory, questions, known, ours } = await benchRecall(() =>
      createSqliteMemory({ directory, embedder: null, log }),
    );
    const database = new DatabaseSync(join(directory, "memory.sqlite"));
    const plainSearch = database.prepare(
      "SELECT rowid AS row FROM answer_words WHERE answer_words MATCH ? ORDER BY rank LIMIT 10",
    );
    const plainRows = (question: string) =>
      plainSearch.all(
        question
          .split(" ")
          .map((word) => `"${word}"`)
          .join(" OR "),
      );
    const plain = await timings(questions.slice(0, plainQueries), async (question) =>
      plainRows(question),
    );
    print(`plain FTS5        ${percentiles(plain)}`);
    const titleOf = database.prepare("SELECT question FROM answer WHERE row = ?");
    const plainHits = await hits(known, async (question) =>
      plainRows(question).map(({ row }) => titleOf.get(Number(row))?.question),
    );
    print(`question retold   found first by plain FTS5: ${plainHits}`);
    print(`p95, ours/plain   ${(at(ours, 0.95) / at(plain, 0.95)).toFixed(2)}`);
    database.close();
    memory.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function benchPostgres(): Promise<void> {
  // What PostgreSQL takes by itself.
  const server = await startPostgres({ sharedBuffers: "128MB" });
  try {
    const { url } = await server.freshDatabase();
    const { memory } = await benchRecall(() =>
      createPostgresMemory(openDatabase({ url, schema: "bench", log })),
    );
    memory.close();
  } finally {
    await server.stop();
  }
}

/** Stores the pairs and recalls them, by another one who opened the same store. */
async function benchRecall(open: () => AnswerMemory) {
  const questions = Array.from({ length: queries }, () => words.sentence(30 + random() * 60));
  const known: { question: string; title: string }[] = [];
  const rssBefore = rssMebibytes();
  const writer = open();
  const building = performance.now();
  for (let stored = 0; stored < pairs; stored += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, pairs - stored) }, (_, index) =>
      pair(stored + index),
    );
    await writer.rememberAnswers(batch, signal);
    const [first] = batch;
    if (first) known.push({ question: retold(first.question), title: first.question });
  }
  print(`build             ${seconds(performance.now() - building)}`);
  writer.close();

  const opening = performance.now();
  const memory = open();
  await memory.readCheckpoint("none", signal);
  print(`open              ${(performance.now() - opening).toFixed(1)} ms`);
  const recalls = (asked: string[]) =>
    timings(asked, (question) => memory.recallAnswers(question, { limit: 10 }, signal));

  print(`recall, first 50  ${percentiles(await recalls(questions.slice(0, 50)))}`);
  const ours = await recalls(questions);
  print(`recall            ${percentiles(ours)}`);
  // Nothing rare in them: the most expensive questions there are.
  const common = Array.from({ length: queries }, () =>
    Array.from({ length: 4 }, drawCommonWord).join(" "),
  );
  print(`  4 common words  ${percentiles(await recalls(common))}`);
  // Every long word with an error in it: the nearest words of the whole vocabulary are looked for.
  const misspelt = questions.map((question) => withTypingErrors(question, random));
  print(`  typing errors   ${percentiles(await recalls(misspelt))}`);
  print(`RSS growth        ${(rssMebibytes() - rssBefore).toFixed(0)} MiB`);
  const found = await hits(known, async (question) =>
    (await memory.recallAnswers(question, { limit: 1 }, signal)).map(({ title }) => title),
  );
  print(`question retold   found first: ${found}`);
  return { memory, questions, known, ours };
}

async function benchMem0(): Promise<void> {
  for (const kind of ["platform", "server"] as const) {
    const standIn = await startMem0StandIn(kind);
    standIn.latencyMs = 30;
    const memory = createMem0Memory({
      kind,
      apiKey: standIn.apiKey,
      baseUrl: standIn.url,
      namespace: "bench",
      timeoutMs: 2_000,
    });
    const answers = Array.from({ length: 200 }, (_, index) => pair(index));
    const storing = performance.now();
    await memory.rememberAnswers(answers, signal);
    const stored = performance.now() - storing;
    const requests = standIn.requests.length;
    const recalled = await timings(
      answers.map(({ question }) => question),
      (question) => memory.recallAnswers(question, { limit: 10 }, signal),
    );
    print(
      `mem0 ${kind.padEnd(8)}     recall ${percentiles(recalled)} (30 ms of it the stand-in's); ` +
        `200 answers stored in ${seconds(stored)}, ${requests} requests`,
    );
    await standIn.close();
  }
}

function pair(index: number): RememberedAnswer {
  return {
    question: words.sentence(8 + random() * 40),
    answer: words.sentence(20 + random() * 100),
    status: "answer",
    author: "teammate",
    conversationId: `${1_000_000 + index}`,
    partId: "2",
    at: 1_700_000_000_000 + index,
    language: "en",
    url: null,
    decision: null,
    draftedFrom: [],
  };
}

/** Half of the words of a question, with as many others among them. */
function retold(question: string): string {
  return question
    .split(" ")
    .map((word) => (random() < 0.5 ? word : words.draw()))
    .join(" ");
}

async function hits(
  known: { question: string; title: string }[],
  find: (question: string) => Promise<unknown[]>,
): Promise<string> {
  let found = 0;
  for (const { question, title } of known) {
    if ((await find(question))[0] === title) found += 1;
  }
  return `${((100 * found) / known.length).toFixed(0)} %`;
}

async function timings(
  questions: string[],
  ask: (question: string) => Promise<unknown>,
): Promise<number[]> {
  const durations: number[] = [];
  for (const question of questions) {
    const start = performance.now();
    await ask(question);
    durations.push(performance.now() - start);
  }
  return durations.sort((a, b) => a - b);
}

function percentiles(sorted: number[]): string {
  const shown = [0.5, 0.95, 0.99].map((share) => at(sorted, share).toFixed(1));
  return `p50 ${shown[0]} ms, p95 ${shown[1]} ms, p99 ${shown[2]} ms, max ${at(sorted, 1).toFixed(1)} ms`;
}

function at(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function rssMebibytes(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}
