import { Router } from "express";
import type { DependencyState } from "../core/dependency-health.ts";

export type Readiness = {
  isReady: boolean;
  dependencies: Record<string, DependencyState>;
  /** Conversations waiting or under way. */
  queued: number;
  /** Turns that Intercom refused three times; a person must answer them. */
  givenUp: number;
  sweep: { lastAt: string | null; leftToPeople: number };
};

/**
 * `GET /health`: the process is alive. `GET /ready`: what each outside service did last;
 * 503 while customers would get no answer.
 */
export function createHealthRoutes(readiness: () => Readiness): Router {
  const router = Router();
  router.get("/health", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/ready", (_request, response) => {
    const { isReady, ...rest } = readiness();
    response.status(isReady ? 200 : 503).json({ status: isReady ? "ready" : "not ready", ...rest });
  });
  return router;
}
