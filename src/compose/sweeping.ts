import type { Sweep } from "../core/answering/sweep.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { Log } from "../core/ports.ts";
import { sleep } from "../lib/sleep.ts";

const sweepRetryMs = 5_000;

/** How several replicas share the sweep: one of them sweeps for all. */
export type SharedSweeping = {
  isMine(): Promise<boolean>;
  done(state: SweepState): Promise<void>;
  last(): Promise<SweepState | null>;
};

type SweepState = { lastAt: string | null; leftToPeople: number };

/**
 * Sweeps at once and then again and again, each pause counted from the end of the one before.
 *
 * @param shared `null` where one process sweeps alone. At its start each replica sweeps by itself,
 *   because it may be the one that comes after a crash
 */
export function createSweeping(
  sweep: Sweep,
  intervalMs: number,
  health: DependencyHealth,
  shared: SharedSweeping | null,
  log: Log,
) {
  const stopping = new AbortController();
  const state: SweepState = { lastAt: null, leftToPeople: 0 };
  const run = async (kind: "start" | "periodic") => {
    try {
      if (kind === "periodic" && shared !== null && !(await shared.isMine())) {
        Object.assign(state, await shared.last());
        return true;
      }
      const { leftToPeople } = await sweep.run(kind);
      Object.assign(state, { lastAt: new Date().toISOString(), leftToPeople });
      await shared?.done(state);
      health.ok("intercom");
      return true;
    } catch (error) {
      health.failing("intercom", error);
      log.warn({ error }, "sweep failed, trying again");
      return false;
    }
  };
  return {
    state: () => ({ ...state }),
    async start() {
      // Until it has worked once, it is the one at start: what a crash left behind must be found.
      let kind: "start" | "periodic" = "start";
      while (!stopping.signal.aborted) {
        if (await run(kind)) kind = "periodic";
        await sleep(kind === "start" ? sweepRetryMs : intervalMs, stopping.signal);
      }
    },
    stop: () => stopping.abort(),
  };
}
