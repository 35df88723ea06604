import type { Customer, ShownFact } from "./customer.ts";
import type { Asker, ForWhom, WhomTrait } from "./for-whom.ts";
import type { HandOffTarget } from "./hand-off.ts";
import type { KnowledgeSource } from "./knowledge-source.ts";
import type { Labels } from "./labels.ts";
import type { LookupTool, WantedLookup } from "./lookup-tools.ts";
import type {
  Attributes,
  CheckThresholds,
  DraftOn,
  HoursPlan,
  PolicyRules,
  Schedule,
  Topic,
  WhoAsksRules,
} from "./policy.ts";
import type { Fact } from "./unknown.ts";

/** Who wrote a part, as the service sees it. `us` is whatever INTERCOM_ADMIN_ID wrote. */
export type Author = {
  role: "customer" | "teammate" | "bot" | "us";
  id: string;
  name: string | null;
  email: string | null;
};

/** Something that came with a message besides its words. */
export type Attachment = {
  kind: "image" | "voice note" | "file";
  name: string | null;
  contentType: string | null;
  /** Where it can be fetched for a while, if Intercom said so. */
  url: string | null;
  /** Of a voice note: its words stand in the text of its message. */
  isHeard?: boolean;
};

/** What is in an attachment of the customer's turn, where it could be opened. */
export type OpenedAttachment = {
  /** Which one it is, by `attachmentKey`. */
  key: string;
  name: string | null;
  /** The place of its message among the unanswered ones, from 1. */
  messageNumber: number;
} & FileContent;

export type FileContent =
  | { kind: "image"; contentType: string; base64: string }
  /** `isWhole`: nothing of it is missing: it was not cut, and has no picture or page without words. */
  | { kind: "text"; text: string; isWhole: boolean };

/**
 * One entry of a conversation.
 *
 * - `comment`: words said to the other side, whatever Intercom's part type is
 *   (a customer's words also arrive on an `open` part, a teammate's on a `close` or `assignment`);
 * - `note`: words among teammates;
 * - `event`: anything else: assignments, closings, automatic notices.
 */
export type Part = {
  id: string;
  kind: "comment" | "note" | "event";
  author: Author;
  /** Plain text, entities decoded, line breaks kept; empty on most events. */
  text: string;
  /** What came with it; each also stands in `text` as a mark (`[image]`, `[attachment: name]`). */
  attachments: Attachment[];
  /** Written by an answering machine as an answer, and not as a notice. */
  isAiAnswer: boolean;
  /** Intercom says that it was written but does not show it any more: too much happened since. */
  isOutOfSight: boolean;
  /** Its type is none that this service knows: it is an event, whatever words are on it. */
  isOfUnknownType: boolean;
  /** When, in milliseconds since 1970 by Intercom's clock (which counts whole seconds). */
  at: number;
  /** The part opened the conversation again. */
  opens: boolean;
  /** The part closed the conversation. */
  closes: boolean;
  /** The teammate whom this part assigned the conversation to, if a person did that; never us. */
  assignedTo: string | null;
  /** Whom the part assigned the conversation to, whoever did it: a target's text, or `us`. */
  assigns: string | null;
};

/** `id` is `null` for whoever Intercom gives none: nothing can be recalled or kept for them. */
export type Contact = { id: string | null; name: string | null };

