import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";

import { createSqliteHelpCenter } from "../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import { recall } from "../../src/core/knowledge/recall.ts";
import type { QueryEmbedder } from "../../src/lib/by-meaning/embedder.ts";
import { sleep } from "../../src/lib/sleep.ts";
import { createWords } from "./generated-words.ts";
import { seeded } from "./seeded.ts";

/**
 * Measures how the cost of a recall grows with what is remembered:
 * `npm run bench:memory-scale -- [--rows 1000,10000,100000] [--dimensions 256,1536]`. So many answers
 * and as many passages are generated, with vectors that lie in clusters as those of a model do; a
 * recall looks for both at once, as for a customer. Each size is measured in a process of its own.
 */

const queries = 200;
/** In its first recalls a process reads which words the file has, a part in each: 8 ms more. */
const warmUp = 150;
const passagesPerArticle = 10;
const clusters = 2_000;
const { signal } = new AbortController();
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const print = (line: string) => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000,10000,100000" },
    dimensions: { type: "string", default: "256,1536" },
    // Of the process that measures.
    directory: { type: "string" },
  },
});

if (values.directory === undefined) runAll();
else await measure(values.directory, Number(values.dimensions));

function runAll(): void {
  print(
    `Node ${process.version}, ${queries} recalls of 30 to 90 words after ${warmUp} others, seed 42`,
  );
  print("(processor: of the recall's thread, which other load on the machine changes least)");
  const figures = "  p50 ms      p95 of processor      p95";
  print(`${" ".repeat(45)}words${" ".repeat(31)}hybrid`);
  print(
    `rows of each  dimensions   build s  file MB ${figures} ${figures}   read s  delay p99   max ms   RSS MB`,
  );
  for (const rows of numbers(values.rows)) {
    for (const dimensions of numbers(values.dimensions)) {
      const directory = mkdtempSync(join(tmpdir(), "bench-scale-"));
      try {
        const built = run(directory, dimensions, rows);
        const measured = run(directory, dimensions, 0);
        print(`${`${rows}`.padStart(12)}${`${dimensions}`.padStart(12)}${built}${measured}`);
      } finally {
        rmSync(directory, { recursive: true });
      }
    }
  }
}

/** This same file in a process of its own. @param rows how many it builds; 0: it measures */
function run(directory: string, dimensions: number, rows: number): string {
  const given = ["--directory", directory, "--dimensions", `${dimensions}`, "--rows", `${rows}`];
  const output = execFileSync(process.execPath, [import.meta.filename, ...given], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return output.trimEnd();
}

async function measure(directory: string, dimensions: number): Promise<void> {
  const embedder = generatedEmbedder(dimensions);
  const rows = Number(values.rows);
  if (rows > 0) return build(directory, embedder, rows);

  const random = seeded(43);
  const words = createWords(random);
  const questions = Array.from({ length: warmUp + queries }, () =>
    words.sentence(30 + random() * 60),
  );
  const before = rssMegabytes();
  const byWords = await timed(directory, null, questions);
  const hybrid = await timed(directory, embedder, questions);
  print(
    [
      ...[...byWords.recalls, ...hybrid.recalls].map((ms) => ms.toFixed(1).padStart(9)),
      (hybrid.first / 1000).toFixed(2).padStart(9),
      hybrid.delayP99.toFixed(1).padStart(11),
      hybrid.delayMax.toFixed(1).padStart(9),
      (rssMegabytes() - before).toFixed(0).padStart(9),
    ].join(""),
  );
}

async function timed(directory: string, embedder: QueryEmbedder | null, questions: string[]) {
  const memory = createSqliteMemory({ directory, embedder, log });
  const helpCenter = createSqliteHelpCenter(directory, embedder && { embedder, log });
  const whose = { contactId: null, inConversation: "now", asker: {} };
  const ask = async (question: string) => {
    const [start, used] = [performance.now(), process.threadCpuUsage()];
    const { sources, failures } = await recall(question, whose, { memory, helpCenter });
    if (failures.length > 0 || sources.length === 0) throw new Error(failures.join(", "));
    const { user, system } = process.threadCpuUsage(used);
    const took = { wall: performance.now() - start, processor: (user + system) / 1000 };
    await sleep(2);
    return took;
  };
  const opened = performance.now();
  await memory.fillVectors?.(signal);
  await helpCenter.fillVectors(signal);
  const first = performance.now() - opened;
  for (const question of questions.slice(0, warmUp)) await ask(question);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const took: Awaited<ReturnType<typeof ask>>[] = [];
  for (const question of questions.slice(warmUp)) took.push(await ask(question));
  delay.disable();
  memory.close();
  await helpCenter.close();
  const at = (share: number, what: "wall" | "processor") => {
    const sorted = took.map((one) => one[what]).sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length * share)] ?? 0;
  };
  return {
    first,
    recalls: [at(0.5, "wall"), at(0.95, "wall"), at(0.5, "processor"), at(0.95, "processor")],
    delayP99: delay.percentile(99) / 1e6,
    delayMax: delay.max / 1e6,
  };
}

