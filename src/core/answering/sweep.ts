import type { Clock, Inbox, Log, WorkQueue } from "../ports.ts";
import type { ObservedVersions } from "./observed-versions.ts";

export type Sweep = {
  /** Looks once for customers whose notification was lost, and hands them to the journey. */
  run(kind: "start" | "periodic"): Promise<SweepResult>;
};

export type SweepResult = {
  found: number;
  /** Conversations that were handed over: new, changed since their last look, or due for another. */
  handedOver: number;
  /** Waiting for longer than the limit: counted for the log, left to people. */
  leftToPeople: number;
};

/**
 * @param options.graceMs younger messages are left to their notification, which is usually here
 * @param options.maxAgeMs who has waited longer is left to people
 * @param options.recentMs how far back the sweep at start looks for conversations that seem answered:
 *   a message may have landed beside the last reply of a process that was killed right after it
 */
export function createSweep(
  ports: { inbox: Inbox; queue: WorkQueue; observed: ObservedVersions; clock: Clock; log: Log },
  options: { graceMs: number; maxAgeMs: number; recentMs: number },
): Sweep {
  const { inbox, queue, observed, clock, log } = ports;
  return {
    async run(kind) {
      const now = clock();
      const oldest = now - options.maxAgeMs;
      const [waiting, recent, leftToPeople] = await Promise.all([
        inbox.waiting({ waitingBefore: now - options.graceMs, updatedAfter: oldest }),
        kind === "start" ? inbox.updated(now - options.recentMs) : [],
        inbox.countWaiting(oldest),
      ]);
      const found = [...new Map([...recent, ...waiting].map((one) => [one.id, one])).values()];
      const changed = await observed.changedAmong(found);
      const ids = new Set([...changed.map(({ id }) => id), ...(await observed.due())]);
      for (const id of ids) {
        queue.add({ conversationId: id, from: "sweep", partId: null, contactId: null, text: "" });
      }
      const result = { found: found.length, handedOver: ids.size, leftToPeople };
      if (ids.size > 0 || kind === "start") log.info(result, "sweep");
      return result;
    },
  };
}
