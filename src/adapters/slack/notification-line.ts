import { builtInBehind, isUrgent } from "../../core/judging/wording.ts";
import { cutText } from "./cut-text.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";
import type { PackedDraft } from "./pack-draft.ts";
import { lineBeginnings, reasonsInShort, unknownCustomer, urgentMark } from "./wording.ts";

const nameLimit = 80;
/** More than that no phone shows. */
export const askedLimit = 80;

/** Whom a card is about, and what they asked. */
export type CardSubject = Pick<PackedDraft, "kind" | "customerName" | "asked" | "needsAnswer"> &
  Partial<Pick<PackedDraft, "reason" | "rule">>;

export type CardState = "asking" | "working" | "decided";

/**
 * The text of a card's message: what a notification shows, by which somebody decides whether to open
 * it. Why a person is needed, who asked, and how the question begins; escaped.
 */
export function mrkdwnNotification(about: CardSubject, state: CardState): string {
  const asked = about.asked?.trim() ?? "";
  const who = `${customerIn(about)}${asked === "" ? "" : `: ${cutText(asked, askedLimit)}`}`;
  return escapeMrkdwn(`${beginning(about, state)} · ${who}`);
}

/** The customer's name as cards show it, not escaped yet. */
export function customerIn({ customerName }: Pick<PackedDraft, "customerName">): string {
  const name = customerName?.replace(/\s+/g, " ").trim() ?? "";
  return name === "" ? unknownCustomer : cutText(name, nameLimit);
}

function beginning({ kind, reason, rule, needsAnswer }: CardSubject, state: CardState): string {
  if (state !== "asking") return lineBeginnings[state];
  if (needsAnswer === true) return `${urgentMark} ${reasonsInShort["no-draft"]}`;
  if (kind !== "review" || reason === undefined) return lineBeginnings[kind];
  const inShort = builtInBehind({ reason, rule })?.inShort ?? reasonsInShort[reason];
  return isUrgent({ reason, rule }) ? `${urgentMark} ${inShort}` : inShort;
}
