import type { Written } from "./ports.ts";
import type { Drafting, Hint, JourneyReport } from "./types.ts";

/** What became of one delivery to the webhook's address. */
export const deliveries = [
  "taken",
  "left",
  "other-workspace",
  "refused-signature",
  "refused-body",
  "failed",
] as const;
export type Delivery = (typeof deliveries)[number];

/** What a person decided about a card, and what came of it; the card may be decided again after it. */
export type DecidedCard = {
  /** `write`: the reply is a person's own, where there was no draft (any more). */
  verdict: "approve" | "edit" | "write" | "reject" | "redraft" | "take-over";
  /** `sent`, `rejected`, `stale` …: a short code, never a text. */
  outcome: string;
  /** Seconds from the card to the click, by Slack's clock. */
  afterSeconds: number;
  /** The draft corrects a reply that was sent. */
  isCorrection: boolean;
};

/** A person found an automatic reply right or wrong, because it was checked or the customer said so. */
export type AuditedSent = { isRight: boolean; foundBy: "audit" | "customer" };

/** Told what happens, to count it. Nothing here may throw, wait, or keep a customer's words. */
export type Measures = {
  delivered(delivery: Delivery, durationMs: number): void;
  /** A conversation waits to be looked at. */
  hinted(hint: Hint): void;
  /** A turn came to its end. */
  ended(report: JourneyReport): void;
  /** A journey broke off; the conversation will be looked at again. */
  brokeOff(): void;
  /** A draft was written anew because a person asked for it. */
  redrafted(drafting: Drafting): void;
  wrote(call: "reply" | "note", result: Written["result"]): void;
  decided(card: DecidedCard): void;
  audited(sent: AuditedSent): void;
  /** A card needs no verdict any more. */
  closed(cardId: string): void;
  /** What Intercom says of its allowance: calls in the present window of ten seconds. */
  allowed(calls: { limit: number; remaining: number }): void;
};
