import type { Customer, CustomerNeeds } from "./customer.ts";
import type { Asker } from "./for-whom.ts";
import type { HandOffTarget } from "./hand-off.ts";
import type { HandOffSheet } from "./hand-off-sheet.ts";
import type { LookupTool } from "./lookup-tools.ts";
import type { Schedule, Topic } from "./policy.ts";
import type {
  Attachment,
  Card,
  Conversation,
  Decision,
  Draft,
  Drafting,
  FileContent,
  Hint,
  OpenedAttachment,
  Part,
  Prompt,
  Recall,
  Source,
  Turn,
} from "./types.ts";

/** The customer conversations: Intercom, or its stand-in in mock mode. */
export type Inbox = {
  /**
   * Reads a conversation as it is now; safe to repeat, so retries happen inside.
   * @returns `null` when there is no such conversation (any more).
   * @throws UpstreamError when Intercom stays unreachable.
   */
  read(conversationId: string, signal?: AbortSignal): Promise<Conversation | null>;
  /** Sends Markdown to the customer, once: never retried inside. */
  reply(conversationId: string, markdown: string): Promise<Written>;
  /**
   * Gives the conversation to a team or a teammate and, in the same write, says this Markdown to the
   * customer, so that neither happens without the other; once.
   */
  handOver(conversationId: string, to: HandOffTarget, markdown: string | null): Promise<Written>;
  /** Takes the conversation from the teammate who has it, so that it waits for a team; once. */
  unassign(conversationId: string): Promise<Written>;
  /** Adds a Markdown note that only teammates see, once. */
  note(conversationId: string, markdown: string): Promise<Written>;
  /**
   * Open conversations whose customer has been waiting since before `waitingBefore` and in which
   * something happened after `updatedAfter` (ms): one who asked yesterday and again just now counts.
   */
  waiting(range: { waitingBefore: number; updatedAfter: number }): Promise<WaitingConversation[]>;
  /** How many open conversations have been waiting since before that time. */
  countWaiting(before: number): Promise<number>;
  /** Open conversations in which something happened after that time (ms). */
  updated(after: number): Promise<WaitingConversation[]>;
};

export type WaitingConversation = { id: string; updatedAt: number };

/** What is known of a write to Intercom. */
export type Written =
  | { result: "done"; partId: string }
  /** Certainly not done, may be tried again after the pause. */
  | { result: "not-yet"; retryAfterMs: number }
  /** Certainly not done, and asking again will not help. */
  | { result: "refused"; explanation: string }
  /** Time-out, 5xx or a lost connection: read the conversation before anything is sent again. */
  | { result: "unknown"; explanation: string };

export type DraftRequest = {
  conversation: Conversation;
  turn: Turn;
  /** The newest of the earlier comments, as many as the prompt should carry verbatim. */
  history: Part[];
  recall: Recall;
  /** What came with the unanswered messages, as far as it could be opened. */
  attachments?: OpenedAttachment[];
  /** The operator's own sentences for the model. */
  guidance?: string[];
  /** Why people rejected earlier drafts for the same messages, in their words. */
  rejections?: string[];
  /** What the messages are sorted into. */
  topics?: Topic[];
  /** Plain sentences of which the model says whether they are true of the messages. */
  sentences?: string[];
  /** What the model may ask for before it answers; absent in the second round. */
  lookups?: Pick<LookupTool, "name" | "about" | "asks">[];
  /** Set when a teammate asks for a draft to be written anew. */
  revision?: { draft: string; instruction: string };
};

/** What the model is told: the templates in `prompts/`, filled in for one request. */
export type Prompts = {
  render(request: DraftRequest): Prompt;
  /** Another text whenever a template is another; equal for equal templates, in every process. */
  hash(): string;
};

export type Drafter = {
  /**
   * Writes a draft; a model that is down or answers garbage is a value, not an exception.
   * @throws the signal's reason when aborted.
   */
  draft(request: DraftRequest, signal: AbortSignal): Promise<Drafting>;
};

/** Opens what came with messages, while the addresses that Intercom gives for it are valid. */
export type AttachmentOpener = {
  /**
   * Opens what can be shown to a model: files as text, and images where they are wanted.
   * @returns `null` for what cannot be opened; never throws
   */
  open(
    attachments: Attachment[],
    wanted: { images: boolean },
    signal: AbortSignal,
  ): Promise<(FileContent | null)[]>;
};

/** Asks the tools that the policy declares. */
export type LookupRunner = {
  /**
   * @param values what the tool is asked with, by input; checked
   * @returns what it tells, as far as it may be shown, or why it tells nothing; never throws
   */
  run(
    tool: LookupTool,
    values: Record<string, string>,
    signal: AbortSignal,
  ): Promise<{ text: string } | { problem: string }>;
};

/** Listens to voice notes. */
export type VoiceNotes = {
  /** @returns what is said on it; `null` where that cannot be told; never throws */
  hear(attachment: Attachment): Promise<string | null>;
};

/** Whether the model that drafts is shown images; asked only where there is one. */
export type Sight = { seesImages(signal: AbortSignal): Promise<boolean> };

/** What statements are made about. */
export type Checkable = {
  /** What the customer wrote and nobody has answered. */
  messages: string[];
  before: { by: "customer" | "company"; text: string }[];
  /** A drafted reply, and what it was written from. */
  reply?: string;
  passages?: string[];
};

/** A model that drafts nothing, and says how likely statements are true. */
export type Checker = {
  /** Its id: what a probability means is a matter of the model. */
  model: string;
  /**
   * @returns for each statement how likely it is true, 0 to 1; `null` where it refused to say
   * @throws UpstreamError when there is no answer in three seconds; the signal's reason when aborted
   */
  check(about: Checkable, statements: string[], signal: AbortSignal): Promise<(number | null)[]>;
};

