import { fileURLToPath } from "node:url";
import { type RequestHandler, Router } from "express";
import { type Insight, insightOf } from "../../core/insight/insight.ts";
import type { InsightData } from "../../core/insight/insight-run.ts";
import type { Clock } from "../../core/ports.ts";
import type { ShadowSummary } from "../../core/proving/shadow-summary.ts";
import type { Access } from "../pages/access.ts";
import { createLoginRoutes, guardedPage } from "../pages/login.ts";
import { filesIn } from "../pages/page-files.ts";
import { securityHeaders } from "../pages/security-headers.ts";
import { wantsPage } from "../pages/small-page.ts";
import { assumptionsForm } from "./assumptions.ts";
import { insightPage } from "./insight-page.ts";

export type InsightRoutesOptions = {
  access: Access;
  /** `null`: nothing has been built yet. */
  read(): Promise<{ data: InsightData; shadow: ShadowSummary | null } | null>;
  /** Whether the page shows what was typed on the chat page instead of customers' conversations. */
  isMock: boolean;
  clock: Clock;
};

const dayMs = 86_400_000;
const login = {
  page: "/insight",
  about: "This page shows how the service does. ADMIN_TOKEN opens it.",
  tokens: "ADMIN_TOKEN",
};

/** `/insight`: how the service does, as a page without a script, and as JSON for programs. */
export function createInsightRoutes(options: InsightRoutesOptions): Router {
  const { access, read, isMock, clock } = options;
  const routes = Router();
  routes.use("/insight", securityHeaders);
  routes.use("/insight/page", filesIn(fileURLToPath(new URL("./page", import.meta.url))));
  routes.use(createLoginRoutes(access, login));
  const show: RequestHandler = async (request, response) => {
    const assumptions = assumptionsForm.parse(request.query);
    const built = await read();
    const now = clock();
    const insight: Insight | null =
      built === null
        ? null
        : insightOf(built.data.conversations, built.data, {
            from: now - assumptions.days * dayMs,
            until: now,
            now,
          });
    response.vary("Accept");
    if (!wantsPage(request)) {
      const { builtAt = null, since = null } = built?.data ?? {};
      response.json({ builtAt, since, assumptions, insight, shadow: built?.shadow ?? null });
      return;
    }
    const about = {
      assumptions,
      isMock,
      builtAt: built?.data.builtAt ?? null,
      since: built?.data.since ?? null,
      shadow: built?.shadow ?? null,
      memories: built?.data.memories ?? {},
      canLogOut: access.needsLogin,
    };
    response.type("html").send(insightPage(insight, about));
  };
  routes.get("/insight", guardedPage(access, login, show));
  return routes;
}
