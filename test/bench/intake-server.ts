import { createServer } from "node:http";
import { createInProcessQueue } from "../../src/adapters/queue/in-process-queue.ts";
import { createApp } from "../../src/http/app.ts";
import { createDraining } from "../../src/http/draining.ts";
import { createLog } from "../../src/lib/log.ts";
import "./answer-usage.ts";
import { nothingYet } from "../fixtures/readiness.ts";
import { webhookSecret } from "./webhook-bodies.ts";

/** The real edge, queue and log; only the journeys have nothing to do. */
const log = createLog("info");
const queue = createInProcessQueue({
  parallel: 8,
  retryDelaysMs: [],
  log,
  work: async () => {},
});
const app = createApp({
  webhook: {
    secrets: [webhookSecret],
    queue,
    isOtherWorkspace: (appId) => appId !== "abc123def",
    log,
  },
  readiness: () => nothingYet,
  draining: createDraining(Date.now),
  adminGuard: null,
  adminRoutes: [],
  log,
});
createServer(app).listen(Number(process.env.PORT), "127.0.0.1");
