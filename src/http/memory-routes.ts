import express, { type Response, Router } from "express";
import { z } from "zod";

import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { ForgottenContact } from "../core/knowledge/forget-contact.ts";
import { forgetForGood } from "../core/knowledge/forgotten-answers.ts";
import type { Log } from "../core/ports.ts";
import { UpstreamError } from "../lib/errors.ts";
import { isPrivateAddress } from "../lib/private-address.ts";

const defaultLimit = 20;
const maxLimit = 100;
/** Longer than a recall may take: nobody waits on these pages for a reply. */
const timeoutMs = 10_000;

const listing = z.object({
  q: z.string().trim().max(2_000).optional(),
  limit: z.coerce.number().int().min(1).max(maxLimit).default(defaultLimit),
});

const contactQuery = z.strictObject({ contact: z.string().regex(/^[\w-]{1,64}$/) });

const typed = z.strictObject({
  question: z.string().trim().min(1).max(10_000),
  answer: z.string().trim().min(1).max(50_000),
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional(),
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !isPrivateAddress(url), {
      error: "customers get this link, and this is an address for your team only",
    })
    .optional(),
});

/**
 * `GET /memory?q=&limit=`, `POST /memory`, `DELETE /memory/{id}` and `DELETE /memory?contact=`: what
 * operators see and change of the answer memory, and whom they have forgotten. Whoever mounts them puts the authentication in front.
 */
export function createMemoryRoutes(options: {
  memory: AnswerMemory;
  /** Removes everything that is stored of a contact. @throws UpstreamError */
  forgetContact(contactId: string): Promise<ForgottenContact>;
  log: Log;
}): Router {
  const { memory, forgetContact, log } = options;
  const routes = Router();

  routes.get("/memory", async (request, response) => {
    const query = listing.safeParse(request.query);
    if (!query.success) {
      refuse(response, 400, `Give limit as a number from 1 to ${maxLimit} and q as a text.`);
      return;
    }
    const { q, limit } = query.data;
    await answer(response, log, async (signal) => {
      const answers = await memory.findAnswers(q || null, limit, signal);
      response.json({ answers });
    });
  });

  routes.post("/memory", express.json({ limit: "1mb" }), async (request, response) => {
    const body = typed.safeParse(request.body);
    if (!body.success) {
      refuse(response, 400, sentenceAbout(body.error));
      return;
    }
    const { question, answer: text, language = null, url = null } = body.data;
    await answer(response, log, async (signal) => {
      const [id] = await memory.rememberAnswers(
        [
          {
            question,
            answer: text,
            status: "answer",
            author: "operator",
            conversationId: null,
            partId: null,
            at: Date.now(),
            language,
            url,
            decision: null,
            draftedFrom: [],
          },
        ],
        signal,
      );
      log.info({ id }, "answer remembered by an operator");
      response.status(201).json({ id });
    });
  });

  routes.delete("/memory", async (request, response) => {
    const query = contactQuery.safeParse(request.query);
    if (!query.success) {
      const words =
        "Give whom to forget: DELETE /memory?contact=ID, with the id of the contact in Intercom.";
      refuse(response, 400, `${words} A single answer is removed by DELETE /memory/{id}.`);
      return;
    }
    const { contact } = query.data;
    await answer(response, log, async () => {
      response.json(await forgetContact(contact));
    });
  });

  routes.delete("/memory/:id", async (request, response) => {
    const { id } = request.params;
    await answer(response, log, async (signal) => {
      if (!(await forgetForGood(id, memory, Date.now(), signal))) {
        refuse(response, 404, "There is no such answer; GET /memory?q= shows ids.");
        return;
      }
      log.info({ id }, "answer forgotten by an operator");
      response.status(204).end();
    });
  });

  return routes;
}

/** A memory that is down is not this service's failure, and is said so. */
async function answer(
  response: Response,
  log: Log,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await work(signal);
  } catch (error) {
    if (!(error instanceof UpstreamError) && !signal.aborted) throw error;
    log.warn({ error }, "answer memory failed");
    refuse(response, 503, "The answer memory did not answer; /ready says why. Try again later.");
  }
}

function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}

function sentenceAbout({ issues }: z.ZodError): string {
  const wrong = issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  return `Send JSON with question and answer, and perhaps language (two letters) and url. ${wrong.join("; ")}.`;
}
