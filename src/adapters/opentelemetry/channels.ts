import { channel } from "node:diagnostics_channel";
import type { Hint, JourneyReport } from "../../core/types.ts";

/** A journey that an error ended. */
export type BrokenOff = { hint: Hint; startedAt: number; error: unknown };

/** Told when the service stops; what is given to `waitFor` is waited for, for a while. */
export type Stopping = { waitFor(work: Promise<unknown>): void };

/**
 * Where the service tells what it does, for whoever was loaded with `--import` and listens. Where
 * nobody does, telling costs a call that returns at once.
 */
export const channels = {
  hinted: channel("auto-responder:hinted"),
  ended: channel("auto-responder:journey-ended"),
  brokeOff: channel("auto-responder:journey-broke-off"),
  stopping: channel("auto-responder:stopping"),
};

export const tell = {
  hinted: (hint: Hint) => channels.hinted.publish(hint),
  ended: (report: JourneyReport) => channels.ended.publish(report),
  brokeOff: (broken: BrokenOff) => channels.brokeOff.publish(broken),
  /** Resolves when those who listen have done what they must before the end. */
  async stopping(): Promise<void> {
    const work: Promise<unknown>[] = [];
    const stopping: Stopping = { waitFor: (one) => void work.push(one) };
    channels.stopping.publish(stopping);
    await Promise.allSettled(work);
  },
};
