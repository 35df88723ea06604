import express, { Router } from "express";
import { z } from "zod";
import type { SourceState } from "../../core/knowledge/source-states.ts";
import type { Example } from "./protocol.ts";
import { refuse } from "./refuse.ts";
import { sentences } from "./wording.ts";

/** Mock mode's own knowledge: what it answers from, and what somebody would rather have it answer from. */
export type ChatKnowledge = {
  sources(): SourceState[];
  examples(): Promise<Example[]>;
  /**
   * Begins to answer from a site.
   * @returns why not, in words, or `null`
   */
  answerFrom(address: string): string | null;
};

const wanted = z.strictObject({ address: z.string().trim().min(1).max(1_000) });

/**
 * `GET /chat/knowledge` says what is answered from and what there is to ask, `POST` with an address
 * answers from that site.
 *
 * @param knowledge `null` outside mock mode: what production answers from is no matter of a page
 */
export function createKnowledgeRoutes(knowledge: ChatKnowledge | null): Router {
  const routes = Router();
  if (knowledge === null) return routes;

  routes.get("/", async (_request, response) => {
    response.json({ sources: knowledge.sources(), examples: await knowledge.examples() });
  });

  routes.post("/", express.json({ limit: "4kb" }), (request, response) => {
    const asked = wanted.safeParse(request.body);
    if (!asked.success) return refuse(response, 400, sentences.noAddress);
    const problem = knowledge.answerFrom(asked.data.address);
    if (problem !== null) return refuse(response, 400, problem);
    response.status(202).json({ sources: knowledge.sources() });
  });

  return routes;
}
