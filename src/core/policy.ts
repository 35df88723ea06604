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
};

export const noRules: PolicyRules = { mode: [], only: [], never: [] };

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
  /** Of the messages, as the draft says: not known before there is one. */
  language?: string[] | undefined;
  /** Of the messages, as the draft says: not known before there is one. */
  intent?: string[] | undefined;
};

export type ValueTest = {
  isOneOf?: AttributeValue[] | undefined;
  contains?: string | undefined;
  atLeast?: number | undefined;
  atMost?: number | undefined;
  isSet?: boolean | undefined;
};

export type NamedCondition = { name: string; when: Condition };

export type ModeRule = NamedCondition & {
  mode: "auto" | "review" | "note";
  /** 0 to 100 of the conversations; the others go on to the next rule. */
  percent: number;
};
