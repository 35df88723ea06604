import type { HandOffTarget } from "./hand-off.ts";
import type { Fact } from "./unknown.ts";

/** What stands in an attribute; its name is the one that Intercom shows, blanks and colons included. */
export type AttributeValue = string | number | boolean | null;
export type Attributes = Record<string, AttributeValue>;

/** What the operator wrote in the policy file, checked. */
export type PolicyRules = {
  /** The first that fits decides; none: the reply mode of the settings. */
  mode: ModeRule[];
  /** Only what one of them fits is answered; none: everything. */
  only: NamedCondition[];
  /** What one of them fits is never answered. */
  never: NamedCondition[];
  /** What one of them fits goes to people; the first that fits is named. */
  escalate: Escalation[];
  /** What the model is told, each where it fits. */
  guidance: Guidance[];
};

export const noRules: PolicyRules = {
  mode: [],
  only: [],
  never: [],
  escalate: [],
  guidance: [],
};

/**
 * All keys that are given must hold; of a list, one entry. An empty condition always holds. Words
 * are compared without regard to case.
 */
export type Condition = {
  all?: Condition[] | undefined;
  any?: Condition[] | undefined;
  not?: Condition | undefined;
  tag?: string[] | undefined;
  channel?: string[] | undefined;
  /** By id; `none`: no team. */
  team?: string[] | undefined;
  /** By id; `none`: nobody. */
  assignee?: string[] | undefined;
  /** `*` stands for anything. */
  url?: string[] | undefined;
  /** Whole words or phrases of the customer. */
  words?: string[] | undefined;
  /** Something of this kind came with the messages. */
  attachment?: ("image" | "voice note" | "file")[] | undefined;
  conversationAttribute?: Record<string, ValueTest> | undefined;
  contactAttribute?: Record<string, ValueTest> | undefined;
  contactTag?: string[] | undefined;
  country?: string[] | undefined;
  segment?: string[] | undefined;
  company?: string[] | undefined;
  /** Of one of the customer's companies. */
  plan?: string[] | undefined;
  /** All of one company. */
  companyAttribute?: Record<string, ValueTest> | undefined;
  /** So many of the customer's last five conversations before this one are like that. */
  previousConversations?: PreviousTest | undefined;
  /** The messages say one of these in so many words. */
  sign?: Sign[] | undefined;
  /** The customer asks again what we have answered. */
  sameQuestionAgain?: boolean | undefined;
  /** How often the customer has written since the last close, messages in a row counted as one. */
  customerTurns?: { atLeast: number } | undefined;
  /** How many of our questions back stand in a row, this draft's among them. Not known before there is one. */
  questionsBack?: { atLeast: number } | undefined;
  /** The model's own, 0 to 1: not known before there is a draft. */
  confidence?: { below: number } | undefined;
  /** Whether people are at work when the conversation is looked at. */
  officeHours?: { is: "open" | "closed"; plan: HoursPlan } | undefined;
  /** One of these plain sentences is true of the messages: not known before there is a draft. */
  says?: string[] | undefined;
  /** Of the messages, as the draft says: not known before there is one. */
  language?: string[] | undefined;
  /** Of the messages, as the draft says: not known before there is one. */
  intent?: string[] | undefined;
  /** One of the policy's topics, or `none` of them, as the draft says. */
  topic?: string[] | undefined;
  /** How the customer sounds, and how soon it matters to them, as the draft says. */
  sentiment?: string[] | undefined;
  urgency?: string[] | undefined;
};

/** Where it stands which of the company's names a conversation has. */
export type WhoAsksRules = {
  /** Of brands or products. */
  brand: NameFrom | null;
  plan: NameFrom | null;
  /** One of the policy's topics, where it is known before anything is recalled. */
  topic: NameFrom | null;
};

/** In an attribute, by Intercom's name, or the first name whose condition holds. */
export type NameFrom =
  | { conversationAttribute: string }
  | { contactAttribute: string }
  /** `plan`: the plan that Intercom itself has of companies, where no attribute is called so. */
  | { companyAttribute: string }
  | { first: NamedCondition[] };

/** What is taken where the operator says nothing: the attribute that Intercom calls so. */
export const usualWhoAsks: WhoAsksRules = {
  brand: { conversationAttribute: "Brand" },
  plan: null,
  topic: null,
};

/** When people are at work: in general, and by their ids the teams that have hours of their own. */
export type HoursPlan = { general: HoursSource; teams: Record<string, HoursSource> };

/** Hours as written, or a schedule of Intercom's by name or id; `null`: the only one that it has. */
export type HoursSource = OfficeHours | { schedule: string | null };

/** A schedule as Intercom has it; its hours are `unknown` where they cannot be understood. */
export type Schedule = { id: string; name: string | null; hours: Fact<OfficeHours> };

/** When people are at work. */
export type OfficeHours = {
  /** IANA, such as `Europe/Berlin`. */
  timeZone: string;
  /** Seven days from Monday on. */
  week: OpenInterval[][];
  /** Days with other hours, none where closed; of every year where `year` is `null`. */
  exceptions: { year: number | null; month: number; day: number; open: OpenInterval[] }[];
};

/** In minutes since midnight; `to` is the first minute after. */
export type OpenInterval = { from: number; to: number };

export const signs = [
  "asked_for_person",
  "legal_threat",
  "person_in_danger",
  "security_incident",
  "data_request",
  "payment_dispute",
  "cancellation",
] as const;
export type Sign = (typeof signs)[number];

export type ValueTest = {
  isOneOf?: AttributeValue[] | undefined;
  contains?: string | undefined;
  atLeast?: number | undefined;
  atMost?: number | undefined;
  isSet?: boolean | undefined;
};

export type PreviousTest = {
  /** How many of them at least. */
  atLeast: number;
  withinDays?: number | undefined;
  state?: ("open" | "closed" | "snoozed")[] | undefined;
  /** 1 to 5; those that nobody rated do not count. */
  ratingAtMost?: number | undefined;
};

export type NamedCondition = { name: string; when: Condition };

export type Escalation = NamedCondition & {
  /**
   * `at-once`: handed over, and the customer is told. `offer-first`: the customer is asked whether a
   * colleague shall take over, once in a conversation. `review`: a person decides about the draft,
   * as with the others where nobody is named to take over or replies do not go out by themselves.
   */
  step: "at-once" | "offer-first" | "review";
  /** `null`: whoever takes over unless told otherwise. */
  to: HandOffTarget | null;
  /** What the customer is told with the hand-off; `null`: the sentence that is built in. */
  tell: Tell | null;
};

export type Guidance = NamedCondition & {
  /** A plain sentence for the model. */
  say: string;
};

/** For plain sentences, and for "the sources carry every claim of the reply". */
export type CheckThresholds = { says?: number | undefined; supported?: number | undefined };

/** How teammates ask for a draft: a tag, by name, and words with which a note begins. */
export type DraftOn = { tags: string[]; words: string[] };

/** Something that messages may be about, with what belongs to it in the operator's words. */
export type Topic = { name: string; about: string | null };

/** By language (ISO 639-1), `any` for all others; `nothing`: silence. */
export type Tell = Record<string, string> | "nothing";

export type ModeRule = NamedCondition & {
  mode: "auto" | "review" | "note" | "shadow";
  /** 0 to 100 of the conversations; the others go on to the next rule. */
  percent: number;
};
