import type { RequestListener } from "node:http";
import express, { type RequestHandler, type Router } from "express";
import type { Log } from "../core/ports.ts";
import { createErrorHandler, notFound } from "./error-handler.ts";
import { createHealthRoutes, type Readiness } from "./health-routes.ts";
import {
  createIntercomWebhook,
  type IntercomWebhookOptions,
  isForIntercomWebhook,
} from "./intercom-webhook.ts";

export type AppOptions = {
  webhook: IntercomWebhookOptions;
  readiness: () => Readiness;
  /** Routes that read raw bodies themselves, such as Slack's. */
  rawRoutes?: Router[];
  /** What only operators may use. */
  adminRoutes: Router[];
  /** `null` lets everybody in: in mock mode, where only this machine can connect. */
  adminGuard: RequestHandler | null;
  /** Everything else, such as the chat page. */
  routes?: Router[];
  log: Log;
};

/**
 * The whole HTTP edge. Routes see adapters only through the ports that they are given.
 *
 * Webhooks come in bursts and do not pass through Express, whose way to a route costs about as much
 * as understanding one (docs/benchmarks.md). Everything else does.
 */
export function createApp(options: AppOptions): RequestListener {
  const webhook = createIntercomWebhook(options.webhook);
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  for (const routes of options.rawRoutes ?? []) app.use(routes);
  app.use(createHealthRoutes(options.readiness));
  if (options.adminGuard !== null) app.use(["/memory", "/sync"], options.adminGuard);
  for (const routes of options.adminRoutes) app.use(routes);
  for (const routes of options.routes ?? []) app.use(routes);
  app.use(notFound);
  app.use(createErrorHandler(options.log));
  return (request, response) => {
    if (isForIntercomWebhook(request)) webhook(request, response);
    else app(request, response);
  };
}