export type Conversation = {
  id: string;
  state: "open" | "closed" | "snoozed";
  /** Who wrote the newest message that waits for an answer, or else the newest one. */
  contact: Contact;
  /**
   * What the API says about them, where the policy uses it; `null`: it does not, or nobody knows who
   * they are. `unknown`: it could not be read.
   */
  customer: Fact<Customer> | null;
  /** What of it model and teammates may see. */
  shownFacts: ShownFact[];
  /** Their brand, plan and topic, where the policy says that they stand; unset: nobody looked. */
  asker?: Asker;
  /** Intercom's own office hours, where the policy uses them; `unknown`: they could not be read. */
  schedules?: Fact<Schedule[]>;
  /** How it came, in Intercom's words: `conversation` (the messenger), `email`, `whatsapp` …; `null` if not said. */
  channel: string | null;
  /** What kind of Intercom's tickets it is; nothing said on an `internal` one reaches a customer. */
  ticket: "customer" | "internal" | null;
  subject: string | null;
  tags: string[];
  /** When each tag was applied, by Intercom's clock, as far as it says so. */
  taggedAt?: ReadonlyMap<string, number>;
  /** The page on which it began; `null` where there is none, as for mail. */
  pageUrl: string | null;
  /** The team and the teammate who have it, by id. */
  teamId: string | null;
  assigneeId: string | null;
  /** Its own attributes, as far as they are plain values. */
  attributes: Attributes;
  /** Intercom's own answering machine: `active` until it hands the customer over to people. */
  fin: "absent" | "active" | "handed-over";
  /** All that is known of what was said, oldest first; the opener is the first part. */
  parts: Part[];
  /** Intercom shows the newest parts only: others stood between the opener and them. */
  isCut: boolean;
  /** When a teammate, or we, last wrote to the customer, by Intercom's statistics; `null` if not said. */
  lastTeammateReplyAt: number | null;
  /** The customer's rating, 1 to 5; `null` or unset: none that is known. */
  rating?: number | null;
  /** The conversation's page in Intercom. */
  url: string;
  /** Where this service explains what it did about it; absent where no browser could open that. */
  whyUrl?: string | undefined;
  /** Milliseconds since 1970 by Intercom's clock. */
  updatedAt: number;
  /** When it was read, by Intercom's clock: ages are never computed across two clocks. */
  readAt: number;
};

/** "Look at this conversation." Never trusted beyond that: what is in Intercom decides. */
export type Hint = {
  conversationId: string;
  from: "webhook" | "sweep" | "retry" | "card";
  /** The customer's part that caused the hint, if known. */
  partId: string | null;
  contactId: string | null;
  /** At most 500 characters of what the customer wrote, so that recall can begin at once. */
  text: string;
};

/** The customer's unanswered messages, which one draft answers together. */
export type Turn = {
  /** The newest of them; a reply is only sent while this is still the newest. */
  basePartId: string;
  messages: Part[];
  /** Comments before them, oldest first. */
  earlier: Part[];
};

/** Something recalled that a draft may rest on. */
export type Source = {
  id: string;
  /**
   * `answer`: from the answer catalogue; `saved-reply`: written by the team for whoever asks that, in
   * its inbox; `conversation`: this contact's own history; `lookup`: looked up
   * for this draft alone, never remembered.
   */
  kind: "answer" | "saved-reply" | "article" | "conversation" | "lookup";
  title: string;
  url: string | null;
  text: string;
  /** How well it fits, 0 to 1; comparable within one kind only. */
  score: number;
  /** ISO 639-1, if known. */
  language: string | null;
  /** When it was written, in milliseconds since 1970, if known. */
  at: number | null;
  /** Material for teammates only: never quoted to a customer. */
  isInternal: boolean;
  /** Unset: everybody's questions. */
  forWhom?: ForWhom;
  /** Who gave the answer, where a person is known who did. */
  by?: string;
  /** Of a look-up: links in it may stand in a reply; unset: they count as unknown. */
  mayLink?: boolean;
  /** Of an answer: what an article that was changed since says instead. */
  outdated?: Outdated;
  /** Of an article: which of its passages was found, by `passageKey`. */
  passage?: string;
  /** Of an article: where it lies, in words for teammates. */
  place?: string;
  /** Where teammates open what has no address of its own; nobody else may be given it. */
  page?: string;
};

/** An article that is newer than an answer and says something else about the same matter. */
export type Outdated = {
  title: string;
  url: string | null;
  /** When the article was changed, in milliseconds since 1970. */
  at: number;
  isInternal: boolean;
  differs: {
    /** "14 days", "Settings → API". */
    says: string;
    articleSays: string;
    /** Where they stand. */
    sentence: string;
    articleSentence: string;
  }[];
};

