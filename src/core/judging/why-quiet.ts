import { markOf, marksIn } from "../note-marks.ts";
import { comments, newestCustomerPartId, unansweredTurn } from "../turn.ts";
import type { Conversation, Policy, QuietReason } from "../types.ts";

/**
 * By Intercom's names. Calls are answered by voice, and of Twitter it passes on a notice in place of
 * the words (https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations).
 */
const unsupportedChannels = new Set(["phone_call", "phone_switch", "twitter"]);

/** Why nothing should be drafted for this conversation now, or `null` when a customer awaits us. */
export function whyQuiet(conversation: Conversation, policy: Policy): QuietReason | null {
  const turn = unansweredTurn(conversation);
  const base = turn?.messages.at(-1);
  if (base === undefined) return whoAnswered(conversation);

  if (conversation.state === "closed") return "conversation-closed";
  if (conversation.state === "snoozed") return "conversation-snoozed";
  if (unsupportedChannels.has(conversation.channel ?? "")) return "unsupported-channel";
  if (conversation.ticket === "internal") return "internal-ticket";
  if (isExcludedByTag(conversation.tags, policy)) return "excluded-by-tag";
  if (marksIn(conversation).some((mark) => mark.basePartId === base.id)) return "already-handled";
  if (conversation.fin === "active") return "fin-active";
  // In note mode only teammates read what is written, and they may want it while they work.
  if (policy.replyMode !== "note" && isTeammateActive(conversation)) return "teammate-active";
  if (conversation.readAt - base.at > policy.maxAgeMs) return "waited-too-long";
  return null;
}

/**
 * Why a draft for this customer's message must not be used any more, or `null` when it still may:
 * the message is the newest of the customer, nobody has answered it, and the conversation is open.
 *
 * Notes, assignments and automatic notices do not count.
 */
export function whyNotOurs(
  conversation: Conversation | null,
  basePartId: string,
): QuietReason | "customer-wrote-again" | null {
  if (conversation === null) return "conversation-gone";
  const turn = unansweredTurn(conversation);
  if (turn === null) return whoAnswered(conversation);
  if (newestCustomerPartId(conversation) !== basePartId) return "customer-wrote-again";
  if (conversation.state === "closed") return "conversation-closed";
  if (conversation.state === "snoozed") return "conversation-snoozed";
  return null;
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
