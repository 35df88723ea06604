import { randomUUID } from "node:crypto";
import { createInProcessQueue, NotBegun } from "../../../src/adapters/queue/in-process-queue.ts";
import { createRedisLink } from "../../../src/adapters/redis/redis-link.ts";
import { createSharedQueue } from "../../../src/adapters/redis/shared-queue.ts";
import type { Slot } from "../../../src/core/ports.ts";
import type { Hint } from "../../../src/core/types.ts";
import { createSeal } from "../../../src/lib/seal.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

export const hintAbout = (
  conversationId: string,
  partId: string | null = null,
  text = "",
): Hint => ({
  conversationId,
  from: "webhook",
  partId,
  contactId: null,
  text,
});

/** A connection as one replica has it; `installation` keeps the tests apart on one Redis. */
export async function openLink(url: string, installation: string) {
  const log = createRecordingLog();
  const states: string[] = [];
  const link = createRedisLink({
    url,
    installation,
    onOk: () => void states.push("ok"),
    onFailing: () => void states.push("failing"),
    log,
  });
  await link.open();
  return { link, log, states };
}

/** A journey that a replica under test has begun; `begun` counts over all of them, in time's order. */
export interface BegunJourney {
  hint: Hint;
  slot: Slot;
  begun: number;
  end(error?: Error): void;
}

let begunSoFar = 0;

/** The queue of one replica, whose journeys end when the test says so. */
export async function startReplicaQueue(
  url: string,
  installation: string,
  options: { retryDelaysMs?: number[]; lockMs?: number; parallel?: number } = {},
) {
  const { link, log } = await openLink(url, installation);
  const started: BegunJourney[] = [];
  const local = createInProcessQueue({
    parallel: options.parallel ?? 8,
    retryDelaysMs: options.retryDelaysMs ?? [],
    log,
    work: (hint, slot) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
        started.push({ hint, slot, begun: begunSoFar++, end });
      }),
  });
  const queue = createSharedQueue({
    link,
    local,
    seal: createSeal(["secret"], "redis"),
    taken: 8,
    retryDelaysMs: options.retryDelaysMs ?? [],
    lockMs: options.lockMs ?? 60_000,
    isNotBegun: (error) => error instanceof NotBegun,
    log,
  });
  await queue.start();
  return {
    queue,
    link,
    log,
    started,
    async stop() {
      for (const { end } of started) end();
      await queue.drain(1_000);
      await link.close();
    },
  };
}

export const newInstallation = () => randomUUID();
