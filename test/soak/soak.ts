import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sign } from "../../src/lib/intercom-signature.ts";
import { type ServiceProcess, startService } from "../e2e/service-process.ts";
import { type Fault, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startMem0StandIn } from "../stand-ins/mem0.ts";
import { type OpenAIFault, startOpenAIStandIn } from "../stand-ins/openai.ts";
import { startPostgres } from "../stand-ins/postgres-server.ts";
import { startRedis } from "../stand-ins/redis-server.ts";
import { fillDisk, freeDisk, hasTinyDisk, onTinyDisk } from "../stand-ins/tiny-disk.ts";
import { leaksIn } from "./leaks.ts";
import { createLedger, type Verdict } from "./ledger.ts";
import { createRandom, type Random } from "./random.ts";

export type SoakOptions = {
  seconds: number;
  /** On a busy machine, where starting takes long, it goes on until there were so many. */
  fewestKills?: number;
  /** After so many messages of customers it ends before the time. */
  turns?: number;
  seed: number;
  /** How many processes of the service there are; several share a real Redis, which is killed as well. */
  replicas?: number;
  /** They remember in a real PostgreSQL (MEMORY_URL), which is killed as well, and not in Mem0. */
  hasPostgres?: boolean;
  /** QUIET_PERIOD_MS of the service; a short one makes races within one of Intercom's seconds. */
  quietPeriodMs: number;
  /** A safeguard to switch off; the soak must then find losses or doubles. */
  without?: "sweep" | "re-reading" | "single-flight" | "redis";
};

export type SoakResult = Verdict & {
  seed: number;
  replicas: number;
  kills: number;
  redisKills: number;
  postgresKills: number;
  faults: number;
  /** Notifications that a process took; the rest was lost on purpose or met one that was dead. */
  delivered: number;
  /** How often the disk of DATA_DIR was full for a while. */
  fullDisks: number;
  /** Lines that a process printed with a secret or what somebody said. */
  leaks: string[];
  seconds: number;
};

const secret = "soak-secret";
/** The slower Intercom is, the longer the moment in which two processes can come between each other. */
const latencyMs = { one: 20, crowded: 120 };
const conversationsPerSecond = 8;
const mostSeconds = 60;
/** A draft that cannot be had ends in a note; one that is no JSON is asked for again. */
const modelFaults: OpenAIFault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 429, headers: { "Retry-After": "1" } },
  { kind: "drop" },
  { kind: "html" },
  { kind: "garbage" },
  { kind: "refusal" },
];
/** What a killed process left behind is found by the next sweeps; without a safeguard, perhaps never. */
const longestEndMs = { sound: 20_000, without: 6_000, replicas: 45_000 };

