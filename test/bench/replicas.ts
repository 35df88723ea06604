import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { Pool } from "undici";
import { sign } from "../../src/lib/intercom-signature.ts";
import { startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startMem0StandIn } from "../stand-ins/mem0.ts";
import { startOpenAIStandIn } from "../stand-ins/openai.ts";
import { hasRedis, type RedisServer, startRedis } from "../stand-ins/redis-server.ts";
import { type ChildServer, startChildServer } from "./child-server.ts";
import { percentile } from "./figures.ts";

/**
 * `npm run bench:replicas`: what several replicas with one Redis get done, and what a conversation
 * costs there, as docs/replicas.md reads it. `--processes 1,2` runs fewer, `--seconds 20` longer.
 */
const load = {
  processes: [1, 2, 3, 6],
  seconds: 10,
  /** Of each replica, before anything counts: code that has hardly run costs three times as much. */
  warmUpAnswers: 300,
  /** Conversations a second, over all replicas, at which the time to the reply is measured. */
  steadyPerSecond: 10,
  /** Conversations under way at once for each replica, where as many are answered as can be. */
  inFlight: 24,
  modelMs: 100,
  serviceMs: 5,
};
const lastReplyWithinMs = 30_000;
const secret = "bench-secret";

type Row = {
  name: string;
  perSecond: number;
  steadyMs: number[];
  /** Of processor time for each conversation, in milliseconds. */
  serviceMs: number;
  redisMs: number;
  standInMs: number;
  commands: number;
};

const { values: options } = parseArgs({
  options: { processes: { type: "string" }, seconds: { type: "string" } },
});
const processes = options.processes?.split(",").map(Number) ?? load.processes;
const seconds = Number(options.seconds ?? load.seconds);
if (!hasRedis)
  throw new Error("There is no redis-server on this machine: apt-get install redis-server");

print(
  `Node ${process.version}, ${availableParallelism()} cores, load average ${loadAverage()}; model ${load.modelMs} ms, Intercom and memory ${load.serviceMs} ms, no quiet period`,
);
print(
  `Stand-ins, Redis and replicas share the cores. ${load.steadyPerSecond} conversations a second for the time to the reply, then ${load.inFlight} under way for each replica, ${seconds} s each.`,
);
print("");
print(
  columns([
    "",
    "answered/s",
    "p50 ms",
    "p99 ms",
    "service ms",
    "redis ms",
    "stand-ins ms",
    "commands",
    "per core-s",
    "to linear",
  ]),
);
const alone = await measured(1, null);
show(alone, alone);
let one: Row | null = null;
for (const count of processes) {
  const redis = await startRedis();
  try {
    const row = await measured(count, redis);
    one ??= row;
    show(row, one);
  } finally {
    await redis.stop();
  }
}
print(`\nload average ${loadAverage()}`);
process.exit(0);

function show(row: Row, one: Row): void {
  const { name, perSecond, steadyMs, serviceMs, redisMs, standInMs, commands } = row;
  print(
    columns([
      name,
      perSecond.toFixed(0),
      percentile(steadyMs, 0.5).toFixed(0),
      percentile(steadyMs, 0.99).toFixed(0),
      serviceMs.toFixed(1),
      redisMs.toFixed(2),
      standInMs.toFixed(1),
      commands.toFixed(0),
      perCoreSecond(row).toFixed(0),
      (perCoreSecond(row) / perCoreSecond(one)).toFixed(2),
    ]),
  );
}

/** How many conversations a second of one core is good for, Redis's share included. */
function perCoreSecond({ serviceMs, redisMs }: Row): number {
  return 1000 / (serviceMs + redisMs);
}

