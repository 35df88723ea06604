import express, { type Express, type Router } from "express";
import type { Log } from "../core/ports.ts";
import type { AdminGuard, AdminRoutes } from "./admin-guard.ts";
import type { Draining } from "./draining.ts";
import { createErrorHandler, notFound } from "./error-handler.ts";
import { createHealthRoutes, type Readiness } from "./health-routes.ts";
import {
  createIntercomWebhook,
  type IntercomWebhookOptions,
  intercomWebhookPaths,
} from "./intercom-webhook.ts";

export type AppOptions = {
  webhook: IntercomWebhookOptions;
  readiness: () => Readiness;
  draining: Draining;
  /** Routes that read raw bodies themselves, such as Slack's. */
  rawRoutes?: Router[];
  /** What only operators may use. */
  adminRoutes: AdminRoutes[];
  /** `null` lets everybody in: in mock mode, where only this machine can connect. */
  adminGuard: AdminGuard | null;
  /** Pages, which ask for a login themselves, and what everybody may have. */
  pages?: Router[];
  log: Log;
};

/**
 * Whose word about a request's real address is taken: a proxy on this machine or in its private
 * network, such as nginx beside it. Who comes from elsewhere is where the connection says.
 */
const trustedProxies = ["loopback", "linklocal", "uniquelocal"];

/**
 * The whole HTTP edge. Routes see adapters only through the ports that they are given.
 *
 * The webhook's routes come first: they are used most, and nothing else has to look at a body that
 * is to be verified as it came.
 */
export function createApp(options: AppOptions): Express {
  const webhook = createIntercomWebhook(options.webhook);
  const app = express();
  app.set("trust proxy", trustedProxies);
  app.disable("x-powered-by");
  app.disable("etag");
  app.head(intercomWebhookPaths, webhook);
  app.post(intercomWebhookPaths, webhook);
  for (const routes of options.rawRoutes ?? []) app.use(routes);
  const mayKnow = options.adminGuard?.mayKnow ?? (() => true);
  app.use(createHealthRoutes(options.readiness, mayKnow, options.draining));
  for (const { at, door, routes } of options.adminRoutes) {
    if (options.adminGuard !== null) app.use(at, options.adminGuard[door]);
    app.use(at, routes);
  }
  for (const routes of options.pages ?? []) app.use(routes);
  app.use(notFound);
  app.use(createErrorHandler(options.log));
  return app;
}

/** What METRICS_PORT serves, and nothing else. */
export function createMetricsApp({ at, routes }: AdminRoutes, log: Log): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(at, routes);
  app.use(notFound);
  app.use(createErrorHandler(log));
  return app;
}
