import { within } from "../lib/within.ts";
import { patienceMs } from "./ask.ts";
import { type Check, createFindings } from "./check.ts";

/** BullMQ's own minimum: https://docs.bullmq.io/guide/redis-tm-compatibility */
const oldestRedis = [6, 2] as const;

/** Whether this Redis keeps what is given to it. Nothing is written. */
export async function checkRedis(url: string): Promise<Check[]> {
  const findings = createFindings("redis");
  const info = await infoOf(url);
  if (info === null) {
    findings.wrong(
      "failed",
      "reachable",
      "does not answer",
      "See whether it runs, whether this machine reaches it, and whether the password in the address is right.",
      "REDIS_URL",
    );
    return findings.checks;
  }
  const field = (name: string) => new RegExp(`^${name}:(\\S*)`, "m").exec(info)?.[1] ?? "";
  const version = field("redis_version");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldestRedis[0] || (major === oldestRedis[0] && minor >= oldestRedis[1])) {
    findings.ok("version", `Redis ${version}`);
  } else {
    findings.wrong(
      "failed",
      "version",
      `this is Redis ${version || "of an unknown version"}`,
      `Redis ${oldestRedis.join(".")} or newer is needed.`,
      "REDIS_URL",
    );
  }
  const policy = field("maxmemory_policy");
  if (policy === "noeviction") findings.ok("eviction", "keeps everything (noeviction)");
  else {
    findings.wrong(
      "failed",
      "eviction",
      `drops keys when it is full (${policy || "unknown policy"}), queued conversations among them`,
      "Set maxmemory-policy to noeviction; a plan that is sold as a cache is the wrong one.",
      "REDIS_URL",
    );
  }
  if (field("aof_enabled") === "1")
    findings.ok("append-only", "survives a restart (appendonly yes)");
  else {
    findings.wrong(
      "warning",
      "append-only",
      "forgets the newest work when it is killed (appendonly no)",
      "Set appendonly to yes. What is lost otherwise is found again by the sweep, some minutes later.",
      "REDIS_URL",
    );
  }
  return findings.checks;
}

/** @returns `null` where it does not answer in time */
async function infoOf(url: string): Promise<string | null> {
  // Loaded here only: an installation without Redis needs none of it.
  const { Redis } = await import("ioredis");
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: patienceMs,
  });
  client.on("error", () => {});
  let info: string | null = null;
  const asked = client.connect().then(async () => {
    info = await client.info();
  });
  await within(patienceMs, asked).catch(() => {});
  client.disconnect();
  return info;
}
