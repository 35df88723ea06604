import { Router } from "express";
import type { AdminRoutes } from "./admin-guard.ts";

/**
 * `GET /metrics` in Prometheus' text format; without the guard only where METRICS_PORT lets it listen
 * where nobody but a Prometheus can reach it.
 */
export function createMetricsRoutes(
  read: () => Promise<{ contentType: string; text: string }>,
): AdminRoutes {
  const routes = Router();
  routes.get("/", async (_request, response) => {
    const { contentType, text } = await read();
    response.set("Content-Type", contentType).send(text);
  });
  return { at: "/metrics", door: "forPrograms", routes };
}