/**
 * Lets customers write for a while as customers do, and everything go wrong that can: bursts,
 * duplicated, reordered and lost notifications, 429, 5xx before and after the work, dropped
 * connections, answers that come slowly or are no JSON, a model that fails, clocks that are set forward
 * and back, a full disk, SIGKILL every few seconds. With several replicas, notifications reach any of them, any
 * of them is killed, and so is their Redis, once with everything in it. Then the faults end, and every
 * message must have found exactly one outcome.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const random = createRandom(options.seed);
  const replicaCount = options.replicas ?? 1;
  const isCrowded = replicaCount > 1 || options.without === "single-flight";
  const counts = {
    kills: 0,
    redisKills: 0,
    postgresKills: 0,
    faults: 0,
    delivered: 0,
    fullDisks: 0,
  };
  const leaks: string[] = [];
  const ledger = createLedger(() => intercom);
  const intercom = await startIntercomStandIn({
    latencyMs: isCrowded ? latencyMs.crowded : latencyMs.one,
    searchLagMs: 300,
    rateLimit: 100_000,
    onPart: ({ conversationId, partId }) => ledger.noted(conversationId, partId),
  });
  const openai = await startOpenAIStandIn();
  openai.setLatency(150);
  const mem0 = await startMem0StandIn("platform");
  const redis = replicaCount > 1 && options.without !== "redis" ? await startRedis() : null;
  const postgres = options.hasPostgres === true ? await startPostgres() : null;
  const shared: Record<string, string> =
    postgres === null
      ? { MEM0_API_KEY: mem0.apiKey, MEM0_BASE_URL: mem0.url }
      : { MEMORY_URL: postgres.urlOf("postgres") };
  const dataDir = await mkdtemp(join(tmpdir(), "auto-responder-soak-"));
  const environment: Record<string, string> = {
    INTERCOM_ACCESS_TOKEN: intercom.accessToken,
    INTERCOM_WEBHOOK_SECRET: secret,
    INTERCOM_ADMIN_ID: intercom.adminId,
    INTERCOM_API_BASE_URL: intercom.baseUrl,
    OPENAI_BASE_URL: openai.url,
    REPLY_MODE: "auto",
    QUIET_PERIOD_MS: String(options.quietPeriodMs),
    SWEEP_INTERVAL_SECONDS: "1",
    PARALLEL_CONVERSATIONS: "32",
    DATA_DIR: dataDir,
    CLOCK_STEPS_SECONDS: "90",
    ...(replicaCount === 1 && postgres === null ? {} : shared),
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
    ...(options.without === undefined ? {} : { WITHOUT: options.without }),
  };

  intercom.setFault(({ path, method }) => {
    const fault = faultFor(method, path, random);
    if (fault !== null) counts.faults += 1;
    return fault;
  });
  const secrets = [
    ...[secret, intercom.accessToken, mem0.apiKey, redis?.url ?? secret],
    encodeURIComponent(postgres?.password ?? secret),
  ];
  const onOutput = (output: string) => void leaks.push(...leaksIn(output, secrets));
  // Several replicas share a memory elsewhere; nothing of theirs depends on a disk.
  const disk = replicaCount === 1 && hasTinyDisk ? onTinyDisk(dataDir, 2_048) : [];
  const replicas = Array.from({ length: replicaCount }, () =>
    startReplica(environment, disk, onOutput),
  );
  const anyReplica = () => oneOf(replicas, random);
  const post = async (partId: string) => {
    if (await deliver(anyReplica, JSON.stringify(intercom.webhookFor(partId)))) counts.delivered++;
  };
  await Promise.all(replicas.map((replica) => replica.baseUrl()));

  const startedAt = Date.now();
  let lastToken = 0;
  const isOver = () => {
    const seconds = (Date.now() - startedAt) / 1000;
    const isKilledEnough = counts.kills >= (options.fewestKills ?? 0) || seconds > mostSeconds;
    const isLongEnough = seconds > options.seconds && isKilledEnough;
    return isLongEnough || lastToken >= (options.turns ?? Infinity);
  };
  const killing = (async () => {
    while (!isOver()) {
      await pause(random.between(2_000, 5_000));
      counts.kills += 1;
      await anyReplica().replace();
    }
  })();
  const killingRedis = (async () => {
    // The first time with everything in it, later with what is on its disk.
    for (let withoutData = true; redis !== null && !isOver(); withoutData = false) {
      await pause(random.between(4_000, 8_000));
      counts.redisKills += 1;
      await redis.kill();
      await pause(random.between(0, 3_000));
      await redis.start({ withoutData });
    }
  })();
  const killingPostgres = (async () => {
    while (postgres !== null && !isOver()) {
      await pause(random.between(3_000, 6_000));
      counts.postgresKills += 1;
      await postgres.kill();
      await pause(random.between(0, 2_000));
      await postgres.start();
    }
  })();
  const fillingDisk = (async () => {
    while (disk.length > 0 && !isOver()) {
      await pause(random.between(500, 3_000));
      const processId = await anyReplica().processId();
      if (!fillDisk(processId, dataDir)) continue;
      counts.fullDisks += 1;
      await pause(random.between(200, 2_000));
      freeDisk(processId, dataDir);
    }
  })();
  const disturbingModel = (async () => {
    while (!isOver()) {
      await pause(random.between(200, 1_500));
      counts.faults += 1;
      openai.failNext(oneOf(modelFaults, random));
    }
  })();
  const customers: Promise<void>[] = [];
  const nextText = () => {
    lastToken += 1;
    // A quarter of the drafts is not good enough and ends in a note.
    return `Question token-${lastToken}; confidence=${random.chance(0.25) ? 0.3 : 0.95}`;
  };
  while (!isOver()) {
    customers.push(talk({ intercom, random, nextText, post }));
    // Who waits for a busy machine to have killed often enough must not drown it meanwhile.
    const isExtra = (Date.now() - startedAt) / 1000 > options.seconds;
    const perSecond = isExtra ? conversationsPerSecond / 8 : conversationsPerSecond;
    await pause(random.between(0, 2_000 / perSecond));
  }
  await Promise.all([
    ...customers,
    ...[killing, killingRedis, killingPostgres, fillingDisk, disturbingModel],
  ]);

  intercom.setFault(() => null);
  const longest = longestEndMs[longestFor(options)];
  // A machine that is busy with other things needs longer; what is lost for good makes no progress.
  let open = ledger.open();
  for (let deadline = Date.now() + longest; open > 0 && Date.now() < deadline; ) {
    await pause(100);
    const left = ledger.open();
    if (left < open) deadline = Date.now() + longest;
    open = left;
  }
  await pause(2_500); // A second reply would come now.

  await Promise.all(replicas.map((replica) => replica.stop()));
  await Promise.all([
    intercom.stop(),
    openai.close(),
    mem0.close(),
    redis?.stop(),
    postgres?.stop(),
  ]);
  await rm(dataDir, { recursive: true, force: true });
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  return {
    seed: options.seed,
    replicas: replicaCount,
    seconds,
    ...counts,
    leaks,
    ...ledger.judge(),
  };
}

function longestFor({ without, replicas = 1 }: SoakOptions): keyof typeof longestEndMs {
  if (without !== undefined) return "without";
  return replicas > 1 ? "replicas" : "sound";
}

function oneOf<One>(all: One[], random: Random): One {
  const one = all[Math.floor(random.between(0, all.length))] ?? all[0];
  if (one === undefined) throw new Error("There is nothing to choose from.");
  return one;
}

type Talk = {
  intercom: Awaited<ReturnType<typeof startIntercomStandIn>>;
  random: Random;
  nextText(): string;
  post(partId: string): Promise<void>;
};

/** One customer: asks, in a quarter of cases in three messages, and often once more later. */
async function talk({ intercom, random, nextText, post }: Talk): Promise<void> {
  const write = (conversationId: string | null) => {
    const written = intercom.customerWrites(conversationId, nextText());
    void notify(written.partId, random, post);
    return written.conversationId;
  };
  const conversationId = write(null);
  const burst = random.chance(0.25) ? 2 : 0;
  for (let message = 0; message < burst; message++) {
    await pause(random.between(5, 400));
    write(conversationId);
  }
  if (random.chance(0.1)) {
    await pause(random.between(0, 2_500));
    intercom.teammateWrites(conversationId, "I take this one.");
  } else if (random.chance(0.4)) {
    await pause(random.between(1_000, 3_000));
    write(conversationId);
  }
}

