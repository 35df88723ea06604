import type { RedisLink } from "./redis-link.ts";

export type SweepState = { lastAt: string | null; leftToPeople: number };

export type SweepTurns = {
  /** Whether it is for this replica to sweep now; while Redis is away each one does. */
  isMine(): Promise<boolean>;
  /** Tells the others how the sweep went. */
  done(state: SweepState): Promise<void>;
  /** How the last sweep of any replica went, or `null` where that is not known. */
  last(): Promise<SweepState | null>;
};

/** A sweep comes a little early rather than one period late. */
const periodShare = 0.9;
const keptForPeriods = 100;

/** One sweep in each period over all replicas: whoever comes first takes it. */
export function createSweepTurns(
  link: RedisLink,
  replicaId: string,
  intervalMs: number,
): SweepTurns {
  const turnKey = link.key("sweep");
  const stateKey = link.key("last-sweep");
  const periodMs = Math.round(intervalMs * periodShare);
  return {
    async isMine() {
      try {
        const taken = await link.ask((client) =>
          client.set(turnKey, replicaId, "PX", periodMs, "NX"),
        );
        return taken === "OK";
      } catch {
        return true;
      }
    },
    async done(state) {
      const text = JSON.stringify(state);
      await link
        .ask((client) => client.set(stateKey, text, "PX", intervalMs * keptForPeriods))
        .catch(() => undefined);
    },
    async last() {
      const text = await link.ask((client) => client.get(stateKey)).catch(() => null);
      return text === null ? null : (JSON.parse(text) as SweepState);
    },
  };
}
