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
  /**
   * While Redis cannot say whose a conversation is, the replicas write in turns, by Redis's clock as
   * they knew it last.
   * @returns in how many milliseconds this replica's turn begins, 0 while there is time enough in it to
   *   read and write, and how long a write may then still begin; `null` where it has never known the others,
   *   or where one came or went just before Redis was gone
   */
  turn(): { inMs: number; leftMs: number } | null;
  stop(): Promise<void>;
};

const heartbeatMs = 1_000;
/** Who was silent for so long is gone. */
const goneAfterMs = 5_000;
/** Redis is near; whoever takes longer was held up. */
const roundTripMs = 50;
/** A turn is for reading and writing: reading begins in its first half, writing in the first two thirds. */
const readShare = 1 / 2;
const writeShare = 2 / 3;
/** One that is alone may write at any time. */
const aloneMs = 10_000;
/** By Redis's own clock, because those of the replicas may differ. */
const heartbeat = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZADD', KEYS[1], now, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
  return {now, unpack(redis.call('ZRANGE', KEYS[1], 0, -1))}`;

/**
 * Which processes answer the same workspace, kept for the time in which Redis is away.
 *
 * @param turnMs how long each replica's turn to write is while Redis is away
 */
export function createReplicas(
  link: RedisLink,
  id: string,
  turnMs: number,
  random: () => number = Math.random,
): Replicas {
  const stopping = new AbortController();
  const key = link.key("replicas");
  /** When each was reported last. A Redis that lost its data forgets them, and they are still there. */
  const seenAt = new Map<string, number>();
  /** How far Redis's clock is ahead of this process's, which nobody sets. */
  let clockAhead: number | null = null;
  /** When it last heard of the others, and when these had last become others than before. */
  let heardAt = performance.now();
  let changedAt = heardAt;

  async function beat(): Promise<void> {
    try {
      const sentAt = performance.now();
      const answer = await link.ask((client) => client.eval(heartbeat, 1, key, id, goneAfterMs));
      const [now, ...ids] = answer as [number, ...string[]];
      const at = performance.now();
      // A slow answer says little about the time at which it was given.
      if (at - sentAt < roundTripMs || clockAhead === null) clockAhead = now - (sentAt + at) / 2;
      const before = [...seenAt.keys()].toSorted().join();
      for (const one of ids) seenAt.set(one, at);
      for (const [one, seen] of seenAt) if (at - seen > goneAfterMs) seenAt.delete(one);
      heardAt = at;
      if ([...seenAt.keys()].toSorted().join() !== before) changedAt = at;
    } catch {
      // The link says it; what was known last is good enough.
    }
  }

  /** All in the same order, and the place of this one among them. */
  function order() {
    const ids = [...seenAt.keys()].toSorted();
    return { count: ids.length, mine: ids.indexOf(id) };
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
    count: () => Math.max(1, seenAt.size),
    othersBefore(conversationId) {
      const { count, mine } = order();
      if (mine < 0) return 1 + Math.floor(random() * 3);
      const digest = createHash("sha1").update(conversationId).digest();
      const first = digest.readUInt32BE(0) % count;
      return (mine - first + count) % count;
    },
    turn() {
      const { count, mine } = order();
      if (mine < 0 || clockAhead === null) return null;
      const cycleMs = count * turnMs;
      const inCycle = (performance.now() + clockAhead - mine * turnMs) % cycleMs;
      if (count === 1) return { inMs: 0, leftMs: aloneMs };
      // Who came or went so shortly before Redis did may be known to some and not to others, and turns
      // that are counted differently overlap.
      if (heardAt - changedAt < turnMs) return null;
      if (inCycle >= turnMs * readShare) return { inMs: cycleMs - inCycle, leftMs: 0 };
      return { inMs: 0, leftMs: turnMs * writeShare - inCycle };
    },
    async stop() {
      stopping.abort();
      await link.ask((client) => client.zrem(key, id)).catch(() => undefined);
    },
  };
}
