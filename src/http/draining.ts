import type { Clock } from "../core/ports.ts";
import { within } from "../lib/within.ts";

/** Whoever asked within that time is taken to ask again; Kubernetes asks every 10 s unless told otherwise. */
const probedWithinMs = 30_000;
/** With the 18 s in which journeys may finish, a stop stays below the 30 s that a container has for it. */
const longestWaitMs = 5_000;

/** Whether new work is welcome, as `GET /readyz` says it. */
export type Draining = {
  /** @returns whether new work is welcome */
  probe(): boolean;
  /**
   * From now on no new work is welcome.
   * @returns when somebody who probes has seen it, at once where nobody does, at the latest after 5 s
   */
  begin(): Promise<void>;
};

export function createDraining(clock: Clock): Draining {
  let isDraining = false;
  let probedAt = Number.NEGATIVE_INFINITY;
  let tellSeen = () => {};
  return {
    probe() {
      probedAt = clock();
      if (isDraining) tellSeen();
      return !isDraining;
    },
    async begin() {
      isDraining = true;
      if (clock() - probedAt > probedWithinMs) return;
      await within(
        longestWaitMs,
        new Promise<void>((resolve) => {
          tellSeen = resolve;
        }),
      );
    },
  };
}