export type Recall = {
  query: string;
  /** In the order in which the prompt numbers them. */
  sources: Source[];
  /** Distance between the best score and the next, 0 to 1. */
  margin: number;
  /** How many of the first ten remembered answers say the same, 0 to 1. */
  agreement: number;
  /** What could not be asked, in words; the draft is then written without it. */
  failures: string[];
  /** What was found and is for others, the best first and not all of it; unset: nothing. */
  leftOut?: LeftOutSource[];
};

/** Something that a draft must not rest on, because it is for another brand, plan or topic. */
export type LeftOutSource = Pick<Source, "id" | "kind" | "title"> & {
  forWhom: ForWhom;
  why: WhomTrait;
};

/** What the customer wrote and what they will read, in the team's language; "" where there is none. */
export type Translation = {
  /** ISO 639-1. */
  language: string;
  messages: string;
  reply: string;
};

export type Draft = {
  /** Markdown. */
  reply: string;
  /** The model's own estimate that the reply is correct and complete, 0 to 1. */
  confidence: number;
  /** How often drafts of that confidence were right, 0 to 1, where people's decisions tell. */
  calibrated?: number | undefined;
  reasoning: string;
  intent: Intent;
  /** ISO 639-1 of the customer's language. */
  language: string;
  needsHuman: boolean;
  /** How the customer sounds, as the model reads it; unset where it did not say. */
  sentiment?: Sentiment | undefined;
  /** How soon it matters to the customer, as the model reads it; unset where it did not say. */
  urgency?: Urgency | undefined;
  /** One of the policy's topics, `null` where none fits; unset where none were asked for or it did not say. */
  topic?: string | null | undefined;
  /** The policy's plain sentences, as far as somebody was asked about them; unset: nobody said. */
  sentences?: JudgedSentence[] | undefined;
  /** The reply asks the customer for something without which it cannot answer. */
  asksBack?: boolean | undefined;
  /** What only a teammate can know or look up, and the reply lacks; for people only. */
  missing?: string[] | undefined;
  /** What the reply promises in the company's name, in the model's own reading; for people only. */
  promises?: string[] | undefined;
  /** The matter in two sentences; for people only. */
  summary?: string | undefined;
  usedSources: Source[];
  /** The passages that it says the reply rests on; unset where it gave none. Never sent. */
  quotes?: Quote[] | undefined;
  /** Links and e-mail addresses that the customer would see in the reply and no source contains. */
  unknownLinks: string[];
  /** For people only, where the customer writes another language than the team; never sent. */
  translation?: Translation;
  /** What of the reply the sources do not carry; unset where nobody looked. */
  unsupported?: UnsupportedClaim[];
  /** Whether the sources carry the reply, as the check model sees it; unset: it was not asked. */
  support?: Verdict | undefined;
  /** What the model wants looked up before it answers; unchecked. */
  wantedLookups?: WantedLookup[];
  /** By name, what could not be looked up: the draft was written without it. */
  failedLookups?: string[];
  /** What besides the model's word says how sure it may be; unset where nobody looked. */
  signals?: DraftSignals;
  /** Attachments that the model was shown whole, by `attachmentKey`; absent: none. */
  seen?: string[];
  /** How the draft came about, for people who want to look. */
  origin: DraftOrigin;
};

/** Whether a plain sentence is true of the customer's messages. */
export type JudgedSentence = Verdict & { sentence: string };

/** What a model says of a statement. */
export type Verdict = {
  /** `null`: nobody can say. */
  holds: boolean | null;
  /** 0 to 1, where the model that was asked gives one. */
  probability: number | null;
};

/** A passage as the model copied it. */
export type Quote = {
  /** `null`: it named a source that there is not. */
  sourceId: string | null;
  text: string;
  /** It stands in that source as it is. */
  isStanding: boolean;
};

