import type { ShownFact } from "./customer.ts";
import type { Decision, Draft, Source, Translation } from "./types.ts";

/**
 * Everything that whoever takes over needs, made once: note and card show the same of it. What the
 * model and the customer wrote in it is no markup anywhere.
 */
export type HandOffSheet = {
  decision: Extract<Decision, { action: "hand-off" | "offer" }>;
  /** What the customer wrote and nobody answered. */
  question: string;
  /** The matter in two sentences; "" where the model gave none. */
  summary: string;
  /** How often we replied since the customer opened the conversation, and what we said last. */
  tried: { replies: number; last: string };
  /** What the model makes of the messages, in words; empty without a draft. */
  signs: string[];
  customer: ShownFact[];
  /** A reply that could be sent; `null` where there is none. */
  suggested: Pick<Draft, "reply" | "confidence" | "reasoning"> | null;
  missing: string[];
  translation: Translation | undefined;
  /** What the suggested reply rests on. */
  sources: Source[];
  /** What was found besides. */
  consulted: Source[];
};
