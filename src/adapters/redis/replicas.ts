import { createHash } from "node:crypto";
import { sleep } from "../../lib/sleep.ts";
import type { RedisLink } from "./redis-link.ts";

export type Replicas = {
  /** Makes itself known to the others, and goes on doing so. */
  start(): Promise<void>;
  /** How many replicas there are, as far as is known. */
  count(): number;
  /**
   * How many others go before this replica with that conversation when Redis cannot say whose it is.
   * As all count alike, exactly one goes at once; one that does not know the others lets some go first.
   */
  othersBefore(conversationId: string): number;
  stop(): Promise<void>;
};

const heartbeatMs = 5_000;
/** Who was silent for so long is gone. */
const goneAfterMs = 16_000;
/** By Redis's own clock, because those of the replicas may differ. */
const heartbeat = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZADD', KEYS[1], now, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
  return redis.call('ZRANGE', KEYS[1], 0, -1)`;

/** Which processes answer the same workspace, kept for the time in which Redis is away. */
export function createReplicas(
  link: RedisLink,
  id: string,
  random: () => number = Math.random,
): Replicas {
  const stopping = new AbortController();
  const key = link.key("replicas");
  let known: string[] = [];

  async function beat(): Promise<void> {
    try {
      const ids = await link.ask((client) => client.eval(heartbeat, 1, key, id, goneAfterMs));
      known = (ids as string[]).toSorted();
    } catch {
      // The link says it; what was known last is good enough.
    }
  }

  return {
    async start() {
      await beat();
      link.onUp(() => void beat());
      void (async () => {
        while (!stopping.signal.aborted) {
          await sleep(heartbeatMs, stopping.signal);
          if (!stopping.signal.aborted) await beat();
        }
      })();
    },
    count: () => Math.max(1, known.length),
    othersBefore(conversationId) {
      const mine = known.indexOf(id);
      if (mine < 0) return 1 + Math.floor(random() * 3);
      const digest = createHash("sha1").update(conversationId).digest();
      const first = digest.readUInt32BE(0) % known.length;
      return (mine - first + known.length) % known.length;
    },
    async stop() {
      stopping.abort();
      await link.ask((client) => client.zrem(key, id)).catch(() => undefined);
    },
  };
}
