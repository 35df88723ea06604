import { marksIn } from "../note-marks.ts";
import { comments, newestCustomerPartId, unansweredTurn } from "../turn.ts";
import type { Conversation, Policy, QuietReason, Turn } from "../types.ts";
import { unknown } from "../unknown.ts";
import { ruleAgainst } from "./audience.ts";
import { isFromMachine } from "./automatic-sender.ts";
import { draftRequest } from "./draft-request.ts";
import { factsOf } from "./facts-of.ts";
import { acceptedOffer, begunFor, isHandedOver } from "./hand-off-state.ts";
import { modeFor } from "./mode.ts";
import { isOnlyThanksForAnAnswer } from "./only-thanks.ts";
import { factsDueAt, missingFactsRule, overdueHandOff } from "./overdue-facts.ts";
import { assignedSince, botsTurnEnd, lastTeammateActivityAt } from "./patience.ts";

/**
 * By Intercom's names. Calls are answered by voice, and of Twitter it passes on a notice in place of
 * the words (https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations).
 */
const unsupportedChannels = new Set(["phone_call", "phone_switch", "twitter"]);

/** A rule that could not be judged, because what it asks about could not be read, is judged again then. */
const unreadAgainMs = 60_000;

type Rule = {
  reason: QuietReason;
  /** Whether it also stops what a person has approved: they decide about age and about themselves. */
  stopsPeople: boolean;
  holds(conversation: Conversation, turn: Turn, policy: Policy): boolean;
  /** When it stops holding although nothing happens, by Intercom's clock; unset: never. */
  until?(conversation: Conversation, turn: Turn, policy: Policy): number | null;
};

/** A rule that holds until a time. */
function untilThen(
  reason: QuietReason,
  stopsPeople: boolean,
  until: NonNullable<Rule["until"]>,
): Rule {
  const holds: Rule["holds"] = (conversation, turn, policy) =>
    conversation.readAt < (until(conversation, turn, policy) ?? 0);
  return { reason, stopsPeople, holds, until };
}

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
    reason: "excluded-by-policy",
    stopsPeople: true,
    holds: (conversation, _turn, policy) => ruleAgainst(conversation, policy) !== null,
    until: ({ customer, schedules, readAt }) =>
      customer === unknown || schedules === unknown ? readAt + unreadAgainMs : null,
  },
  {
    reason: "already-handled",
    stopsPeople: false,
    holds(conversation, turn, policy) {
      const newest = marksIn(conversation).findLast((mark) => mark.basePartId === turn.basePartId);
      // What a note says is to be done next is not done by the note.
      if (newest === undefined || newest.next !== undefined) return false;
      return overdueHandOff(conversation, turn, policy) === null;
    },
    until: factsDueAt,
  },
  {
    reason: "handed-over",
    stopsPeople: false,
    holds: (conversation, _turn, policy) => isHandedOver(conversation, policy),
  },
  {
    reason: "only-thanks",
    stopsPeople: false,
    holds: (conversation, turn) =>
      isOnlyThanksForAnAnswer(conversation, turn) && acceptedOffer(conversation, turn) === null,
  },
  untilThen("fin-active", true, (conversation, turn, policy) =>
    conversation.fin === "active" ? botsTurnEnd(conversation, turn, policy) : null,
  ),
  untilThen("bot-at-work", false, botsTurnEnd),
  {
    reason: "automatic-sender",
    stopsPeople: false,
    holds: (conversation, { messages }) => isFromMachine(conversation, messages),
  },
  untilThen("teammate-active", false, (conversation, turn, policy) => {
    const lastAt = lastTeammateActivityAt(conversation);
    if (lastAt === null) return null;
    // In note mode only teammates read what is written, and they may want it while they work.
    const { mode } = modeFor(policy, factsOf(conversation, turn, null));
    return mode === "note" ? null : lastAt + policy.teammatePatienceMs;
  }),
  {
    reason: "waited-too-long",
    stopsPeople: false,
    holds(conversation, turn, policy) {
      const { readAt } = conversation;
      const isOld = readAt - (turn.messages.at(-1)?.at ?? readAt) > policy.maxAgeMs;
      // Who waited for a fact is handed over however long that took.
      if (!isOld || overdueHandOff(conversation, turn, policy) !== null) return false;
      return begunFor(conversation, turn)?.rule !== missingFactsRule;
    },
  },
];

/** Why nothing should be drafted for this conversation now, or `null` when a customer awaits us. */
export function whyQuiet(conversation: Conversation, policy: Policy): QuietReason | null {
  // A teammate who asks for a draft decides where there shall be one: it goes to people only.
  if (draftRequest(conversation, policy) !== null) return null;
  const turn = unansweredTurn(conversation);
  if (turn === null) return whoAnswered(conversation);
  return rules.find((rule) => rule.holds(conversation, turn, policy))?.reason ?? null;
}

/**
 * When a conversation in which we stay quiet must be looked at again although nothing happens in it.
 * @returns milliseconds by Intercom's clock; `null`: only when something happens
 */
export function whenToLookAgain(conversation: Conversation, policy: Policy): number | null {
  const turn = unansweredTurn(conversation);
  if (turn === null) return null;
  const holding = rules.find((rule) => rule.holds(conversation, turn, policy));
  return holding?.until?.(conversation, turn, policy) ?? null;
}

/**
 * Who decided about a draft; of a person their id in Intercom, or `null` where it is not known.
 * `request`: nobody yet, a teammate asked for it and people will.
 */
export type DecidedBy = "us" | "request" | { teammateId: string | null };

/**
 * Why a draft for this customer's message must not be used any more, or `null` when it still may.
 *
 * The second look is the first one again: whatever would have kept us quiet before drafting keeps us
 * quiet before sending. Beside that, the message must still be the customer's newest.
 *
 * @param decidedBy a person's approval is not stopped by what they decide themselves: how long the
 *   customer has waited, the card's own note, and that they have taken the conversation. Somebody else
 *   who has taken it since stops it
 */
export function whyNotOurs(
  conversation: Conversation | null,
  basePartId: string,
  policy: Policy,
  decidedBy: DecidedBy,
): QuietReason | "customer-wrote-again" | null {
  if (conversation === null) return "conversation-gone";
  if (decidedBy === "request") {
    return newestCustomerPartId(conversation) === basePartId ? null : "customer-wrote-again";
  }
  const turn = unansweredTurn(conversation);
  if (turn === null) return whoAnswered(conversation);
  if (newestCustomerPartId(conversation) !== basePartId) return "customer-wrote-again";
  if (decidedBy !== "us") {
    const takenBy = assignedSince(conversation, basePartId);
    if (takenBy !== null && takenBy !== decidedBy.teammateId) return "teammate-active";
  }
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