/** What can be counted of a draft and of what was recalled for it. */
export type DraftSignals = {
  /** Of the recall: distance between the best score and the next, 0 to 1. */
  margin: number;
  /** Of the recall: how many of the first remembered answers say the same, 0 to 1. */
  agreement: number;
  /** How well the best source fits that the draft rests on, 0 to 1; 0 where it rests on none. */
  best: number;
  /** How many sources it rests on. */
  used: number;
  /** Of the newest of those; `null` where none says when it was written. */
  ageDays: number | null;
  /** How many sentences say what no source carries. */
  unsupported: number;
  /** That the sources carry the reply, as the check model sees it, 0 to 1; absent where none was asked. */
  support?: number | undefined;
};

/** Something a reply says that a customer may hold us to, and that its sources do not say. */
export type UnsupportedClaim = {
  /** As the customer reads it. */
  sentence: string;
  kind: "number" | "name" | "negation" | "promise";
  /** A source has it, and none of the passages that the model copied as its evidence. */
  isUnquoted?: true;
  /** What no source has; for a negation what a source says instead, empty where none says either. */
  words: string;
};

export const intents = [
  "question",
  "problem",
  "request",
  "complaint",
  "feedback",
  "thanks",
  "spam",
  "other",
] as const;
export type Intent = (typeof intents)[number];

/** The same in the words of a support team's triage; `describedIntent` says which. */
export const describedIntents = [
  "faq_question",
  "technical_question",
  "urgent_problem",
  "human_request",
  "feedback",
  "incomplete_info",
] as const;
export type DescribedIntent = (typeof describedIntents)[number];

export const sentiments = ["calm", "frustrated", "angry"] as const;
export type Sentiment = (typeof sentiments)[number];

export const urgencies = ["low", "normal", "high"] as const;
export type Urgency = (typeof urgencies)[number];

export type Prompt = {
  system: string;
  user: string;
  /** What did not fit into it (`PROMPT_TOKEN_BUDGET`), in words for whoever looks at the draft. */
  leftOut: string[];
  /** Attachments whose whole text stands in it, by `attachmentKey`; absent: none. */
  seen?: string[];
};

export type DraftOrigin = {
  model: string;
  /** Tells whether two drafts were asked for with the same templates; `null` where there are none. */
  promptHash: string | null;
  prompt: Prompt;
  rawAnswer: string;
  promptTokens: number | null;
  completionTokens: number | null;
  /** US dollars, by the configured prices; `null` where prices or tokens are not known. */
  costUsd: number | null;
};

/**
 * What a draft that people decide about came from, as far as it must be known later. Of cards and
 * verdicts from before it was kept it is not known.
 */
export type DraftBasis = {
  intent: Intent;
  /** One of the policy's topics; unset: none fitted, or none were asked for. */
  topic?: string | undefined;
  model: string;
  promptHash: string | null;
  /** What it used, with how well each fits, 0 to 1. */
  sources: { id: string; score: number }[];
  /** One of them is for some plans only, which answers do not keep: it is no answer for all. */
  isForPlan?: boolean | undefined;
  /** Of the draft as the model wrote it; of drafts from before they were kept it is not known. */
  signals?: DraftSignals | undefined;
  /**
   * Set when a person had it written anew or changed it: the confidence, 0 to 1, of the model's own
   * draft, which was not good enough then.
   */
  firstConfidence?: number | undefined;
};

/** Why there is no draft. */
export type NoDraft = {
  reason:
    | "model-unavailable"
    | "unreadable-answer"
    | "model-refused"
    | "message-out-of-sight"
    | "draft-lost";
  /** A sentence for the teammate who must answer instead. */
  explanation: string;
  /** What whoever runs the service should do about it, if anything. */
  advice?: string;
};

export type Drafting = { draft: Draft } | { noDraft: NoDraft };