/** What was said and answered before. */
export type Memory = {
  /** Remembered answers of the whole workspace that fit the query, best first. */
  recallAnswers(query: string, wanted: Wanted, signal: AbortSignal): Promise<Source[]>;
  /**
   * What this contact said and heard in earlier conversations, best first; never another contact's,
   * and nothing for the id "", which is no identity.
   */
  recallConversations(
    query: string,
    whose: Whose,
    limit: number,
    signal: AbortSignal,
  ): Promise<Source[]>;
  /** Keeps what was said, except for the contact id ""; a part that is there already is not stored twice. */
  rememberTurns(turns: RememberedTurn[], signal: AbortSignal): Promise<void>;
};

/** Whose history is recalled, and in which conversation: what is said there is no earlier one. */
export type Whose = { contactId: string; inConversation: string };

export type RememberedTurn = {
  conversationId: string;
  contactId: string;
  partId: string;
  speaker: "customer" | "teammate" | "us";
  text: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Of a reply that went out by itself: ids of the memories and articles that it was written from. */
  draftedFrom?: string[];
};

/** The published help articles. */
export type HelpCenter = {
  /** Passages that fit the query, best first, one per article. */
  search(query: string, wanted: Wanted, signal: AbortSignal): Promise<Source[]>;
};

/** How much a search is to bring at most, and for whom: what is for others is not brought. */
export type Wanted = Asker & {
  limit: number;
  /** Told of what fits and is for others (`whyNotFor`), the best first and as far as it was looked at. */
  onLeftOut?(source: Source): void;
};

/** Where an article can be begun, for people to finish. */
export type ArticleDrafts = {
  /**
   * Writes a draft that only teammates see, once: never retried inside.
   * @returns its id in the help center, or that the token may not write articles
   * @throws UpstreamError
   */
  create(article: {
    title: string;
    markdown: string;
  }): Promise<{ result: "done"; articleId: string } | { result: "not-allowed" }>;
};

/** What is known of customers beyond their conversations. */
export type Customers = {
  /**
   * The customer, and of their lists those that are needed; one that cannot be read is `unknown`.
   * Whoever was merged into somebody else is that somebody.
   * @returns `null` when there is no such customer (any more)
   * @throws UpstreamError, or the signal's reason when aborted
   */
  read(contactId: string, needs: CustomerNeeds, signal: AbortSignal): Promise<Customer | null>;
};

/** When people are at work, as the workspace has set it. */
export type Schedules = {
  /** All of them, with their exceptions. @throws UpstreamError, or the signal's reason when aborted */
  read(signal: AbortSignal): Promise<Schedule[]>;
};

/** The people who answer in Intercom. */
export type Teammates = {
  /** The teammate's id, or `null` when nobody has that address. @throws UpstreamError */
  findTeammateByEmail(email: string): Promise<string | null>;
  /** Gives the conversation to that teammate, once: never retried inside. */
  assign(conversationId: string, teammateId: string): Promise<Written>;
};

/** The contacts of the workspace, as far as what is stored of one has to be found. */
export type Contacts = {
  /** Ids of the conversations in which they take part. @throws UpstreamError */
  conversationsOf(contactId: string): Promise<string[]>;
  /** Whom a contact was merged into, at the end of all merges; `null`: nobody. @throws UpstreamError */
  mergedInto(contactId: string): Promise<string | null>;
  /** Ids of the contacts with that address; a lead and a user may share one. @throws UpstreamError */
  findByEmail(email: string): Promise<string[]>;
};

/** Where a person is asked: the Slack channel, or nobody. */
export type Reviews = {
  /**
   * Asks a person about a draft.
   * @returns `null` when no place for reviews is configured.
   * @throws UpstreamError when the card could not be posted.
   */
  post(review: Review): Promise<Card | null>;
  /**
   * Asks a person to answer where there is no draft.
   * @returns `null` when no place for reviews is configured.
   * @throws UpstreamError when the card could not be posted.
   */
  askForAnswer(question: OpenQuestion): Promise<Card | null>;
  /**
   * Shows people what was handed over; there is nothing to decide. Absent: nobody is shown.
   * @throws UpstreamError when it could not be posted.
   */
  showHandOff?(handOff: HandOff): Promise<void>;
};

export type HandOff = { conversation: Conversation; turn: Turn; sheet: HandOffSheet };

/** A customer's turn that only a person can answer. */
export type OpenQuestion = {
  conversation: Conversation;
  turn: Turn;
  /** Why there is no draft, in a sentence. */
  explanation: string;
  /** Everything that was found for it. */
  found: Source[];
};

export type Review = {
  conversation: Conversation;
  turn: Turn;
  draft: Draft;
  /** Everything that was found for it, also what was not used or kept from the model. */
  found: Source[];
  decision: Extract<Decision, { action: "review" }>;
};

export type WorkQueue = {
  /** Takes note of a hint and returns at once. */
  add(hint: Hint): void;
  /** Runs `work` when nothing else is at work on that conversation. */
  runAlone<T>(conversationId: string, work: () => Promise<T>): Promise<T>;
};

/** One of the few places in which journeys run at the same time. */
export type Slot = {
  /** Calls back for each hint about this conversation that arrives from now on. */
  onHint(listener: (hint: Hint) => void): void;
  /** Waits without keeping others from working; ends early, without an error, on the signal. */
  rest(ms: number, signal?: AbortSignal): Promise<void>;
};

/** Milliseconds since 1970, by this machine. */
export type Clock = () => number;

/** One line per step: ids and values first, then a stable event name. */
export type Log = {
  debug(values: object, event: string): void;
  info(values: object, event: string): void;
  warn(values: object, event: string): void;
  error(values: object, event: string): void;
};
