import { withoutAttachmentMarks } from "../attachment-marks.ts";
import { describedIntent } from "../judging/described-intent.ts";
import type { JourneyReport, Sentiment } from "../types.ts";

/** What a customer said of the product, for whoever plans it. Secrets in it are masked. */
export type Feedback = {
  conversationId: string;
  basePartId: string;
  /** When it was written, in milliseconds since 1970. */
  at: number;
  text: string;
  /** ISO 639-1. */
  language: string;
  sentiment: Sentiment | null;
  topic: string | null;
};

/** Where feedback is kept. `keep` never throws; the others do where the file cannot be used. */
export type FeedbackStore = {
  keep(feedback: Feedback): void;
  /** Newest first. @param since milliseconds since 1970 */
  list(since: number): Feedback[];
  forgetConversation(conversationId: string): void;
  /** Removes what is older than that time (ms). */
  forgetBefore(time: number): void;
};

/** The feedback of a turn, as the model reads it; `null`: it is something else, or there is no draft. */
export function feedbackIn(
  { conversationId, drafting, turn }: Pick<JourneyReport, "conversationId" | "drafting" | "turn">,
  redact: (text: string) => string,
): Feedback | null {
  if (turn === null || drafting === null || "noDraft" in drafting) return null;
  const { draft } = drafting;
  const text = turn.messages.map((message) => withoutAttachmentMarks(message.text)).join("\n\n");
  if (text.trim() === "" || describedIntent(draft, text) !== "feedback") return null;
  return {
    conversationId,
    basePartId: turn.basePartId,
    at: turn.messages.at(-1)?.at ?? 0,
    text: redact(text.trim()),
    language: draft.language,
    sentiment: draft.sentiment ?? null,
    topic: draft.topic ?? null,
  };
}
