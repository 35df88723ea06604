import type { Log } from "../../core/ports.ts";
import { sleep } from "../../lib/sleep.ts";
import type { RedisLink } from "./redis-link.ts";
import type { Replicas } from "./replicas.ts";

export type Leases = {
  /**
   * Waits until this replica alone may look at a conversation. While Redis is away, the replicas go one
   * after the other with it.
   */
  enter(visit: Visit): Promise<void>;
  /**
   * Waits until this replica alone may write to a conversation, after it has read it once more: what
   * `enter` gave may have been lost meanwhile. While Redis is away, the replicas write in turns.
   */
  enterToWrite(visit: Visit): Promise<void>;
  /**
   * Whether what `enterToWrite` gave still holds: reading may have taken long. Where it does not, it is
   * waited for anew, and the conversation must be read once more before anything is written.
   */
  mayWrite(conversationId: string): Promise<boolean>;
  /** Lets the others in. */
  leave(visit: Visit): Promise<void>;
  stop(): void;
};

/** One stay in a conversation, from its first `enter` to `leave`. */
export type Visit = {
  conversationId: string;
  /** Waits without keeping others from working; ends early on the signal. */
  rest(ms: number, signal?: AbortSignal): Promise<void>;
  /** Whether it has let the others go first already. */
  hasWaited: boolean;
  /** When a write may begin: for as long as the lease is sure, or until a time by `performance.now()`. */
  writeUntil: { whileSure: boolean; at: number };
};

export type LeaseOptions = {
  /** What distinguishes this process from all others. */
  replicaId: string;
  /** For how long a conversation stays with a replica that does not renew it: one that was killed. */
  leaseMs: number;
  /** How long each replica waits for the one before it while Redis cannot say whose turn it is. */
  politenessMs: number;
  /** How long each replica's turn to write is then. */
  turnMs: number;
  log: Log;
};

const pollMs = 100;
/** A replica that started while Redis is away knows no turns, and lets the others go for so many of them. */
const strangerPatience = 4;
const strangerWriteMs = 1_000;
/** Where Redis comes and goes all the time, nobody waits for it to settle for more than so many turns. */
const longestWaitTurns = 8;
/** Of a visit that has not asked yet. */
export const never = { whileSure: false, at: 0 };
/** Mine already, or nobody's: mine for another while. */
const hold = `
  local holder = redis.call('GET', KEYS[1])
  if holder and holder ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1`;
const release = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`;

/**
 * One replica at a time for each conversation, whatever it does there: a journey, or what a person
 * decided in Slack. A lease saves work and closes the moment between reading and writing; what it
 * cannot know, the reading right before each write still finds.
 */
export function createLeases(
  link: RedisLink,
  replicas: Pick<Replicas, "othersBefore" | "turn">,
  options: LeaseOptions,
): Leases {
  const { replicaId, leaseMs, politenessMs, turnMs, log } = options;
  const held = new Set<string>();
  const visits = new Map<string, Visit>();
  const keyOf = (conversationId: string) => link.key(`lease:${conversationId}`);
  const renewing = setInterval(() => {
    for (const conversationId of held) void tryToHold(conversationId);
  }, leaseMs / 3);
  renewing.unref();

  async function tryToHold(conversationId: string): Promise<"held" | "taken" | "unknown"> {
    try {
      const key = keyOf(conversationId);
      const answer = await link.ask((client) => client.eval(hold, 1, key, replicaId, leaseMs));
      return answer === 1 ? "held" : "taken";
    } catch {
      return "unknown";
    }
  }

  /** Waits while another replica is at it. @returns whether it is ours now, or Redis cannot say */
  async function holdOrGoOn({ conversationId, rest }: Visit): Promise<"held" | "unknown"> {
    // Not the wall clock: it may be set while we wait.
    const saidAfter = performance.now() + leaseMs * 2;
    let isSaid = false;
    for (;;) {
      const answer = await tryToHold(conversationId);
      if (answer === "held") held.add(conversationId);
      if (answer !== "taken") return answer;
      if (performance.now() > saidAfter && !isSaid) {
        isSaid = true;
        log.warn({ conversationId }, "another replica stays in this conversation for long");
      }
      await rest(pollMs);
    }
  }

  async function enterToWrite(visit: Visit): Promise<void> {
    visits.set(visit.conversationId, visit);
    const startedAt = performance.now();
    for (;;) {
      const answer = await holdOrGoOn(visit);
      const isPatient = performance.now() - startedAt < longestWaitTurns * turnMs;
      // Right after it came back, others may still be writing without it.
      if (answer === "held" && !(isPatient && link.isUnsettled())) {
        visit.writeUntil = { whileSure: isPatient, at: performance.now() + leaseMs / 2 };
        return;
      }
      const turn = replicas.turn();
      const waitMs = Math.max(
        // What another one began while it was sure of its lease must be over.
        isPatient ? turnMs - link.changedMsAgo() : 0,
        turn?.inMs ?? startedAt + strangerPatience * politenessMs - performance.now(),
      );
      if (waitMs <= 0) {
        const leftMs = turn?.leftMs ?? strangerWriteMs;
        visit.writeUntil = { whileSure: false, at: performance.now() + leftMs };
        return;
      }
      await visit.rest(Math.min(pollMs, waitMs));
    }
  }

  return {
    async enter(visit) {
      visits.set(visit.conversationId, visit);
      if ((await holdOrGoOn(visit)) === "held" || visit.hasWaited) return;
      const others = replicas.othersBefore(visit.conversationId);
      const until = performance.now() + others * politenessMs;
      while (performance.now() < until) {
        await visit.rest(pollMs);
        if ((await holdOrGoOn(visit)) === "held") return;
      }
      visit.hasWaited = true;
    },
    enterToWrite,
    async mayWrite(conversationId) {
      const visit = visits.get(conversationId);
      if (visit === undefined) return true;
      const { whileSure, at } = visit.writeUntil;
      if (performance.now() < at && !(whileSure && link.isUnsettled())) return true;
      await enterToWrite(visit);
      return false;
    },
    async leave({ conversationId }) {
      visits.delete(conversationId);
      held.delete(conversationId);
      const key = keyOf(conversationId);
      await link.ask((client) => client.eval(release, 1, key, replicaId)).catch(() => undefined);
    },
    stop: () => clearInterval(renewing),
  };
}

/** A visit of something that takes no place among the journeys. */
export const visitAlone = (conversationId: string): Visit => ({
  conversationId,
  rest: sleep,
  hasWaited: false,
  writeUntil: never,
});
