import type { Attributes } from "./policy.ts";
import type { Attachment } from "./types.ts";

/** What is not known yet. It is neither yes nor no, and every rule that meets it leans to people. */
export const unknown: unique symbol = Symbol("unknown");
export type Fact<T> = T | typeof unknown;

/** What a rule may look at, as plain values: nothing of it costs a call. */
export type Facts = {
  conversationId: string;
  /** What the customer wrote and nobody has answered, since the last close. */
  text: string;
  attachments: Attachment["kind"][];
  channel: string | null;
  /** The page on which the conversation began; `null` for mail. */
  pageUrl: string | null;
  tags: string[];
  teamId: string | null;
  assigneeId: string | null;
  attributes: Attributes;
  /** ISO 639-1, from the draft. */
  language: Fact<string>;
  /** From the draft. */
  intent: Fact<string>;
};
