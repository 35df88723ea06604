import { Router } from "express";
import type { Explanation } from "../core/explaining/explain-conversation.ts";
import type { Log } from "../core/ports.ts";
import { UpstreamError } from "../lib/errors.ts";

const idForm = /^[\w-]{1,64}$/;

/**
 * `GET /why/{conversation}`: what happened to a conversation and what keeps it from being answered.
 * Whoever mounts it puts the authentication in front.
 *
 * @param explain throws UpstreamError when Intercom cannot be read
 */
export function createWhyRoutes(
  explain: (conversationId: string) => Promise<Explanation>,
  log: Log,
): Router {
  const routes = Router();
  routes.get("/why/:id", async (request, response) => {
    const { id } = request.params;
    if (!idForm.test(id)) {
      const error = "Give a conversation's id, the number at the end of its address in Intercom.";
      response.status(400).json({ error });
      return;
    }
    try {
      response.json(await explain(id));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      log.warn({ conversationId: id, error }, "conversation not explained");
      response.status(503).json({
        error: `The conversation cannot be read: ${error.message}. /ready says whether Intercom answers at all.`,
      });
    }
  });
  return routes;
}
