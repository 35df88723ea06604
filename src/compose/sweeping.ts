import type { Sweep } from "../core/answering/sweep.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { Log } from "../core/ports.ts";
import { sleep } from "../lib/sleep.ts";

const sweepRetryMs = 5_000;

/** Sweeps at once and then again and again, each pause counted from the end of the one before. */
export function createSweeping(
  sweep: Sweep,
  intervalMs: number,
  health: DependencyHealth,
  log: Log,
) {
  const stopping = new AbortController();
  const state = { lastAt: null as string | null, leftToPeople: 0 };
  const run = async (kind: "start" | "periodic") => {
    try {
      const { leftToPeople } = await sweep.run(kind);
      Object.assign(state, { lastAt: new Date().toISOString(), leftToPeople });
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