/** `rule`: the policy file's rule that decided; absent: the one that `reason` names. */
export type Decision = { rule?: string } & (
  | { action: "reply"; reason: "confident" }
  | { action: "review"; reason: ReviewReason }
  | {
      action: "hand-off";
      reason: "escalated" | "offer-accepted";
      rule: string;
      target: HandOffTarget;
      told: string | null;
      language: string;
    }
  | {
      action: "offer";
      reason: "escalated";
      rule: string;
      target: HandOffTarget;
      told: string;
      language: string;
    }
  | { action: "note"; reason: "no-draft" | "empty-draft" | "taken-for-spam" | "note-mode" }
  /** By `never` or `only`, as far as only the draft could tell. */
  | { action: "note"; reason: "left-to-people"; rule: string }
  | { action: "stay-quiet"; reason: "no-answer-needed" }
  /** `would`: what it would come to under `auto`. */
  | { action: "stay-quiet"; reason: "shadow-mode"; would: string }
);

export type ReviewReason =
  | "no-draft"
  | "unseen-image"
  | "unread-attachment"
  | "missing-parts"
  | "unknown-part"
  | "customer-unread"
  | "lookup-failed"
  | "taken-for-spam"
  | "needs-human"
  | "escalated"
  | "unknown-link"
  | "repeats-prompt"
  | "internal-source"
  | "for-whom-unknown"
  | "unsupported-claim"
  | "outdated-answer"
  | "doubted"
  | "not-checked"
  | "low-confidence"
  | "not-calibrated"
  | "asked-for"
  | "with-people"
  | "teammate-silent"
  | "many-replies"
  | "waited-long"
  | "intercom-refused"
  | "daily-limit"
  | "not-earned"
  | "review-mode"
  | "written-anew"
  | "audit-sample";

export type QuietReason =
  | "conversation-gone"
  | "not-a-customers-turn"
  | "already-answered"
  | "teammate-answered"
  | "other-bot-answered"
  | "conversation-closed"
  | "conversation-snoozed"
  | "unsupported-channel"
  | "internal-ticket"
  | "excluded-by-tag"
  | "excluded-by-policy"
  | "already-handled"
  | "handed-over"
  | "fin-active"
  | "bot-at-work"
  | "only-thanks"
  | "automatic-sender"
  | "teammate-active"
  | "waited-too-long"
  | "shadow-mode"
  | "given-up";

/** What a customer's turn ended in. */
export type Outcome =
  | { kind: "replied"; replyId: string }
  | { kind: "in-review"; card: Card }
  | { kind: "noted" }
  /** `replyId`: the part with which the customer was told, `null` where they were not. */
  | { kind: "handed-over"; rule: string; replyId: string | null }
  /** The customer was asked whether a colleague shall take over. */
  | { kind: "offered"; rule: string; replyId: string }
  | { kind: "no-answer-needed" }
  /** `rule`: the policy file's rule that decided; absent: the one that `reason` names. */
  | { kind: "quiet"; reason: QuietReason; rule?: string }
  /** Intercom took neither the reply nor a note. */
  | { kind: "refused"; explanation: string };

/** A posted review; one that could not carry the whole draft leaves it to the note. */
export type Card = { id: string; url: string | null; holdsDraft: boolean };

/** Everything that happened from a hint to its outcome, for logs, `make ask` and the chat page. */
export type JourneyReport = {
  conversationId: string;
  /** What led to the look. */
  from: Hint["from"];
  /** When the journey began, in milliseconds since 1970 by this machine. */
  startedAt: number;
  /** How the conversation came, in Intercom's words; `null` if not said or not read. */
  channel: string | null;
  turn: Turn | null;
  recall: Recall | null;
  /** What was found and kept from the model, because the reply might have gone out by itself. */
  withheld?: Source[];
  drafting: Drafting | null;
  decision: Decision | null;
  /** What of the turn the model was not shown, as the decision saw it. */
  unseen: ReviewReason | null;
  outcome: Outcome;
  steps: { name: string; startedMs: number; durationMs: number }[];
};