/** A tenth of the notifications never comes, some come late, most twice. */
async function notify(partId: string, random: Random, post: Talk["post"]): Promise<void> {
  if (random.chance(0.1)) return;
  const copies = random.chance(0.7) ? 2 : 1;
  await pause(random.chance(0.3) ? random.between(0, 800) : 0);
  await Promise.all(Array.from({ length: copies }, () => post(partId)));
}

function faultFor(method: string, path: string, random: Random): Fault | null {
  if (random.chance(0.03)) {
    const headers = { "X-RateLimit-Reset": String(Math.ceil(Date.now() / 1000)) };
    return { kind: "status", status: 429, headers, when: "before" };
  }
  if (random.chance(0.03)) return { kind: "status", status: 503, when: "before" };
  if (random.chance(0.01)) return { kind: "garbage" };
  if (random.chance(0.01)) return { kind: "slow", ms: 500 };
  const isWrite = method === "POST" && path.endsWith("/reply");
  if (!isWrite) return null;
  if (random.chance(0.05)) return { kind: "status", status: 502, when: "after" };
  if (random.chance(0.03)) return { kind: "drop", when: "after" };
  if (random.chance(0.02)) return { kind: "drop", when: "before" };
  if (random.chance(0.02)) return { kind: "hang", ms: 700, when: "after" };
  return null;
}

/** A process of the service, killed without warning and started again at once. */
function startReplica(
  environment: Record<string, string>,
  within: string[],
  onOutput: (output: string) => void,
) {
  const start = () => startService(environment, "test/soak/replica.ts", within);
  let current: Promise<ServiceProcess> = start();
  const kill = async () => {
    const process = await current;
    await process.kill();
    onOutput(process.output());
  };
  return {
    async replace() {
      await kill();
      current = start();
      await current;
    },
    baseUrl: async () => (await current).baseUrl,
    processId: async () => (await current).processId,
    stop: kill,
  };
}

/**
 * Posts a notification; Intercom tries once more when it got no answer, and then drops it.
 * @returns whether it was taken
 */
async function deliver(
  anyReplica: () => { baseUrl(): Promise<string> },
  body: string,
): Promise<boolean> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      const response = await fetch(`${await anyReplica().baseUrl()}/webhooks/intercom`, {
        method: "POST",
        headers: { "X-Hub-Signature": sign(secret, Buffer.from(body)) },
        body,
        signal: AbortSignal.timeout(5_000),
      });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      await pause(1_000);
    }
  }
  return false;
}
