import { z } from "zod";
import type { Evidence } from "../../core/knowledge/evidence.ts";
import type { Decision, Prompt, Source } from "../../core/types.ts";

// What page and service say to each other; docs/chat-protocol.md describes it for others.

export type Mode = "automatic" | "manual";

/** Longer than any customer writes; what the model reads is bounded elsewhere. */
const text = z.string().trim().min(1).max(8_000);
const name = z.string().trim().max(100);
const mode = z.enum(["automatic", "manual"]);

const uploadIds = z.array(z.uuid()).max(8);

/** What a socket may receive. */
export const incomingForm = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("message"),
    /** May be empty where files come with it. */
    text: z.string().trim().max(8_000),
    /** Ids of files that were uploaded to the session. */
    attachments: uploadIds.default([]),
    /** Made up by the page, so that a message sent again after a lost connection counts once. */
    clientId: z.string().min(1).max(64).optional(),
  }),
  z.strictObject({ type: z.literal("mode"), mode }),
  z.strictObject({
    type: z.literal("verdict"),
    draftId: z.string().max(100),
    verdict: z.enum(["approve", "edit", "reject"]),
    /** The edited reply; only with `edit`. */
    text: text.optional(),
    /** Keep the answer in the answer memory, where nothing is kept otherwise. */
    remember: z.boolean().default(false),
  }),
  z.strictObject({
    type: z.literal("lesson"),
    /** The answer's. */
    messageId: z.string().max(100),
    lesson: z.enum(["good", "wrong", "better"]),
    /** What it should have said; only with `better`. */
    text: text.optional(),
  }),
  z.strictObject({ type: z.literal("retry") }),
]);
export type Incoming = z.output<typeof incomingForm>;

const shownEntry = z.object({
  id: z.string().min(1).max(100),
  role: z.enum(["customer", "assistant"]),
  text,
  at: z.number(),
  attachments: uploadIds.optional(),
});

const shownEntries = z.array(shownEntry).max(200);

/** What a session tries out in place of production's own; what is left out is as in production. */
const settings = z.strictObject({
  /** 0 to 1. */
  threshold: z.number().min(0).max(1).optional(),
  /** Without it nothing that was answered before is recalled; help articles are. */
  hasMemory: z.boolean().optional(),
  /** The name of another set of prompts. */
  prompts: z.string().max(100).optional(),
});
export type Settings = z.output<typeof settings>;

const word = z.string().trim().min(1).max(100);
const words = z.array(word).max(20);
const attributes = z.record(word, z.string().trim().max(300));

/** Who writes in a session, from where and when, so that every rule can be tried. */
const situation = z.strictObject({
  role: z.enum(["user", "lead", "visitor"]).optional(),
  plan: word.optional(),
  company: word.optional(),
  /** As Intercom names them: `de`, `Germany`. */
  language: word.optional(),
  country: word.optional(),
  segments: words.optional(),
  contactTags: words.optional(),
  /** Attributes by Intercom's names: the customer's, their company's, the conversation's. */
  attributes: attributes.optional(),
  companyAttributes: attributes.optional(),
  conversationAttributes: attributes.optional(),
  /** The conversation's, `VIP` for example. */
  tags: words.optional(),
  channel: word.optional(),
  pageUrl: z.string().trim().min(1).max(2_000).optional(),
  /** It is that time when the session hears of it, and goes on from there. */
  at: z.number().int().min(0).max(8.64e15).optional(),
});
export type Situation = z.output<typeof situation>;

/** `POST /chat/sessions`; everything may be left out. */
export const newSessionForm = z.strictObject({
  name: name.optional(),
  customerName: name.optional(),
  mode: mode.optional(),
  settings: settings.optional(),
  situation: situation.nullish(),
  /** What was said before, oldest first; it is answered where the customer has the last word. */
  messages: shownEntries.optional(),
  /** A conversation in the real Intercom workspace to try this on (MOCK_READS_INTERCOM=true). */
  intercomConversationId: z.string().trim().min(1).max(100).optional(),
});
export type NewSession = z.output<typeof newSessionForm>;

