import { type Response, Router } from "express";
import { z } from "zod";
import type { Feedback } from "../core/answering/feedback.ts";
import { csvRow } from "../lib/csv.ts";
import type { AdminRoutes } from "./admin-guard.ts";

const wanted = z.object({
  since: z.iso
    .datetime({ offset: true })
    .or(z.iso.date())
    .transform((value) => Date.parse(value))
    .default(0),
  format: z.enum(["json", "csv"]).default("json"),
});

const columns = ["at", "text", "topic", "sentiment", "language", "conversation", "link"];

/**
 * `GET /feedback`: what customers said of the product, newest first, as JSON or, with `?format=csv`, as a
 * table; `since` leaves out what is older.
 *
 * @param conversationUrl where a teammate opens a conversation, if that is known
 */
export function createFeedbackRoutes(
  list: (since: number) => Feedback[],
  conversationUrl: (conversationId: string) => string | null,
): AdminRoutes {
  const routes = Router();
  routes.get("/", (request, response) => {
    const asked = wanted.safeParse(request.query);
    if (!asked.success) {
      response.status(400).json({
        error: "since must be a day or a time (2026-03-01), and format json or csv.",
      });
      return;
    }
    const { since, format } = asked.data;
    const feedback = list(since);
    if (format === "csv") sendTable(response, feedback, conversationUrl);
    else {
      response.json({
        feedback: feedback.map(({ at, basePartId: _part, ...one }) => ({
          at: new Date(at).toISOString(),
          ...one,
          link: conversationUrl(one.conversationId),
        })),
      });
    }
  });
  return { at: "/feedback", door: "forPrograms", routes };
}

function sendTable(
  response: Response,
  feedback: Feedback[],
  conversationUrl: (conversationId: string) => string | null,
): void {
  const rows = feedback.map(({ at, text, topic, sentiment, language, conversationId }) =>
    csvRow([
      new Date(at).toISOString(),
      text,
      topic,
      sentiment,
      language,
      conversationId,
      conversationUrl(conversationId),
    ]),
  );
  response
    .type("text/csv")
    .set("Content-Disposition", 'attachment; filename="feedback.csv"')
    .send([csvRow(columns), ...rows].join(""));
}
