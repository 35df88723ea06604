import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createIntercom } from "../../src/adapters/intercom/intercom.ts";
import { createBackfill } from "../../src/core/learning/backfill.ts";
import { sleep } from "../../src/lib/sleep.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startMem0StandIn } from "../stand-ins/mem0.ts";
import { generateConversations } from "./generated-conversations.ts";
import { contentOf, startSync } from "./sync-process.ts";

/**
 * Measures the backfill against a stand-in for Intercom with 20 ms latency and its real rate limit:
 * `npm run bench:backfill [conversations]`. Once without interruption, once killed ten times.
 */

const conversations = Number(process.argv[2] ?? 10_000);
const kills = 10;
const rateLimit = 1_666;
const latencyMs = 20;
/** A third of every window is left to live replies. */
const allowedPerWindow = rateLimit - Math.ceil(rateLimit / 3);
const print = (line: string) => void process.stdout.write(`${line}\n`);

const documents = generateConversations(conversations);
print(
  `${conversations} conversations, ${latencyMs} ms latency, ${rateLimit} calls per 10 s of which ${allowedPerWindow} may be used`,
);
const whole = await measure("uninterrupted", 0);
const killed = await measure(`killed ${kills} times`, kills);
print(
  whole === killed
    ? `the same content, byte for byte: ${whole.length} bytes`
    : `THE CONTENT DIFFERS: ${difference(whole, killed).join("\n")}`,
);
if (whole !== killed) process.exitCode = 1;
await measureMem0(Math.min(conversations, 200), 1_000);

async function measure(name: string, killsWanted: number): Promise<string> {
  const standIn = await startIntercomStandIn({ rateLimit, latencyMs });
  for (const document of documents) standIn.import(document);
  const dataDir = mkdtempSync(join(tmpdir(), "bench-backfill-"));
  try {
    const start = performance.now();
    const peak = await runWithKills(standIn, dataDir, killsWanted);
    const seconds = (performance.now() - start) / 1000;
    const calls = standIn.requests.length;
    const possible = (calls / allowedPerWindow) * 10;
    print("");
    print(name);
    print(`  time      ${seconds.toFixed(1)} s, ${(calls / seconds).toFixed(0)} calls a second`);
    print(
      `  allowance ${possible.toFixed(1)} s for ${calls} calls: ${percent(seconds / possible - 1)}`,
    );
    print(`  peak RSS  ${peak === null ? "unknown here" : `${peak.toFixed(0)} MiB`}`);
    print(`  429       ${standIn.overLimit()}`);
    print(`  fullest   ${fullestWindow(standIn)} calls in one window`);
    return contentOf(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true });
    await standIn.stop();
  }
}

/** Into Mem0 with 30 ms latency and a limit of its own for what is added. */
async function measureMem0(count: number, addsPerMinute: number): Promise<void> {
  process.env.MEM0_TELEMETRY = "false";
  const { createMem0Memory } = await import("../../src/adapters/mem0/mem0-memory.ts");
  const standIn = await startIntercomStandIn({ rateLimit, latencyMs });
  for (const document of documents.slice(0, count)) standIn.import(document);
  const mem0 = await startMem0StandIn("platform");
  Object.assign(mem0, { latencyMs: 30, addsPerMinute });
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const memory = createMem0Memory({
    kind: "platform",
    apiKey: mem0.apiKey,
    baseUrl: mem0.url,
    namespace: "bench",
    timeoutMs: 10_000,
  });
  const { archive } = createIntercom({
    baseUrl: standIn.baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: standIn.accessToken,
    version: "2.16",
    adminId: standIn.adminId,
    log,
  });
  const backfill = createBackfill({
    archive,
    memory,
    clock: Date.now,
    log,
    sleep,
    newId: () => "bench",
    loadLanguageOf: async () => () => null,
    redact: (text) => text,
  });
  const start = performance.now();
  backfill.start({ since: null, until: null, limit: null, dryRun: false });
  await backfill.settled();
  const seconds = (performance.now() - start) / 1000;
  const { conversations: read, stored } = backfill.report() ?? {};
  const calls = mem0.requests.length;
  print("");
  print(`into Mem0, 30 ms latency, ${addsPerMinute} added a minute, ${count} conversations`);
  print(`  time      ${seconds.toFixed(1)} s, ${calls} calls, of which ${mem0.refused} refused`);
  print(`  stored    ${mem0.memories().length} memories of ${JSON.stringify(stored)}`);
  print(`  failed    ${read?.failed} of ${count}`);
  await standIn.stop();
  await mem0.close();
}

/** Kills the process at moments spread over the work, each time waiting for its progress. */
async function runWithKills(
  standIn: IntercomStandIn,
  dataDir: string,
  killsWanted: number,
): Promise<number | null> {
  let peak: number | null = null;
  for (let killed = 0; killed < killsWanted; killed += 1) {
    const sync = startSync(standIn, dataDir);
    const until = ((killed + 1) * conversations) / (killsWanted + 1);
    while (standIn.requests.length < until && sync.child.exitCode === null) await pause(5);
    sync.child.kill("SIGKILL");
    await sync.ended;
  }
  const sync = startSync(standIn, dataDir);
  const watching = setInterval(() => {
    peak = sync.peakMebibytes() ?? peak;
  }, 250);
  const { report, complaints } = await sync.ended;
  clearInterval(watching);
  if (report !== null && report.conversations.failed > 0) {
    print(`${report.conversations.failed} conversations failed: ${report.lastError}`);
  }
  if (report?.state !== "done") throw new Error(`The sync did not end well: ${complaints}`);
  return peak;
}

/** The first few lines that only one of them has. */
function difference(one: string, other: string): string[] {
  const [lines, otherLines] = [new Set(one.split("\n")), new Set(other.split("\n"))];
  const missing = [...lines].filter((line) => !otherLines.has(line)).map((line) => `- ${line}`);
  const added = [...otherLines].filter((line) => !lines.has(line)).map((line) => `+ ${line}`);
  return [
    `${missing.length} lines less, ${added.length} more`,
    ...missing.slice(0, 5),
    ...added.slice(0, 5),
  ];
}

function fullestWindow({ requests }: IntercomStandIn): number {
  const counts = new Map<number, number>();
  for (const { at } of requests) {
    const window = Math.floor(at / 10_000);
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

function percent(share: number): string {
  return `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(1)} %`;
}