/** `PATCH /chat/sessions/{id}` */
export const changesForm = z.strictObject({
  name: name.optional(),
  customerName: name.optional(),
  /** `null`: nothing is known of whoever writes. */
  situation: situation.nullish(),
});
export type Changes = z.output<typeof changesForm>;

/** `PUT /chat/sessions/{id}`: a session that the page still shows and the service has forgotten. */
export const forgottenForm = z.strictObject({
  name,
  customerName: name,
  mode,
  settings: settings.optional(),
  situation: situation.nullish(),
  messages: shownEntries,
});
export type Forgotten = z.output<typeof forgottenForm>;

/** What a customer may write, one message after the answer to the other, and what that shows. */
export type Example = { title: string; messages: string[] };

/** A session as lists and headers show it. */
export type SessionView = {
  id: string;
  name: string;
  customerName: string;
  mode: Mode;
  settings: Settings;
  /** `null`: nothing is known of whoever writes. */
  situation: Situation | null;
  /** Milliseconds since 1970, as are all times here. */
  createdAt: number;
};

/** Everything about one draft, for the side panel. */
export type DraftView = {
  id: string;
  reply: string;
  /** `open` waits for a verdict; `shown` was never asked about. */
  state: "open" | "shown" | "approved" | "edited" | "rejected" | "superseded";
  /** 0 to 1, as is the threshold. */
  confidence: number;
  threshold: number;
  /** How often drafts of that confidence were right, 0 to 1; `null` where nobody knows. */
  calibrated: number | null;
  /** Which of the two is compared with the threshold. */
  thresholdOn: "model" | "calibrated";
  reasoning: string;
  intent: string;
  /** As the model reads it; `null` where it did not say, or no topics are set. */
  sentiment: string | null;
  urgency: string | null;
  topic: string | null;
  /** In the model's words, for people: the matter, what the reply lacks, and what it promises. */
  summary: string;
  missing: string[];
  promises: string[];
  language: string;
  decision: DecisionView;
  evidence: EvidenceView[];
  query: string;
  sources: SourceView[];
  /** What of the reply its sources do not carry, in words. */
  claims: string[];
  recallFailures: string[];
  steps: { name: string; startedMs: number; durationMs: number }[];
  model: string;
  /** No model wrote it: it quotes what fits best, and its confidence is how well that fits. */
  isQuote: boolean;
  tokens: { prompt: number | null; completion: number | null };
  costUsd: number | null;
  prompt: Prompt;
  rawAnswer: string;
};

/** What production does with the draft, and the rule that says so. */
type DecisionView = {
  action: Decision["action"];
  rule: Decision["reason"];
  label: string;
  explanation: string;
};

/** A sentence of the reply; `source` counts `sources` from 0. */
type EvidenceView = Omit<Evidence, "source"> & { source: number | null };

/** `isWithheld`: found, and kept from the model, because the reply may go out by itself. */
type SourceView = Omit<Source, "id" | "page"> & {
  /** Where it is shown, if it has no address of its own. */
  page: string | null;
  isUsed: boolean;
  isWithheld: boolean;
};

/** What was taught about an answer; `text` is what it should have said. */
type LessonView = { kind: "good" | "wrong" | "better"; text: string | null };

/** What stands in the conversation; an entry with a known id replaces the one before. */
export type Entry = { id: string; at: number } & (
  | {
      type: "message";
      role: "customer";
      /** With a mark for each file: `[image]`, `[attachment: error.log]`. */
      text: string;
      clientId: string | null;
      /** Ids of its files; absent where it has none. */
      attachments?: string[];
    }
  | {
      type: "message";
      role: "assistant";
      text: string;
      author: string | null;
      draft: DraftView | null;
      lesson: LessonView | null;
    }
  | { type: "draft"; draft: DraftView }
  /** Nothing was said, and why. */
  | { type: "notice"; text: string; draft: DraftView | null }
  | { type: "error"; message: string; canRetry: boolean }
);

/** What a socket sends. */
export type Outgoing =
  | Entry
  /** First on each connection, and whenever name, customer or mode change. */
  | { type: "session"; session: SessionView }
  | { type: "typing" }
  /** All entries so far have been sent. */
  | { type: "ready"; isTyping: boolean }
  | { type: "removed" }
  /** About what the page sent, and not part of the conversation. */
  | { type: "refused"; message: string };
