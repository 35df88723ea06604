import { type Request, Router } from "express";
import type { DependencyState } from "../core/dependency-health.ts";
import type { FailedLook } from "../core/explaining/recent-journeys.ts";
import type { SourceState } from "../core/knowledge/source-states.ts";
import type { SignatureState } from "../core/signature-record.ts";
import type { Draining } from "./draining.ts";

export type Readiness = {
  isReady: boolean;
  dependencies: Record<string, DependencyState>;
  /** Conversations waiting or under way. */
  queued: number;
  /** For how long the oldest of them has been; `null` where there is none. */
  oldestWaitingSeconds: number | null;
  /** Whose latest look an error ended, newest first; they are looked at again. */
  failed: FailedLook[];
  /** How many replicas are alive; absent where one process answers alone. */
  replicas?: number;
  /** Whether a second process that shares nothing with this one was seen; absent where they share. */
  otherProcess?: boolean;
  /** Turns that Intercom refused three times; a person must answer them. */
  givenUp: number;
  /** Sources of knowledge, and for how long each has not been read whole; absent where there is none. */
  knowledge?: (SourceState & { ageSeconds: number | null })[];
  /** Pairs of articles that contradict each other, and where they are listed; absent where none is known. */
  contradictions?: { articlePairs: number; see: string };
  sweep: { lastAt: string | null; leftToPeople: number };
  /** When a signed notification came last, ISO 8601; `null`: none since the start. */
  lastWebhookAt: string | null;
  /** Whether those who sign their requests do so with the secrets that are set. */
  signatures?: Record<string, SignatureState>;
};

/**
 * `GET /livez`, also `/health`: the process is alive. `GET /readyz`: it takes new work, whatever the
 * outside services do; 503 from the beginning of a stop on. `GET /ready`: 503 while customers would get
 * no answer, and to whoever may know it, what each outside service did last.
 */
export function createHealthRoutes(
  readiness: () => Readiness,
  mayKnow: (request: Request) => boolean,
  draining: Draining,
): Router {
  const router = Router();
  router.get(["/livez", "/health"], (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", (_request, response) => {
    const isWelcome = draining.probe();
    response.status(isWelcome ? 200 : 503).json({ status: isWelcome ? "ok" : "stopping" });
  });
  router.get("/ready", (request, response) => {
    const { isReady, ...rest } = readiness();
    const details = mayKnow(request) ? rest : { details: detailsWords };
    const status = isReady ? "ready" : "not ready";
    response.status(isReady ? 200 : 503).json({ status, ...details });
  });
  return router;
}

const detailsWords = "Send the value of ADMIN_TOKEN as 'Authorization: Bearer <ADMIN_TOKEN>'.";
