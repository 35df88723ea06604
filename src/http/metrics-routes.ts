import { Router } from "express";

/**
 * `GET /metrics` in Prometheus' text format. Whoever mounts it puts the authentication in front, or
 * lets it listen where only a Prometheus can reach it.
 */
export function createMetricsRoutes(
  read: () => Promise<{ contentType: string; text: string }>,
): Router {
  const routes = Router();
  routes.get("/metrics", async (_request, response) => {
    const { contentType, text } = await read();
    response.set("Content-Type", contentType).send(text);
  });
  return routes;
}
