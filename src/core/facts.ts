import type { Customer } from "./customer.ts";
import type { Attributes, Schedule } from "./policy.ts";
import type { Attachment, JudgedSentence, Sentiment, Urgency } from "./types.ts";
import type { Fact } from "./unknown.ts";

/** What a rule may look at, as plain values: none of it is fetched for the asking. */
export type Facts = {
  conversationId: string;
  /** When the conversation was read, in milliseconds since 1970. */
  at: number;
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
  /** What the API says beyond the conversation, if it was asked. */
  customer: Fact<Customer>;
  /** Intercom's own office hours, if it was asked. */
  schedules: Fact<Schedule[]>;
  /** The customer asks again what we have answered. */
  isSameAgain: boolean;
  /** How often the customer has written since the last close, messages in a row counted as one. */
  customerTurns: number;
  /** How many of our questions back stand in a row, the draft's among them; 0 where it asks nothing back. */
  questionsBack: Fact<number>;
  /** 0 to 1, from the draft. */
  confidence: Fact<number>;
  /** ISO 639-1, from the draft. */
  language: Fact<string>;
  /** From the draft: its own word for it, and the one of triage. */
  intent: Fact<string[]>;
  /** The policy's plain sentences, from the draft or whoever was asked beside it. */
  sentences: Fact<JudgedSentence[]>;
  /** From the draft, as are the next two. */
  sentiment: Fact<Sentiment>;
  urgency: Fact<Urgency>;
  /** One of the policy's topics; `null`: none of them. */
  topic: Fact<string | null>;
};
