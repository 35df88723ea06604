import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startIntercomStandIn } from "../stand-ins/intercom.ts";
import { startOpenAIStandIn } from "../stand-ins/openai.ts";
import { startChildServer } from "./child-server.ts";
import type { Figure } from "./figures.ts";
import { webhookRequests, webhookSecret } from "./webhook-bodies.ts";
import { saturate } from "./webhook-load.ts";

const hints = 10_000;
const connections = 32;
/** For what the start left behind to be collected, and for the log to be written. */
const settleMs = 5_000;
const longerThanTheBenchmarkMs = 600_000;
const mebibyte = 1024 * 1024;

/**
 * What the service holds in memory when it has nothing to do, and what is added by hints that have
 * to wait because Intercom does not answer: one journey hangs in its first reading, the others queue.
 */
export async function benchResidentMemory(): Promise<Figure[]> {
  const [intercom, openai, dataDir] = await Promise.all([
    startIntercomStandIn({
      fault: ({ method, path }) =>
        method === "GET" && /^\/conversations\/\d+$/.test(path)
          ? { kind: "hang", ms: longerThanTheBenchmarkMs, when: "before" }
          : null,
    }),
    startOpenAIStandIn(),
    mkdtemp(join(tmpdir(), "auto-responder-bench-")),
  ]);
  const service = await startChildServer("./service.ts", {
    INTERCOM_ACCESS_TOKEN: intercom.accessToken,
    INTERCOM_WEBHOOK_SECRET: webhookSecret,
    REPLY_MODE: "auto",
    INTERCOM_ADMIN_ID: intercom.adminId,
    INTERCOM_API_BASE_URL: intercom.baseUrl,
    OPENAI_BASE_URL: openai.url,
    PARALLEL_CONVERSATIONS: "1",
    DATA_DIR: dataDir,
  });
  try {
    await pause(settleMs);
    const idle = (await service.usage()).residentBytes / mebibyte;
    const until = (sent: number) => sent >= hints;
    await saturate(service.port, webhookRequests(hints), { connections, until });
    await pause(settleMs);
    const queued = await queuedIn(service.port);
    if (queued < hints - connections) throw new Error(`Only ${queued} hints were queued`);
    const loaded = (await service.usage()).residentBytes / mebibyte;
    return [
      {
        name: "resident memory, idle",
        value: idle,
        unit: "MiB",
        goal: { of: "value", atMost: 120 },
        reference: null,
        ratio: null,
      },
      {
        name: `more with ${hints} hints queued`,
        value: loaded - idle,
        unit: "MiB",
        goal: { of: "value", atMost: 60 },
        reference: { name: "idle", value: idle },
        ratio: (loaded - idle) / idle,
      },
    ];
  } finally {
    await service.stop();
    await Promise.all([intercom.stop(), openai.close()]);
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function queuedIn(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/ready`);
  const { queued } = (await response.json()) as { queued: number };
  return queued;
}
