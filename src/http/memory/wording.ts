import type { z } from "zod";
import type { Changed } from "../../core/knowledge/curation.ts";
import { maxLimit } from "./forms.ts";

export const sentences = {
  noSuchAnswer: "There is no such answer; GET /memory?q= shows ids.",
  notPossible:
    "This cannot be done to the answer as it is now: only what is recalled can be retired or merged, only what is retired can be brought back, only a suggestion can be accepted.",
  nothingToUndo: "Nobody has changed this answer, so there is nothing to take back.",
  notCsv: "Send the file itself as the body, with Content-Type: text/csv.",
  noArticles:
    "There is no help center to write to: in mock mode nothing is written in Intercom, and without Intercom there is none.",
  mayNotWrite:
    "Intercom does not let the token write articles. Give the app the permission to write articles in Intercom's Developer Hub, or copy the text into an article by hand.",
  articleUnknown:
    "Intercom did not say that the article was begun. Look at the drafts of its articles before you try again.",
  down: "The answer memory did not answer; /ready says why. Try again later.",
  whomToForget:
    "Give whom to forget: DELETE /memory?contact=ID, with the id of the contact in Intercom. A single answer is removed by DELETE /memory/{id}.",
};

/** Why a change was not made. */
export const refusals: Record<
  Extract<Changed, { refused: string }>["refused"],
  { status: 404 | 409; error: string }
> = {
  "no-such-answer": { status: 404, error: sentences.noSuchAnswer },
  "not-possible": { status: 409, error: sentences.notPossible },
  "nothing-to-undo": { status: 409, error: sentences.nothingToUndo },
};

export function wrongQuery(error: z.ZodError): string {
  return `Give limit as a number from 1 to ${maxLimit}, q as a text, dates as 2026-11-28. ${wrongFields(error)}`;
}

export function wrongTexts(error: z.ZodError): string {
  return `Send JSON with question and answer, and perhaps language (two letters) and url. ${wrongFields(error)}`;
}

export function wrongBody(error: z.ZodError): string {
  return `The body is not as docs/openapi.yaml describes it. ${wrongFields(error)}`;
}

function wrongFields({ issues }: z.ZodError): string {
  const wrong = issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  return `${wrong.join("; ")}.`;
}
