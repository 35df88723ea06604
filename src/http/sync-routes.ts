import express, { type ErrorRequestHandler, type Response, Router } from "express";
import { z } from "zod";
import type { SourceState } from "../core/knowledge/source-states.ts";
import type { BackfillOptions, BackfillReport } from "../core/learning/backfill-report.ts";
import { UpstreamError } from "../lib/errors.ts";
import type { AdminRoutes } from "./admin-guard.ts";

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

const wantedSource = z.strictObject({ source: z.string() });

/** What KNOWLEDGE_SOURCES names, each read by this process by itself. */
export type SyncSources = {
  states(): SourceState[];
  /** @returns whether there is one of that name */
  refresh(name: string): boolean;
};

/** Learning from past conversations, in this process or, over several replicas, in any of them. */
export type SyncRuns = {
  start(options: BackfillOptions): Awaitable<{ isNew: boolean; report: BackfillReport | null }>;
  report(): Awaitable<BackfillReport | null>;
  /** @returns whether there was a run to stop */
  stop(): Awaitable<boolean>;
};

type Awaitable<T> = T | Promise<T>;

/**
 * `POST /sync` starts learning from past conversations, or with `{"source"}` reads that source again;
 * `GET /sync` shows how both go, `DELETE /sync` stops the learning.
 *
 * @param backfill `null` where there is no Intercom to learn from
 */
export function createSyncRoutes(backfill: SyncRuns | null, sources: SyncSources): AdminRoutes {
  const routes = Router();
  routes.post("/", express.json(), (request, response, next) => {
    const asked = wantedSource.safeParse(request.body);
    if (!asked.success) return next();
    const { source } = asked.data;
    if (sources.refresh(source)) {
      const message = `${source} is being read again. GET /sync and the log show how far it is.`;
      response.status(202).json({ status: "sync_started", message });
      return;
    }
    const names = sources.states().map(({ name }) => name);
    const known =
      names.length === 0 ? "KNOWLEDGE_SOURCES names none" : `there is ${names.join(", ")}`;
    response.status(404).json({ error: `There is no source "${source}": ${known}.` });
  });
  if (backfill === null) {
    routes.all("/", (request, response) => {
      const states = sources.states();
      if (request.method === "GET" && states.length > 0) {
        response.json({ state: "idle", sources: states });
        return;
      }
      const error = "There is nothing to learn from: in mock mode Intercom is only stood in for.";
      response.status(503).json({ error });
    });
    return { at: "/sync", door: "forPrograms", routes };
  }

  routes.post("/", async (request, response) => {
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

  routes.get("/", async (_request, response) => {
    const states = sources.states();
    const report = (await backfill.report()) ?? { state: "idle" };
    response.json(states.length === 0 ? report : { ...report, sources: states });
  });

  routes.delete("/", async (_request, response) => {
    if (await backfill.stop()) response.status(202).json({ status: "sync_stopping" });
    else response.status(404).json({ error: "No sync is running." });
  });

  routes.use(sayThatNobodyKnows);
  return { at: "/sync", door: "forPrograms", routes };
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
