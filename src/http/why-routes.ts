import { type Request, type Response, Router } from "express";
import type { Explanation } from "../core/explaining/explain-conversation.ts";
import { sectionsOf } from "../core/explaining/sections.ts";
import type { Log } from "../core/ports.ts";
import { UpstreamError } from "../lib/errors.ts";
import type { AdminRoutes } from "./admin-guard.ts";
import { sendPage, wantsPage } from "./pages/small-page.ts";

const idForm = /^[\w-]{1,64}$/;

/**
 * `GET /why/{conversation}`: what happened to a conversation and what keeps it from being answered;
 * JSON, and a page for a browser.
 *
 * @param explain throws UpstreamError when Intercom cannot be read
 */
export function createWhyRoutes(
  explain: (conversationId: string) => Promise<Explanation>,
  log: Log,
): AdminRoutes {
  const routes = Router();
  routes.get("/:id", async (request, response) => {
    const { id } = request.params;
    if (!idForm.test(id)) {
      const error = "Give a conversation's id, the number at the end of its address in Intercom.";
      refuse(request, response.status(400), error);
      return;
    }
    try {
      answer(request, response, await explain(id));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      log.warn({ conversationId: id, error }, "conversation not explained");
      const words = `The conversation cannot be read: ${error.message}. /ready says whether Intercom answers at all.`;
      refuse(request, response.status(503), words);
    }
  });
  return { at: "/why", door: "forReaders", routes };
}

function answer(request: Request, response: Response, explanation: Explanation): void {
  response.vary("Accept");
  if (!wantsPage(request)) {
    response.json(explanation);
    return;
  }
  const { conversationId, url } = explanation;
  const link = url === null ? null : { url, words: "Open it in Intercom" };
  sendPage(response, `Conversation ${conversationId}`, sectionsOf(explanation), link);
}

function refuse(request: Request, response: Response, error: string): void {
  response.vary("Accept");
  if (wantsPage(request)) sendPage(response, "Not explained", [{ lines: [error] }]);
  else response.json({ error });
}