/** What the operator asks of a topic before its replies may go out by themselves. */
export type LadderRules = {
  /** At most that share of its drafts may be wrong, 0 to 1. */
  errorLimit: number;
  /** `asks`: a person confirms it; `alone`: it is told. */
  promotes: "asks" | "alone";
};

/** Drafts of one topic, model and set of prompts: what another one earned says nothing about them. */
export type EarnedTopic = {
  /** One of the policy's topics; `null`: of those drafts that have none, the intent. */
  topic: string | null;
  intent: Intent;
  /** ISO 639-1, or "unknown". */
  language: string;
  model: string;
  promptHash: string | null;
};

/** What the operator decided about when and how to answer. */
export type Policy = {
  /** `shadow`: drafted and decided, and nothing of it is shown to anybody. */
  replyMode: "auto" | "review" | "note" | "shadow";
  /** 0 to 1; a draft at or above it may go out by itself. */
  confidenceThreshold: number;
  /** Which number is compared with it: the model's own, or the calibrated one. */
  thresholdOn: "model" | "calibrated";
  /** How long a customer must have been silent before a reply leaves. */
  quietPeriodMs: number;
  /** How long newer messages may keep a journey starting over before it answers what is there. */
  restartLimitMs: number;
  /** A customer who has waited longer gets a reviewed reply, never an automatic one. */
  automaticReplyMaxAgeMs: number;
  /** A customer who has waited longer is left to people. */
  maxAgeMs: number;
  /** How long Intercom may take to show a write whose result we did not hear. */
  settleMs: number;
  /** How long a bot that only acknowledged, or a Fin that is done, has the customer to itself. */
  botPatienceMs: number;
  /** A teammate who has not written for so long has left the conversation to others. */
  teammatePatienceMs: number;
  /** So many replies in a conversation, since the customer last opened it, may go out unseen. */
  maxAutomaticReplies: number;
  /** What becomes of a reply that says what its sources do not: asks a person, or only shows it. */
  claimCheck: "review" | "mark" | "off";
  historyTurns: number;
  onlyTags: string[];
  skipTags: string[];
  /** What of the customer model and teammates may see, by name. */
  contactAttributes: string[];
  /** Who takes over where a rule names nobody; `null`: nothing is handed over, people review. */
  handOffTo: HandOffTarget | null;
  /** What follows when nobody fills in what a draft lacks; `null`: nothing. */
  missingFacts: { afterMs: number; step: "remind" | "hand-over" } | null;
  /** So many articles that a reply rests on are linked below it; 0: none. */
  helpfulArticles: number;
  /** What is written back on conversations; `null`: nothing. */
  labels: Labels | null;
  /** Whether Slack is shown what was handed over. */
  isHandOffShown: boolean;
  /** The tag with which a teammate gives a conversation back after a hand-off. */
  handBackTag: string | null;
  /** What may be spent on a day before people review everything; `null`: no limit. */
  dailyLimit: { replies: number | null; dollars: number | null } | null;
  /** What the model sorts messages into; none: it is not asked. */
  topics: Topic[];
  /** By model: from which probability on, 0 to 1, what it says of statements counts as yes. */
  checkThresholds: Record<string, CheckThresholds>;
  /** Whether what customers say of the product is kept in a list. */
  isFeedbackListed: boolean;
  /** What the model may have looked up for a customer. */
  lookups: LookupTool[];
  /** What is answered from besides the help center, as settings and file name it. */
  sources: KnowledgeSource[];
  /** How teammates ask for a draft; `null`: they cannot. */
  draftOn: DraftOn | null;
  /** The day's limit is reached. */
  isDailyLimitSpent: boolean;
  /** Topics have to earn automatic replies by people's decisions; `null`: they need not. */
  ladder: LadderRules | null;
  /** Those that have earned them, and were let. */
  earnedTopics: EarnedTopic[];
  /** When people are at work; `null`: nobody said. */
  officeHours: HoursPlan | null;
  /** Where brand, plan and topic of whoever asks stand. */
  whoAsks: WhoAsksRules;
  /** Of the policy file. */
  rules: PolicyRules;
};
