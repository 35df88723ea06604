import { createServer } from "node:http";
import {
  createInProcessQueue,
  type QueueOptions,
} from "../../src/adapters/queue/in-process-queue.ts";
import { compose } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import type { JourneyPorts } from "../../src/core/answering/journey.ts";
import type { Inbox } from "../../src/core/ports.ts";
import { createLog } from "../../src/lib/log.ts";

/**
 * The service as a process, with short waits so that a minute of soak holds an hour of faults.
 * `WITHOUT` switches one safeguard off, to prove that the soak would notice.
 */
const without = process.env.WITHOUT;
// Its customers write more often than the limit on replies allows.
const loaded = loadConfig({ ...process.env, MAX_AUTOMATIC_REPLIES: "1000" });
const config = {
  ...loaded,
  sweepGraceMs: 1_000,
  redis: loaded.redis && { ...loaded.redis, lockMs: 4_000, politenessMs: 1_500, turnMs: 1_200 },
  policy: { ...loaded.policy, settleMs: 600 },
};

endWithParent();
setClockAgainAndAgain(Number(process.env.CLOCK_STEPS_SECONDS ?? 0));
const log = createLog("info");
const service = await compose(config, log, {
  adjust: (ports) => ({ ...ports, inbox: adjusted(ports) }),
  createQueue: without === "single-flight" ? createQueueWithoutLanes : createInProcessQueue,
});
const server = createServer(service.app);
await service.prepare();
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  log.info({ port }, "listening");
  service.start();
});

/** A test that was killed cannot stop what it started. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1_000).unref();
}

/** The machine's clock is set forward or back by up to so much, every second or so. */
function setClockAgainAndAgain(seconds: number): void {
  if (seconds === 0) return;
  const { now } = Date;
  let aheadMs = 0;
  Date.now = () => now() + aheadMs;
  setInterval(() => {
    aheadMs = Math.round((Math.random() * 2 - 1) * seconds * 1000);
  }, 1_000).unref();
}

function adjusted({ inbox }: JourneyPorts): Inbox {
  if (without === "sweep") {
    return { ...inbox, waiting: async () => [], updated: async () => [] };
  }
  return without === "re-reading" ? { ...inbox, read: remembering(inbox.read) } : inbox;
}

/** Hands out the first reading again for as long as a journey lasts. */
function remembering(read: Inbox["read"]): Inbox["read"] {
  const readings = new Map<string, ReturnType<Inbox["read"]>>();
  return (conversationId) => {
    const known = readings.get(conversationId);
    if (known !== undefined) return known;
    const reading = read(conversationId);
    readings.set(conversationId, reading);
    reading.catch(() => readings.delete(conversationId));
    setTimeout(() => readings.delete(conversationId), 3_000);
    return reading;
  };
}

/** Every hint is its own journey, whatever is already under way in that conversation. */
function createQueueWithoutLanes(options: QueueOptions) {
  const queue = createInProcessQueue(options);
  const alone = { onHint() {}, rest: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)) };
  return {
    ...queue,
    add: (hint: Parameters<typeof queue.add>[0]) => void options.work(hint, alone).catch(() => {}),
  };
}
