import type { Attributes } from "./policy.ts";
import type { Fact } from "./unknown.ts";

/** The customer as Intercom's API knows them, beyond what stands in the conversation. */
export type Customer = {
  /** Their own attributes, by Intercom's names, and what it knows of everybody: {@link commonAttributes}. */
  attributes: Attributes;
  /** By name. */
  tags: Fact<string[]>;
  segments: Fact<string[]>;
  companies: Fact<Company[]>;
  /** Their conversations, the one that was touched last first: as many as {@link mostPrevious}, and one for the present one. */
  conversations: Fact<PreviousConversation[]>;
};

/** What is known of a conversation without reading it. */
export type PreviousConversation = {
  id: string;
  /** When it began, in milliseconds since 1970. */
  at: number;
  /** Its title, or the first words; empty where it has none. */
  about: string;
  state: "open" | "closed" | "snoozed";
  /** From 1 (worst) to 5; `null`: not rated. */
  rating: number | null;
};

/** So many of the customer's conversations before this one are looked at. */
export const mostPrevious = 5;

export type Company = {
  name: string | null;
  plan: string | null;
  /** Its own attributes, by Intercom's names, and {@link companyAttributes}. */
  attributes: Attributes;
};

/** What Intercom knows of everybody, by our names; times are days such as `2026-03-02`. */
export const commonAttributes = [
  "role",
  "email",
  "phone",
  "language",
  "country",
  "region",
  "city",
  "browser",
  "os",
  "created",
  "signed_up",
  "last_seen",
] as const;

/** What Intercom knows of every company; money as its own system gives it, without a currency. */
export const companyAttributes = ["size", "monthly_spend", "user_count", "industry"] as const;

/** What may be shown beside attributes. */
export const shownLists = [
  "companies",
  "plan",
  "segments",
  "tags",
  "previous_conversations",
] as const;

/** Which of the customer's lists are used; each costs a call. */
export type CustomerNeeds = {
  tags: boolean;
  segments: boolean;
  companies: boolean;
  conversations: boolean;
};

/** Something known of the customer that model and teammates may see. */
export type ShownFact = { name: string; value: string };
