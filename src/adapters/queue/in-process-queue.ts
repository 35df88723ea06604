import type { Log, Slot, WorkQueue } from "../../core/ports.ts";
import type { Hint } from "../../core/types.ts";
import { createSemaphore } from "../../lib/semaphore.ts";
import { sleep } from "../../lib/sleep.ts";
import { steadyClock } from "../../lib/steady-clock.ts";
import { within } from "../../lib/within.ts";

export type InProcessQueue = WorkQueue & {
  /** Conversations with work waiting or under way. */
  size(): number;
  /** Since when the oldest of them has been here, in milliseconds since 1970; `null`: there is none. */
  oldestSince(): number | null;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /**
   * Begins no further journey and waits for those under way.
   * @returns how many were still running when the time was over
   */
  drain(timeoutMs: number): Promise<number>;
  /**
   * Follows a hint that another queue keeps, and tells how that went instead of trying again.
   * @throws NotBegun when the process stopped before the journey began; else whatever the journey threw
   */
  follow(hint: Hint): Promise<void>;
  /** Tells the journey under way, if there is one, about a hint that somebody else takes care of. */
  tell(hint: Hint): void;
};

/** The process is stopping, and nothing was done about the hint. */
export class NotBegun extends Error {
  override readonly name = "NotBegun";
}

export type QueueOptions = {
  /** How many journeys may run at a time; one that only rests does not count. */
  parallel: number;
  /** One journey. A rejection is logged here and the conversation is looked at again later. */
  work(hint: Hint, slot: Slot): Promise<void>;
  /** Pauses before the next tries of a conversation that failed; after that the sweep finds it. */
  retryDelaysMs: number[];
  log: Log;
};

/**
 * A conversation's place in the queue: everything about one conversation happens in turn. While it
 * waits it is these few fields and no more, because in a burst thousands wait.
 */
type Lane = {
  conversationId: string;
  since: number;
  hint: Hint | null;
  tasks: (() => Promise<void>)[];
  listener: ((hint: Hint) => void) | null;
  followers: Follower[];
};

/** Somebody who wants to know how the next journey went. */
type Follower = { resolve(): void; reject(error: unknown): void };

/**
 * The queue of one process. It holds hints, not work: what is lost with the process is found again
 * by the sweep, because the conversations themselves are in Intercom.
 */
export function createInProcessQueue(options: QueueOptions): InProcessQueue {
  const { work, retryDelaysMs, log } = options;
  const places = createSemaphore(options.parallel);
  const lanes = new Map<string, Lane>();
  const failures = new Map<string, number>();
  const idleListeners: (() => void)[] = [];
  let isDraining = false;

  function laneOf(conversationId: string): Lane {
    const existing = lanes.get(conversationId);
    if (existing !== undefined) return existing;
    const lane: Lane = {
      ...{ conversationId, since: steadyClock() },
      ...{ hint: null, tasks: [], listener: null, followers: [] },
    };
    lanes.set(conversationId, lane);
    // Let the caller finish first: it is about to say what there is to do.
    queueMicrotask(() => proceed(lane));
    return lane;
  }

  /** Does what is next in a lane, and comes back when that is done. */
  function proceed(lane: Lane): void {
    const task = lane.tasks.shift();
    if (task !== undefined) void task().then(() => proceed(lane));
    else if (lane.hint !== null && !isDraining) places.acquire(() => void look(lane));
    else leave(lane);
  }

  function leave({ conversationId, followers }: Lane): void {
    for (const { reject } of followers) reject(new NotBegun());
    lanes.delete(conversationId);
    if (lanes.size === 0) for (const listener of idleListeners.splice(0)) listener();
  }

  async function look(lane: Lane): Promise<void> {
    const { hint, conversationId } = lane;
    lane.hint = null;
    if (hint !== null && !isDraining) {
      const followers = lane.followers.splice(0);
      try {
        await work(hint, slotIn(lane));
        failures.delete(conversationId);
        for (const { resolve } of followers) resolve();
      } catch (error) {
        for (const { reject } of followers) reject(error);
        if (followers.length === 0) tryAgainLater(conversationId, error);
      }
    }
    lane.listener = null;
    places.release();
    proceed(lane);
  }

  function slotIn(lane: Lane): Slot {
    return {
      onHint(listener) {
        lane.listener = listener;
      },
      async rest(ms, signal) {
        if (ms <= 0) return;
        places.release();
        await sleep(ms, signal);
        await new Promise<void>((resolve) => places.acquire(resolve));
      },
    };
  }

  function tryAgainLater(conversationId: string, error: unknown): void {
    const failed = (failures.get(conversationId) ?? 0) + 1;
    const delayMs = retryDelaysMs[failed - 1];
    if (delayMs === undefined || isDraining) {
      failures.delete(conversationId);
      log.error({ conversationId, error }, "journey failed, left to the sweep");
      return;
    }
    failures.set(conversationId, failed);
    log.warn({ conversationId, error, retryInMs: delayMs }, "journey failed, trying again");
    const again: Hint = { conversationId, from: "retry", partId: null, contactId: null, text: "" };
    setTimeout(() => queue.add(again), delayMs).unref();
  }

  function enter(hint: Hint): Lane {
    const lane = laneOf(hint.conversationId);
    lane.listener?.(hint);
    // A notification knows the text; a later hint without one must not hide it.
    lane.hint = hint.partId === null && lane.hint !== null ? lane.hint : hint;
    return lane;
  }

  const queue: InProcessQueue = {
    add(hint) {
      if (!isDraining) enter(hint);
    },
    follow(hint) {
      if (isDraining) return Promise.reject(new NotBegun());
      return new Promise((resolve, reject) => enter(hint).followers.push({ resolve, reject }));
    },
    tell: (hint) => lanes.get(hint.conversationId)?.listener?.(hint),
    runAlone(conversationId, task) {
      return new Promise((resolve, reject) => {
        laneOf(conversationId).tasks.push(async () => {
          try {
            resolve(await task());
          } catch (error) {
            reject(error);
          }
        });
      });
    },
    size: () => lanes.size,
    // A conversation keeps its place until it leaves, so the first one has been here longest.
    oldestSince: () => lanes.values().next().value?.since ?? null,
    async idle() {
      if (lanes.size > 0) await new Promise<void>((resolve) => idleListeners.push(resolve));
    },
    async drain(timeoutMs) {
      isDraining = true;
      await within(timeoutMs, queue.idle());
      return lanes.size;
    },
  };
  return queue;
}
