import type { Log } from "../../core/ports.ts";
import { sleep } from "../../lib/sleep.ts";
import type { RedisLink } from "./redis-link.ts";
import type { Replicas } from "./replicas.ts";

export type Leases = {
  /**
   * Waits until this replica alone may act in a conversation; to be asked again right before the
   * conversation is read for the last time. While Redis is away the replicas go one after the other.
   */
  enter(visit: Visit): Promise<void>;
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
};

export type LeaseOptions = {
  /** What distinguishes this process from all others. */
  replicaId: string;
  /** For how long a conversation stays with a replica that does not renew it: one that was killed. */
  leaseMs: number;
  /** How long each replica waits for the one before it while Redis cannot say whose turn it is. */
  politenessMs: number;
  log: Log;
};

const pollMs = 100;
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
  replicas: Pick<Replicas, "othersBefore">,
  options: LeaseOptions,
): Leases {
  const { replicaId, leaseMs, politenessMs, log } = options;
  const held = new Set<string>();
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

  return {
    async enter(visit) {
      const { conversationId } = visit;
      const saidAfter = performance.now() + leaseMs * 2;
      let politeUntil: number | null = null;
      let isSaid = false;
      for (;;) {
        const answer = await tryToHold(conversationId);
        // Not the wall clock: it may be set while we wait.
        const now = performance.now();
        if (answer === "held") {
          held.add(conversationId);
          return;
        }
        if (answer === "unknown") {
          politeUntil ??= now + replicas.othersBefore(conversationId) * politenessMs;
          if (visit.hasWaited || now >= politeUntil) {
            visit.hasWaited = true;
            return;
          }
        } else if (now > saidAfter && !isSaid) {
          isSaid = true;
          log.warn({ conversationId }, "another replica stays in this conversation for long");
        }
        await visit.rest(pollMs);
      }
    },
    async leave({ conversationId }) {
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
});
