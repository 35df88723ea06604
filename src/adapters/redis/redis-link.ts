import type { Redis } from "ioredis";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { within } from "../../lib/within.ts";

export type RedisLink = {
  /** Begins to connect and goes on trying for ever; waits for the first success, but not for long. */
  open(): Promise<void>;
  /** Whether a command would be sent at all. */
  isUp(): boolean;
  /** Whether Redis is away, or was a few seconds ago: other replicas may not have found it again yet. */
  isUnsettled(): boolean;
  /** How long ago it came or went; what was begun before may still be under way. */
  changedMsAgo(): number;
  /**
   * Sends what `work` sends.
   * @throws UpstreamError at once when Redis is away, and when it does not answer within two seconds
   */
  ask<T>(work: (client: Redis) => Promise<T>): Promise<T>;
  /** Calls back whenever Redis is there, now and after each time that it was away. */
  onUp(listener: () => void): void;
  /** Another connection, whose commands wait for as long as Redis is away. */
  another(): Promise<Redis>;
  /** The key of that name; installations with different ids share a Redis without meeting. */
  key(name: string): string;
  /** Lets go of all connections. */
  close(): Promise<void>;
};

export type RedisLinkOptions = {
  /** `redis://` or, encrypted, `rediss://`. */
  url: string;
  /** What distinguishes this installation from others on the same Redis. */
  installation: string;
  /** Told whenever it turns out that Redis is there, or is not. */
  onOk(): void;
  onFailing(why: unknown): void;
  log: Log;
};

const firstConnectMs = 3_000;
const connectTimeoutMs = 2_000;
const answerTimeoutMs = 2_000;
/** One question without an answer may be this process's own fault: it was busy. */
const failuresUntilAway = 2;
const longestReconnectPauseMs = 2_000;
/** The longest that another replica can take to find Redis again, and what it then has under way. */
const settlingMs = 4_000;
const closeTimeoutMs = 1_000;
/** Redis 6.2 is the oldest that BullMQ recommends. */
const oldestVersion = [6, 2] as const;

/**
 * The connections to Redis. ioredis is loaded here and not before, so that an installation without
 * Redis pays nothing for it. Commands never queue up while Redis is away: whoever asks is told at once
 * and goes on without.
 */
export function createRedisLink(options: RedisLinkOptions): RedisLink {
  const { url, log } = options;
  const connections: Redis[] = [];
  const upListeners: (() => void)[] = [];
  let client: Redis | null = null;
  let isSaidToBeAway = false;
  let changedAt = performance.now();
  let failuresInRow = 0;

  const listen = (connection: Redis) => {
    connections.push(connection);
    // Without a listener an `error` event would end the process.
    connection.on("error", (error) => log.debug({ error: inWords(error) }, "redis-connection"));
    return connection;
  };

  function cameUp(up: Redis): void {
    changedAt = performance.now();
    if (isSaidToBeAway) log.info({}, "Redis is back: the replicas share their work again");
    isSaidToBeAway = false;
    options.onOk();
    void checkServer(up, log);
    for (const listener of upListeners) listener();
  }

  function wentAway(why: unknown): void {
    options.onFailing(why);
    if (isSaidToBeAway) return;
    isSaidToBeAway = true;
    changedAt = performance.now();
    log.error(
      { error: inWords(why) },
      "Redis is away: each replica goes on by itself, conversations are answered later than usual",
    );
  }

  async function connect(more: object): Promise<Redis> {
    const { Redis } = await import("ioredis");
    return listen(
      new Redis(url, {
        connectTimeout: connectTimeoutMs,
        retryStrategy: (times) => Math.min(longestReconnectPauseMs, times * 100),
        ...more,
      }),
    );
  }

  const isUp = () => client?.status === "ready";

  return {
    async open() {
      const opened = await connect({
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        commandTimeout: answerTimeoutMs,
      });
      client = opened;
      opened.on("error", wentAway);
      const ready = new Promise<void>((resolve) => opened.once("ready", resolve));
      opened.on("ready", () => cameUp(opened));
      opened.on("close", () => wentAway("the connection was closed"));
      await within(firstConnectMs, ready);
      if (opened.status !== "ready") wentAway("no answer");
    },
    isUp,
    isUnsettled: () => isSaidToBeAway || performance.now() - changedAt < settlingMs,
    changedMsAgo: () => performance.now() - changedAt,
    async ask(work) {
      if (client?.status !== "ready") {
        throw unanswered("not connected");
      }
      try {
        const result = await work(client);
        failuresInRow = 0;
        if (isSaidToBeAway) cameUp(client);
        return result;
      } catch (cause) {
        failuresInRow += 1;
        if (failuresInRow >= failuresUntilAway || !isUp()) wentAway(cause);
        throw unanswered(cause);
      }
    },
    onUp(listener) {
      upListeners.push(listener);
      if (client?.status === "ready") listener();
    },
    another: () => connect({ maxRetriesPerRequest: null }),
    key: (name) => `auto-responder:${options.installation}:${name}`,
    async close() {
      client?.removeAllListeners("close");
      const farewells = connections.map((connection) => connection.quit().catch(() => undefined));
      await within(closeTimeoutMs, Promise.all(farewells));
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Says what about this Redis would lose or hide work. */
async function checkServer(client: Redis, log: Log): Promise<void> {
  try {
    const info = await client.info();
    const field = (name: string) => new RegExp(`^${name}:(\\S*)`, "m").exec(info)?.[1] ?? "";
    const policy = field("maxmemory_policy");
    if (policy !== "" && policy !== "noeviction") {
      log.error(
        { policy },
        "this Redis drops keys when it is full, queued conversations among them: set maxmemory-policy to noeviction",
      );
    }
    const version = field("redis_version");
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const [oldestMajor, oldestMinor] = oldestVersion;
    if (version !== "" && (major - oldestMajor || minor - oldestMinor) < 0) {
      log.error({ version }, "this Redis is too old: version 6.2 or newer is needed");
    }
  } catch (error) {
    log.debug({ error: inWords(error) }, "redis-info");
  }
}

const unanswered = (why: unknown) =>
  new UpstreamError("redis", "a command", inWords(why), { cause: why });

function inWords(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
