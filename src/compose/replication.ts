import { randomUUID } from "node:crypto";
import { type InProcessQueue, NotBegun } from "../adapters/queue/in-process-queue.ts";
import { createLeases, never, type Visit, visitAlone } from "../adapters/redis/leases.ts";
import { createRedisLink } from "../adapters/redis/redis-link.ts";
import { createReplicas } from "../adapters/redis/replicas.ts";
import { createSharedBackfill, type SharedBackfill } from "../adapters/redis/shared-backfill.ts";
import { createSharedObserved } from "../adapters/redis/shared-observed.ts";
import { createSharedQueue, type SharedQueue } from "../adapters/redis/shared-queue.ts";
import { createSharedTurns } from "../adapters/redis/shared-turns.ts";
import { createSweepTurns, type SweepTurns } from "../adapters/redis/sweep-turns.ts";
import type { Config } from "../config.ts";
import type { ObservedVersions } from "../core/answering/observed-versions.ts";
import type { TurnRecord } from "../core/answering/turn-record.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { Backfill } from "../core/learning/backfill.ts";
import type { Inbox, Log, Slot, WorkQueue } from "../core/ports.ts";
import { createSeal } from "../lib/seal.ts";

/** What several replicas of the service share, so that together they answer as one. */
export type Replication = {
  /** Connects; where Redis is away it goes on trying, and the replica works by itself. */
  open(): Promise<void>;
  observed: ObservedVersions;
  /** For what people decide in Slack; journeys get theirs by `journey`. */
  record: TurnRecord;
  /** The same inbox; what is about to be written too late is not, and is to be read once more. */
  fenced(inbox: Inbox): Inbox;
  /** Does a journey's work while no other replica is at work in that conversation. */
  journey(
    conversationId: string,
    slot: Slot,
    work: (slot: Slot, record: TurnRecord) => Promise<unknown>,
  ): Promise<void>;
  /** The queue of all replicas over the one of this process. */
  queueOver(local: InProcessQueue): Pick<InProcessQueue, "add" | "runAlone" | "drain">;
  sweepTurns: SweepTurns;
  /** Learning from past conversations, once over all replicas. */
  backfillOver(local: Backfill): SharedBackfill;
  /** Replicas that are alive, as far as is known. */
  count(): number;
  close(): Promise<void>;
};

/** A journey that rests takes no place, so more hints are taken than are worked on. */
const takenPerPlace = 4;

/** @returns `null` where no Redis is configured: one process answers alone then */
export function createReplication(
  { redis, intercom, sweepIntervalMs, parallelConversations }: Config,
  given: {
    observed: ObservedVersions;
    record: TurnRecord;
    retryDelaysMs: number[];
    health: DependencyHealth;
    clock(): number;
    log: Log;
  },
): Replication | null {
  if (redis === null || intercom === null) return null;
  const { health, log } = given;
  const replicaId = randomUUID();
  const link = createRedisLink({
    url: redis.url,
    // Two installations that reply in the name of one teammate are one.
    installation: intercom.adminId,
    onOk: () => health.ok("redis"),
    onFailing: (why) => health.failing("redis", why),
    log,
  });
  // While a secret is being changed, some replicas know both and some one of them.
  const seal = createSeal(intercom.webhookSecrets, "redis");
  const replicas = createReplicas(link, replicaId, redis.turnMs);
  const leases = createLeases(link, replicas, {
    replicaId,
    leaseMs: redis.lockMs,
    politenessMs: redis.politenessMs,
    turnMs: redis.turnMs,
    log,
  });
  const turns = createSharedTurns(link, seal, given.record);

  let queue: SharedQueue | null = null;

  async function during<T>(visit: Visit, work: () => Promise<T>): Promise<T> {
    try {
      await turns.load(visit.conversationId);
      return await work();
    } finally {
      await turns.settled();
      await leases.leave(visit);
    }
  }

  return {
    async open() {
      await link.open();
      await replicas.start();
      await queue?.start();
    },
    observed: createSharedObserved(link, given.observed, given.clock),
    record: {
      ...given.record,
      replied: (conversationId, ...reply) =>
        turns.of(conversationId).replied(conversationId, ...reply),
    },
    fenced(inbox) {
      const inTime = (write: Inbox["reply"]): Inbox["reply"] => {
        return async (conversationId, markdown) =>
          (await leases.mayWrite(conversationId))
            ? write(conversationId, markdown)
            : { result: "not-yet", retryAfterMs: 0 };
      };
      return { ...inbox, reply: inTime(inbox.reply), note: inTime(inbox.note) };
    },
    async journey(conversationId, slot, work) {
      const visit: Visit = { conversationId, rest: slot.rest, hasWaited: false, writeUntil: never };
      const shared: Slot = {
        ...slot,
        async rest(ms, signal) {
          await slot.rest(ms, signal);
          // What follows is the last reading before something is sent: is it still ours to send?
          if (!signal?.aborted) await leases.enterToWrite(visit);
        },
      };
      await leases.enter(visit);
      await during(visit, () => work(shared, turns.of(conversationId)));
    },
    queueOver(local) {
      const alone: WorkQueue["runAlone"] = (conversationId, work) =>
        local.runAlone(conversationId, async () => {
          const visit = visitAlone(conversationId);
          await leases.enterToWrite(visit);
          return during(visit, work);
        });
      const shared = createSharedQueue({
        link,
        local: { ...local, runAlone: alone },
        seal,
        taken: parallelConversations * takenPerPlace,
        retryDelaysMs: given.retryDelaysMs,
        lockMs: redis.lockMs,
        isNotBegun: (error) => error instanceof NotBegun,
        log,
      });
      queue = shared;
      return shared;
    },
    backfillOver: (local) => createSharedBackfill(link, replicaId, local),
    sweepTurns: createSweepTurns(link, replicaId, sweepIntervalMs),
    count: replicas.count,
    async close() {
      leases.stop();
      await replicas.stop();
      await link.close();
    },
  };
}
