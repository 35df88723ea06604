import express, { type ErrorRequestHandler, type Response, Router } from "express";
import { z } from "zod";

import type { BackfillOptions, BackfillReport } from "../core/learning/backfill-report.ts";
import { UpstreamError } from "../lib/errors.ts";

const time = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((value) => Date.parse(value));

const wanted = z.strictObject({
  since: time.nullish(),
  until: time.nullish(),
  limit: z.number().int().min(1).nullish(),
  dryRun: z.boolean().default(false),
});

/** Learning from past conversations, in this process or, over several replicas, in any of them. */
export type SyncRuns = {
  start(options: BackfillOptions): Awaitable<{ isNew: boolean; report: BackfillReport | null }>;
  report(): Awaitable<BackfillReport | null>;
  /** @returns whether there was a run to stop */
  stop(): Awaitable<boolean>;
};

type Awaitable<T> = T | Promise<T>;

/**
 * `POST /sync` starts learning from past conversations, `GET /sync` shows how it goes, `DELETE /sync`
 * stops it. Whoever mounts them puts the authentication in front.
 *
 * @param backfill `null` where there is no Intercom to learn from
 */
export function createSyncRoutes(backfill: SyncRuns | null): Router {
  const routes = Router();
  if (backfill === null) {
    routes.all("/sync", (_request, response) => {
      const error = "There is nothing to learn from: in mock mode Intercom is only stood in for.";
      response.status(503).json({ error });
    });
    return routes;
  }

  routes.post("/sync", express.json(), async (request, response) => {
    const options = wanted.safeParse(request.body ?? {});
    if (!options.success) {
      refuse(response, options.error);
      return;
    }
    const { since = null, until = null, limit = null, dryRun } = options.data;
    const { isNew, report } = await backfill.start({ since, until, limit, dryRun });
    if (!isNew || report === null) {
      response.status(409).json({ error: "A sync is already running.", run: report });
      return;
    }
    response.status(202).json({
      status: "sync_started",
      message: "Syncing all conversations in the background. Check logs for progress.",
      id: report.id,
    });
  });

  routes.get("/sync", async (_request, response) => {
    response.json((await backfill.report()) ?? { state: "idle" });
  });

  routes.delete("/sync", async (_request, response) => {
    if (await backfill.stop()) response.status(202).json({ status: "sync_stopping" });
    else response.status(404).json({ error: "No sync is running." });
  });

  routes.use("/sync", sayThatNobodyKnows);
  return routes;
}

/** Several replicas ask each other by Redis whether one of them is at it already. */
const sayThatNobodyKnows: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof UpstreamError && error.service === "redis")) {
    next(error);
    return;
  }
  response.status(503).json({
    error:
      "Redis is away, so nobody knows whether another replica is syncing. Nothing was done; try again when /ready shows redis as ok.",
  });
};

function refuse(response: Response, { issues }: z.ZodError): void {
  const wrong = issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  const error = `Send nothing, or JSON with since, until (ISO 8601), limit (a number) or dryRun (true). ${wrong.join("; ")}.`;
  response.status(400).json({ error });
}