async function measured(count: number, redis: RedisServer | null): Promise<Row> {
  const [intercom, openai, mem0, dataDir] = await Promise.all([
    startIntercomStandIn({ latencyMs: load.serviceMs, rateLimit: Number.POSITIVE_INFINITY }),
    startOpenAIStandIn(),
    startMem0StandIn("platform"),
    mkdtemp(join(tmpdir(), "auto-responder-bench-")),
  ]);
  openai.setLatency(load.modelMs);
  mem0.latencyMs = load.serviceMs;
  // Whoever waits for it is told of each reply; kept, the requests would fill the memory.
  const waiting = new Map<string, (at: number) => void>();
  intercom.requests.push = (...[request]) => {
    const id = /^\/conversations\/(\d+)\/reply$/.exec(request?.path ?? "")?.[1];
    if (id !== undefined) waiting.get(id)?.(performance.now());
    return 0;
  };
  openai.requests.push = () => 0;
  mem0.requests.push = () => 0;

  const replicas = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startChildServer("./service.ts", {
        INTERCOM_ACCESS_TOKEN: intercom.accessToken,
        INTERCOM_WEBHOOK_SECRET: secret,
        REPLY_MODE: "auto",
        INTERCOM_ADMIN_ID: intercom.adminId,
        INTERCOM_API_BASE_URL: intercom.baseUrl,
        OPENAI_BASE_URL: openai.url,
        MEM0_API_KEY: mem0.apiKey,
        MEM0_BASE_URL: mem0.url,
        QUIET_PERIOD_MS: "0",
        PARALLEL_CONVERSATIONS: String(load.inFlight * 2),
        SWEEP_INTERVAL_SECONDS: "600",
        DATA_DIR: join(dataDir, String(index)),
        ...(redis === null ? {} : { REDIS_URL: redis.url }),
      }),
    ),
  );
  const pools = replicas.map(({ port }) => new Pool(`http://127.0.0.1:${port}`));
  const client = redis === null ? null : new Redis(redis.url);
  let asked = 0;

  /** One conversation, from its webhook to its reply. @returns how long that took, in milliseconds */
  async function answered(): Promise<number> {
    asked += 1;
    const { conversationId, partId } = intercom.customerWrites(
      null,
      `Question ${asked}: how do I move our invoices to another address?`,
      { name: "Ada Lovelace" },
    );
    const replied = new Promise<number>((resolve, reject) => {
      waiting.set(conversationId, resolve);
      const tooLate = () => reject(new Error(`no reply within ${lastReplyWithinMs} ms`));
      setTimeout(tooLate, lastReplyWithinMs).unref();
    });
    const body = JSON.stringify(intercom.webhookFor(partId));
    const postedAt = performance.now();
    const response = await pools[asked % count]?.request({
      ...{ path: "/webhooks/intercom", method: "POST", body },
      headers: {
        "content-type": "application/json",
        "x-hub-signature": sign(secret, Buffer.from(body)),
      },
    });
    await response?.body.dump();
    const tookMs = (await replied) - postedAt;
    waiting.delete(conversationId);
    return tookMs;
  }

  try {
    const inFlight = load.inFlight * count;
    await closedLoop(answered, inFlight, (total) => total >= load.warmUpAnswers * count);
    const steadyMs = await atRate(answered, load.steadyPerSecond, seconds);
    const before = await usage(replicas, client);
    const began = performance.now();
    const until = began + seconds * 1000;
    const total = await closedLoop(answered, inFlight, () => performance.now() >= until);
    const elapsed = (performance.now() - began) / 1000;
    const after = await usage(replicas, client);
    const each = (key: keyof Used) => (after[key] - before[key]) / total;
    return {
      name: redis === null ? "1, no Redis" : String(count),
      perSecond: total / elapsed,
      steadyMs,
      serviceMs: each("serviceMs"),
      redisMs: each("redisMs"),
      standInMs: each("standInMs"),
      commands: each("commands"),
    };
  } finally {
    client?.disconnect();
    await Promise.all(pools.map((pool) => pool.destroy()));
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all([intercom.stop(), openai.close(), mem0.close()]);
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Begins that many a second, whether or not the earlier ones have ended. */
async function atRate(
  answered: () => Promise<number>,
  perSecond: number,
  duration: number,
): Promise<number[]> {
  const under: Promise<number>[] = [];
  const began = performance.now();
  while (under.length < perSecond * duration) {
    const due = Math.ceil(((performance.now() - began) / 1000) * perSecond);
    while (under.length < Math.min(due, perSecond * duration)) under.push(answered());
    await pause(5);
  }
  return Promise.all(under);
}

/** Keeps that many under way, until it is over. @returns how many were answered */
async function closedLoop(
  answered: () => Promise<number>,
  inFlight: number,
  isOver: (total: number) => boolean,
): Promise<number> {
  let total = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (!isOver(total)) {
        await answered();
        total += 1;
      }
    }),
  );
  return total;
}

type Used = { serviceMs: number; redisMs: number; standInMs: number; commands: number };

/** What has been used up to now, of processor time and of Redis's commands. */
async function usage(replicas: ChildServer[], client: Redis | null): Promise<Used> {
  const used = await Promise.all(replicas.map((replica) => replica.usage()));
  const { user, system } = process.cpuUsage();
  const said = client === null ? "" : `${await client.info("cpu")}${await client.info("stats")}`;
  const number = (key: string) => Number(new RegExp(`^${key}:([\\d.]+)`, "m").exec(said)?.[1] ?? 0);
  return {
    serviceMs: used.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    redisMs: (number("used_cpu_user") + number("used_cpu_sys")) * 1000,
    standInMs: (user + system) / 1000,
    commands: number("total_commands_processed"),
  };
}

function columns(cells: string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(12) : cell.padStart(13))).join("");
}

function loadAverage(): string {
  return loadavg()
    .map((average) => average.toFixed(2))
    .join(" ");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
