import { markOf, marksIn } from "../note-marks.ts";
import { comments, newestCustomerPartId, unansweredTurn } from "../turn.ts";
import type { Conversation, Policy, QuietReason, Turn } from "../types.ts";
import { isFromMachine } from "./automatic-sender.ts";

/**
 * By Intercom's names. Calls are answered by voice, and of Twitter it passes on a notice in place of
 * the words (https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations).
 */
const unsupportedChannels = new Set(["phone_call", "phone_switch", "twitter"]);

type Rule = {
  reason: QuietReason;
  /** Whether it also stops what a person has approved: they decide about age and about themselves. */
  stopsPeople: boolean;
  holds(conversation: Conversation, turn: Turn, policy: Policy): boolean;
};

/** Every reason to say nothing to somebody who waits, in the order in which they are looked at. */
const rules: Rule[] = [
  { reason: "conversation-closed", stopsPeople: true, holds: ({ state }) => state === "closed" },
  { reason: "conversation-snoozed", stopsPeople: true, holds: ({ state }) => state === "snoozed" },
  {
    reason: "unsupported-channel",
    stopsPeople: true,
    holds: ({ channel }) => unsupportedChannels.has(channel ?? ""),
  },
  {
    reason: "internal-ticket",
    stopsPeople: true,
    holds: ({ ticket }) => ticket === "internal",
  },
  {
    reason: "excluded-by-tag",
    stopsPeople: true,
    holds: ({ tags }, _turn, policy) => isExcludedByTag(tags, policy),
  },
  {
    reason: "already-handled",
    stopsPeople: false,
    holds: (conversation, { basePartId }) =>
      marksIn(conversation).some((mark) => mark.basePartId === basePartId),
  },
  { reason: "fin-active", stopsPeople: true, holds: ({ fin }) => fin === "active" },
  {
    reason: "automatic-sender",
    stopsPeople: false,
    holds: (conversation, { messages }) => isFromMachine(conversation, messages),
  },
  {
    reason: "teammate-active",
    stopsPeople: false,
    // In note mode only teammates read what is written, and they may want it while they work.
    holds: (conversation, _turn, { replyMode }) =>
      replyMode !== "note" && isTeammateActive(conversation),
  },
  {
    reason: "waited-too-long",
    stopsPeople: false,
    holds: ({ readAt }, { messages }, { maxAgeMs }) =>
      readAt - (messages.at(-1)?.at ?? readAt) > maxAgeMs,
  },
];

/** Why nothing should be drafted for this conversation now, or `null` when a customer awaits us. */
export function whyQuiet(conversation: Conversation, policy: Policy): QuietReason | null {
  const turn = unansweredTurn(conversation);
  if (turn === null) return whoAnswered(conversation);
  return rules.find((rule) => rule.holds(conversation, turn, policy))?.reason ?? null;
}

/**
 * Why a draft for this customer's message must not be used any more, or `null` when it still may.
 *
 * The second look is the first one again: whatever would have kept us quiet before drafting keeps us
 * quiet before sending. Beside that, the message must still be the customer's newest.
 *
 * @param decidedBy a person's approval is not stopped by what a person decides: that somebody works
 *   on it, how long the customer has waited, and the card's own note
 */
export function whyNotOurs(
  conversation: Conversation | null,
  basePartId: string,
  policy: Policy,
  decidedBy: "us" | "a person",
): QuietReason | "customer-wrote-again" | null {
  if (conversation === null) return "conversation-gone";
  const turn = unansweredTurn(conversation);
  if (turn === null) return whoAnswered(conversation);
  if (newestCustomerPartId(conversation) !== basePartId) return "customer-wrote-again";
  const applied = rules.filter(({ stopsPeople }) => stopsPeople || decidedBy === "us");
  return applied.find((rule) => rule.holds(conversation, turn, policy))?.reason ?? null;
}

function whoAnswered(conversation: Conversation): QuietReason {
  if (newestCustomerPartId(conversation) === null) return "not-a-customers-turn";
  const answer = comments(conversation).at(-1);
  if (answer?.author.role === "teammate") return "teammate-answered";
  if (answer?.author.role === "bot") return "other-bot-answered";
  return "already-answered";
}

function isExcludedByTag(tags: string[], policy: Policy): boolean {
  const names = new Set(tags.map((tag) => tag.toLowerCase()));
  const has = (tag: string) => names.has(tag.toLowerCase());
  if (policy.skipTags.some(has)) return true;
  return policy.onlyTags.length > 0 && !policy.onlyTags.some(has);
}

/**
 * Whether a person is at work here: somebody commented, took the conversation (in Intercom or from
 * a card), or was given it by us, since it was last opened. The opener does not count: a customer
 * who answers a campaign or a teammate's first message is a customer with a question.
 */
function isTeammateActive(conversation: Conversation): boolean {
  const sinceOpened = conversation.parts.findLastIndex((part) => part.opens);
  return conversation.parts.slice(Math.max(sinceOpened, 1)).some((part) => {
    if (part.kind === "comment" && part.author.role === "teammate") return true;
    if (markOf(part)?.outcome === "taken-over") return true;
    if (part.assignedTo === null) return false;
    return part.author.role === "us" || part.author.id === part.assignedTo;
  });
}
