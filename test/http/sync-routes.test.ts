import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { SourceState } from "../../src/core/knowledge/source-states.ts";
import type { Backfill } from "../../src/core/learning/backfill.ts";
import { type BackfillOptions, createTally } from "../../src/core/learning/backfill-report.ts";
import { createAdminGuard } from "../../src/http/admin-guard.ts";
import { createApp } from "../../src/http/app.ts";
import { createDraining } from "../../src/http/draining.ts";
import { createSyncRoutes, type SyncSources } from "../../src/http/sync-routes.ts";
import { nothingYet } from "../fixtures/readiness.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

const adminToken = "a-token-of-some-length";
let server: Server | null = null;
afterEach(() => void server?.close());

/** A backfill that runs until it is stopped. */
function createStandIn(): Backfill & { started: BackfillOptions[] } {
  const started: BackfillOptions[] = [];
  let running: ReturnType<typeof createTally> | null = null;
  return {
    started,
    start(options) {
      if (running !== null) return { isNew: false, report: running.report() };
      started.push(options);
      running = createTally(`run-${started.length}`, options, Date.now);
      return { isNew: true, report: running.report() };
    },
    report: () => running?.report() ?? null,
    stop() {
      const wasRunning = running !== null;
      running = null;
      return wasRunning;
    },
    settled: async () => {},
  };
}

async function serve(
  backfill: Backfill | null,
  sources: SyncSources = { states: () => [], refresh: () => false },
) {
  const log = createRecordingLog();
  const app = createApp({
    webhook: { secrets: ["s"], queue: { add: () => {} }, isOtherWorkspace: () => false, log },
    readiness: () => nothingYet,
    draining: createDraining(Date.now),
    adminGuard: createAdminGuard(adminToken),
    adminRoutes: [createSyncRoutes(backfill, sources)],
    log,
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return async (method: string, body?: object, token = adminToken) => {
    const response = await fetch(`http://127.0.0.1:${port}/sync`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
}

it("starts a run and says so in the documented words", async () => {
  const backfill = createStandIn();
  const call = await serve(backfill);
  expect(await call("POST")).toEqual({
    status: 202,
    body: {
      status: "sync_started",
      message: "Syncing all conversations in the background. Check logs for progress.",
      id: "run-1",
    },
  });
  expect(backfill.started).toEqual([{ since: null, until: null, limit: null, dryRun: false }]);
});

it("answers 409 with the running one while it runs", async () => {
  const call = await serve(createStandIn());
  await call("POST");
  expect(await call("POST")).toMatchObject({
    status: 409,
    body: { run: { id: "run-1", state: "running" } },
  });
});

it("shows the run, stops it, and knows when there is none", async () => {
  const call = await serve(createStandIn());
  expect(await call("GET")).toEqual({ status: 200, body: { state: "idle" } });
  expect((await call("DELETE")).status).toBe(404);
  await call("POST");
  expect(await call("GET")).toMatchObject({
    status: 200,
    body: { id: "run-1", conversations: { found: 0 }, secondsLeft: null, lastError: null },
  });
  expect((await call("DELETE")).status).toBe(202);
});

it("takes since, until, limit and dryRun", async () => {
  const backfill = createStandIn();
  const call = await serve(backfill);
  const options = {
    since: "2026-01-01",
    until: "2026-02-01T10:00:00+01:00",
    limit: 5,
    dryRun: true,
  };
  expect((await call("POST", options)).status).toBe(202);
  expect(backfill.started).toEqual([
    {
      since: Date.UTC(2026, 0, 1),
      until: Date.UTC(2026, 1, 1, 9),
      limit: 5,
      dryRun: true,
    },
  ]);
});

it.each([{ since: "yesterday" }, { limit: 0 }, { dryrun: true }, { until: 5 }])(
  "refuses %j in words and starts nothing",
  async (options) => {
    const backfill = createStandIn();
    const call = await serve(backfill);
    const { status, body } = await call("POST", options);
    expect(status).toBe(400);
    expect(body.error).toContain("since, until (ISO 8601)");
    expect(backfill.started).toEqual([]);
  },
);

it("asks for the admin token", async () => {
  const backfill = createStandIn();
  const call = await serve(backfill);
  for (const method of ["POST", "GET", "DELETE"]) {
    expect((await call(method, undefined, "another")).status).toBe(401);
  }
  expect(backfill.started).toEqual([]);
});

it("says in mock mode that there is nothing to learn from", async () => {
  const call = await serve(null);
  expect((await call("POST")).status).toBe(503);
});

it("reads a source of knowledge again, shows how it stands, and names those there are", async () => {
  const state: SourceState = {
    name: "site",
    place: "https://docs.example.com",
    state: "read",
    articles: 3,
    progress: null,
    readAt: 1,
    problem: null,
    failing: 0,
    shortened: [],
  };
  const asked: string[] = [];
  const sources = {
    states: () => [state],
    refresh(name: string) {
      asked.push(name);
      return name === "site";
    },
  };
  for (const backfill of [createStandIn(), null]) {
    const call = await serve(backfill, sources);
    expect(await call("POST", { source: "site" })).toMatchObject({ status: 202 });
    const unknown = await call("POST", { source: "other" });
    expect(unknown.status).toBe(404);
    expect(JSON.stringify(unknown.body)).toContain('no source \\"other\\": there is site.');
    expect(await call("GET")).toMatchObject({ body: { state: "idle", sources: [state] } });
    expect((await call("POST", { source: "site" }, "wrong-token-of-length")).status).toBe(401);
    server?.close();
  }
  expect(asked).toEqual(["site", "other", "site", "other"]);
});