async function build(directory: string, embedder: QueryEmbedder, rows: number): Promise<void> {
  const random = seeded(42);
  const words = createWords(random);
  const begun = performance.now();
  const memory = createSqliteMemory({ directory, embedder, log });
  for (let stored = 0; stored < rows; stored += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, rows - stored) }, (_, index) => ({
      question: words.sentence(8 + random() * 40),
      answer: words.sentence(20 + random() * 100),
      status: "answer" as const,
      author: "teammate" as const,
      conversationId: `${stored + index}`,
      partId: "2",
      at: 1_700_000_000_000 + stored + index,
      language: "en",
      url: null,
      decision: null,
      draftedFrom: [],
    }));
    await memory.rememberAnswers(batch, signal);
  }
  memory.close();
  const helpCenter = createSqliteHelpCenter(directory, { embedder, log });
  for (let article = 0; article < rows / passagesPerArticle; article++) {
    const passages = Array.from({ length: passagesPerArticle }, () => ({
      heading: null,
      text: words.sentence(60 + random() * 120),
      lead: null,
      anchor: null,
    }));
    const [id, text] = [`${article}`, passages.map((passage) => passage.text).join("\n")];
    const rest = { collections: [], url: null, language: "en", updatedAt: null, isInternal: false };
    const title = words.sentence(3 + random() * 5);
    await helpCenter.put("published", { id, articleId: id, title, text, ...rest }, passages);
  }
  await helpCenter.fillVectors(signal);
  await helpCenter.close();
  const megabytes = statSync(join(directory, "memory.sqlite")).size / 1e6;
  const took = (performance.now() - begun) / 1000;
  print(`${took.toFixed(0).padStart(10)}${megabytes.toFixed(0).padStart(9)}`);
}

/** Vectors near one of some points, by the text: the same for the same text in every process. */
function generatedEmbedder(dimensions: number): QueryEmbedder {
  const random = seeded(7);
  const points = Array.from({ length: clusters }, () =>
    Float32Array.from({ length: dimensions }, () => random() - 0.5),
  );
  const vectorOf = (text: string): Float32Array => {
    const own = seeded(hashOf(text));
    const [point, side] = [own(), own()].map((at) => points[Math.floor(at * clusters)]);
    return Float32Array.from(point ?? [], (value, at) => {
      return value + 0.5 * (side?.[at] ?? 0) + 0.8 * (own() - 0.5);
    });
  };
  return {
    model: `generated-${dimensions}`,
    embed: async (texts) => texts.map(vectorOf),
    query: async (text) => vectorOf(text),
    unusable(error) {
      throw error;
    },
  };
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

function numbers(list: string): number[] {
  return list.split(",").map(Number);
}

function rssMegabytes(): number {
  return process.memoryUsage.rss() / 1e6;
}
