import { fileURLToPath } from "node:url";
import { type RequestHandler, Router } from "express";
import { z } from "zod";
import type { KeptSource } from "../../core/knowledge/kept-source.ts";
import { passageAnchor } from "../../core/knowledge/source-places.ts";
import type { Log } from "../../core/ports.ts";
import { isTryOut } from "../../core/try-out.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { Access } from "../pages/access.ts";
import { createLoginRoutes, guardedPage } from "../pages/login.ts";
import { filesIn } from "../pages/page-files.ts";
import { securityHeaders } from "../pages/security-headers.ts";
import { messagePage, sourcePage } from "./source-page.ts";
import { sentences } from "./wording.ts";

export type SourceRoutesOptions = {
  access: Access;
  /** What is kept by that id, or `null`. @throws UpstreamError where it cannot be read */
  read(id: string): Promise<KeptSource | null>;
  /** Where teammates see a conversation; `null` where there is none. */
  conversationUrl(conversationId: string): string | null;
  log: Log;
};

const login = {
  page: "/source",
  about:
    "This page shows what a draft rests on, also what customers do not see. ADMIN_TOKEN opens it, and so does SUGGEST_TOKEN.",
  tokens: "ADMIN_TOKEN or SUGGEST_TOKEN",
  role: "reader" as const,
  lands: passageAnchor,
};

const asked = z.object({
  id: z.string().trim().min(1).max(2_000),
  passage: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional()
    .catch(undefined),
});

/**
 * `GET /source?id=…&passage=…`: the article or the remembered answer behind a source as it is known,
 * for teammates; without a script.
 */
export function createSourceRoutes(options: SourceRoutesOptions): Router {
  const { access, read, log } = options;
  const urlOf = (conversationId: string | null) =>
    conversationId === null || isTryOut(conversationId)
      ? null
      : options.conversationUrl(conversationId);
  const routes = Router();
  routes.use("/source", securityHeaders);
  routes.use("/source/page", filesIn(fileURLToPath(new URL("./page", import.meta.url))));
  routes.use(createLoginRoutes(access, login));
  const show: RequestHandler = async (request, response) => {
    response.type("html");
    const query = asked.safeParse(request.query);
    if (!query.success) {
      response.status(400).send(messagePage(sentences.which));
      return;
    }
    const { id, passage = null } = query.data;
    try {
      const source = await read(id);
      if (source === null) response.status(404).send(messagePage(sentences.gone));
      else {
        const conversationUrl =
          source.kind === "answer" ? urlOf(source.answer.conversationId) : null;
        response.send(sourcePage(source, { passage, conversationUrl }));
      }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      log.warn({ error }, "source not read");
      response.status(503).send(messagePage(sentences.down));
    }
  };
  routes.get("/source", guardedPage(access, login, show));
  return routes;
}
