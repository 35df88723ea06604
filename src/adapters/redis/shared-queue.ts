import type { Job, Queue, Worker } from "bullmq";
import type { Log, WorkQueue } from "../../core/ports.ts";
import type { Hint } from "../../core/types.ts";
import type { Seal } from "../../lib/seal.ts";
import { within } from "../../lib/within.ts";
import type { RedisLink } from "./redis-link.ts";

/** The queue of this process, in which everything is done. */
export type LocalQueue = WorkQueue & {
  follow(hint: Hint): Promise<void>;
  tell(hint: Hint): void;
  drain(timeoutMs: number): Promise<number>;
};

export type SharedQueue = WorkQueue & {
  /** Begins to take hints from Redis: before it resolves, or as soon as Redis is there. */
  start(): Promise<void>;
  /** Takes no further hint, lets those under way finish and gives back the others. */
  drain(timeoutMs: number): Promise<number>;
};

export type SharedQueueOptions = {
  link: RedisLink;
  local: LocalQueue;
  seal: Seal;
  /** How many hints this replica takes from Redis at a time. */
  taken: number;
  /** Pauses before the next tries of a conversation that failed; after that the sweep finds it. */
  retryDelaysMs: number[];
  /** For how long a hint stays with a replica that does not say that it is alive. */
  lockMs: number;
  /** Whether that error means that nothing was begun, because the process is stopping. */
  isNotBegun(error: unknown): boolean;
  log: Log;
};

type Kept = Omit<Hint, "text"> & { sealedText: string };

const queueName = "conversations";
/** Many, because `replace` begins to count anew: how often a conversation has failed is counted beside. */
const attempts = 100;
/** A process that is killed again and again must not lose the conversation that it happened to have. */
const maxStalledCount = 10;
const failuresKeptForSeconds = 600;
const addTimeoutMs = 1_000;

/**
 * The queue of several replicas: hints lie in Redis (BullMQ), one at a time for each conversation over
 * all of them, and are followed in the process that takes them. It holds hints, not work: what is lost
 * with Redis is found again by the sweep. While Redis is away, hints stay in the process that got them.
 */
export function createSharedQueue(options: SharedQueueOptions): SharedQueue {
  const { link, local, seal, retryDelaysMs, log } = options;
  const channel = link.key("hints");
  const prefix = link.key("queue");
  let queue: Queue | null = null;
  let worker: Worker | null = null;
  let isOpening = false;
  let isDraining = false;

  async function put(hint: Hint): Promise<void> {
    const open = queue;
    if (open === null) throw new Error("the shared queue is not open yet");
    const { text, ...rest } = hint;
    const kept: Kept = { ...rest, sealedText: text === "" ? "" : seal.close(text) };
    await link.ask(async (client) => {
      const adding = open.add("look", kept, {
        deduplication: { id: hint.conversationId, keepLastIfActive: true, replace: true },
        attempts,
        backoff: { type: "custom" },
        removeOnComplete: true,
        removeOnFail: true,
      });
      // A journey under way, on whatever replica, must hear of a newer message at once.
      await Promise.all([
        orTimeout(adding),
        hint.partId === null ? null : client.publish(channel, JSON.stringify(rest)),
      ]);
    });
  }

  async function follow(job: Job<Kept>, token: string | undefined): Promise<void> {
    const { sealedText, ...rest } = job.data;
    const { conversationId } = rest;
    let isBegun = true;
    try {
      await local.follow({ ...rest, text: seal.open(sealedText) ?? "" });
    } catch (error) {
      if (!options.isNotBegun(error)) throw await failed(conversationId, error);
      isBegun = false;
    }
    if (!isBegun) {
      await job.moveToWait(token);
      const { WaitingError } = await import("bullmq");
      throw new WaitingError();
    }
    await link.ask((client) => client.del(failuresKey(conversationId))).catch(() => undefined);
  }

  const failuresKey = (conversationId: string) => link.key(`failures:${conversationId}`);

  /** Counts a failure over all replicas. @returns what tells BullMQ when to try again, or not to */
  async function failed(conversationId: string, error: unknown): Promise<JourneyFailed> {
    const key = failuresKey(conversationId);
    const count = await link
      .ask(async (client) => {
        const incremented = await client.incr(key);
        await client.expire(key, failuresKeptForSeconds);
        return incremented;
      })
      .catch(() => retryDelaysMs.length + 1);
    const retryInMs = retryDelaysMs[count - 1] ?? null;
    if (retryInMs === null) {
      await link.ask((client) => client.del(key)).catch(() => undefined);
      log.error({ conversationId, error }, "journey failed, left to the sweep");
    } else {
      log.warn({ conversationId, error, retryInMs }, "journey failed, trying again");
    }
    return new JourneyFailed(retryInMs, error);
  }

  /** Only once Redis is there: BullMQ never recovers from a first connection that failed. */
  async function open(): Promise<void> {
    if (queue !== null || isOpening || isDraining) return;
    isOpening = true;
    try {
      const bullmq = await import("bullmq");
      const producing = await link.ask(async (client) => client);
      const opened = new bullmq.Queue(queueName, { connection: producing, prefix });
      opened.on("error", noteError);
      await opened.waitUntilReady();
      const working = new bullmq.Worker<Kept>(queueName, follow, {
        connection: await link.another(),
        prefix,
        concurrency: options.taken,
        lockDuration: options.lockMs,
        stalledInterval: options.lockMs / 4,
        maxStalledCount,
        settings: {
          backoffStrategy: (_made, _type, error) =>
            error instanceof JourneyFailed && error.retryInMs !== null ? error.retryInMs : -1,
        },
      });
      working.on("error", noteError);
      await listen();
      worker = working;
      queue = opened;
    } catch (error) {
      noteError(error);
    } finally {
      isOpening = false;
    }
  }

  async function listen(): Promise<void> {
    const listening = await link.another();
    listening.on("message", (_channel, text) => {
      local.tell({ ...(JSON.parse(text) as Omit<Hint, "text">), text: "" });
    });
    await listening.subscribe(channel);
  }

  function noteError(error: unknown): void {
    log.debug({ error: error instanceof Error ? error.message : String(error) }, "shared-queue");
  }

  return {
    async start() {
      if (link.isUp()) await open();
      link.onUp(() => void open());
    },
    add(hint) {
      if (isDraining) return;
      if (queue === null || !link.isUp()) local.add(hint);
      else put(hint).catch(() => local.add(hint));
    },
    runAlone: local.runAlone,
    async drain(timeoutMs) {
      isDraining = true;
      const closing = worker?.close();
      closing?.catch(noteError);
      const unfinished = await local.drain(timeoutMs);
      // What is given back is given back by now; the rest is found stalled by another replica.
      await within(1_000, Promise.resolve(closing));
      if (unfinished > 0) await within(1_000, worker?.close(true) ?? Promise.resolve());
      await within(1_000, queue?.close() ?? Promise.resolve());
      return unfinished;
    },
  };
}

/** Says when BullMQ is to try again; `null`: the sweep will. */
class JourneyFailed extends Error {
  override readonly name = "JourneyFailed";
  readonly retryInMs: number | null;

  constructor(retryInMs: number | null, cause: unknown) {
    // The reason stays in the log: in Redis it would outlive the journey.
    super("journey failed", { cause });
    this.retryInMs = retryInMs;
  }
}

async function orTimeout(work: Promise<unknown>): Promise<void> {
  let isDone = false;
  await within(
    addTimeoutMs,
    work.then(() => {
      isDone = true;
    }),
  );
  if (!isDone) throw new Error("Redis did not take the hint in time");
}
