import { withRepliesInPlace } from "../answering/replies-in-place.ts";
import { ruleAgainst } from "../judging/audience.ts";
import { factsOf } from "../judging/facts-of.ts";
import { mayBeAutomatic, modeFor } from "../judging/mode.ts";
import { whenToLookAgain, whyQuiet } from "../judging/why-quiet.ts";
import { explainOutcome } from "../judging/wording.ts";
import { marksIn } from "../note-marks.ts";
import { newestMessage, unansweredTurn } from "../turn.ts";
import type { Conversation, Part, Policy, QuietReason, Turn } from "../types.ts";
import type { KnownOf, RecentJourneys } from "./recent-journeys.ts";
import { type Moment, momentsIn, momentsKnown } from "./timeline.ts";
import { markToDo, sentences, whatToDo } from "./wording.ts";

/** Intercom's times count whole seconds. */
const clockGrainMs = 1000;

/** Why a conversation was answered or not, in words for an engineer; no customer's word is in it. */
export type Explanation = {
  conversationId: string;
  /** Its page in Intercom; `null` where there is no such conversation. */
  url: string | null;
  /** Oldest first. */
  timeline: Moment[];
  /** What keeps it from being answered now; `reason` is `null` where nothing does. */
  now: { state: "gone" | "waiting" | "quiet"; reason: QuietReason | null; words: string };
  /** What would happen if it were looked at now. */
  next: string;
  toDo: string;
  /** What could not be known. */
  unknown: string[];
};

/** What only the running service knows; `null` where it was not asked. */
export type ServiceKnowledge = {
  journeys: RecentJourneys;
  isGivenUp(turn: Turn): boolean;
  basePartIds: ReadonlyMap<string, string>;
  /** Other replicas may have looked too. */
  isOneOfSeveral: boolean;
};

/**
 * Explains a conversation as it was read just now.
 *
 * @param conversation `null` where Intercom knows none with that id
 */
export function explainConversation(
  conversationId: string,
  conversation: Conversation | null,
  policy: Policy,
  service: ServiceKnowledge | null,
): Explanation {
  const known = service?.journeys.of(conversationId) ?? { hints: [], looks: [] };
  const read =
    conversation &&
    withRepliesInPlace(conversation, service?.basePartIds ?? new Map<string, string>());
  const timeline = [
    ...(conversation === null ? [] : momentsIn(conversation)),
    ...momentsKnown(known),
  ];
  // Intercom's times count whole seconds: what happened within one keeps the order it has here.
  const inOrder = timeline.sort((one, other) => seconds(one) - seconds(other));
  return {
    conversationId,
    url: conversation?.url ?? null,
    timeline: inOrder,
    ...standingOf(read, policy, known, service),
    unknown: unknownIn(conversation, service),
  };
}

function standingOf(
  conversation: Conversation | null,
  policy: Policy,
  known: KnownOf,
  service: ServiceKnowledge | null,
): Pick<Explanation, "now" | "next" | "toDo"> {
  if (conversation === null) {
    const reason = "conversation-gone";
    const now = { state: "gone", reason, words: sentences.nowGone } as const;
    return { now, next: sentences.nextNothing, toDo: whatToDo[reason] };
  }
  const turn = unansweredTurn(conversation);
  const isGivenUp = turn !== null && (service?.isGivenUp(turn) ?? false);
  const reason = whyQuiet(conversation, policy) ?? (isGivenUp ? "given-up" : null);
  if (reason !== null) return quiet(conversation, policy, reason);
  const now = { state: "waiting", reason: null, words: sentences.nowWaiting } as const;
  // Where nobody waits there is a reason, so there is a turn.
  if (turn === null) return { now, next: sentences.nextNothing, toDo: sentences.doWait };
  return {
    now,
    next: nextFor(conversation, turn, policy),
    toDo: toDoAbout(known, service),
  };
}

function quiet(
  conversation: Conversation,
  policy: Policy,
  reason: QuietReason,
): Pick<Explanation, "now" | "next" | "toDo"> {
  const rule = reason === "excluded-by-policy" ? ruleAgainst(conversation, policy) : null;
  const words = explainOutcome({ kind: "quiet", reason, ...(rule === null ? {} : { rule }) });
  const again = whenToLookAgain(conversation, policy);
  const mark = reason === "already-handled" ? marksIn(conversation).at(-1) : undefined;
  return {
    now: { state: "quiet", reason, words: sentences.nowQuiet(words) },
    next: again === null ? sentences.nextNothing : sentences.nextLookAgain(inWords(again)),
    toDo: mark === undefined ? whatToDo[reason] : markToDo[mark.outcome],
  };
}

function nextFor(conversation: Conversation, turn: Turn, policy: Policy): string {
  const facts = factsOf(conversation, turn, null);
  const { mode, rule } = modeFor(policy, facts);
  const waitedMs = conversation.readAt - newestMessage(turn).at;
  if (mayBeAutomatic(policy, facts)) {
    return waitedMs > policy.automaticReplyMaxAgeMs
      ? sentences.nextTooOld
      : sentences.nextAutomatic(policy.confidenceThreshold);
  }
  return mode === "review" ? sentences.nextReview(rule) : sentences.nextNote(rule);
}

/** A customer waits and nothing speaks against a draft: what has become of the look, then? */
function toDoAbout({ hints, looks }: KnownOf, service: ServiceKnowledge | null): string {
  if (service === null) return sentences.doStartService;
  const last = looks.at(-1);
  if (last?.outcome.kind === "broke-off" || last?.outcome.kind === "refused") {
    return sentences.doMend(last.outcome.explanation);
  }
  const isAnnounced = hints.some(({ at }) => at >= (last?.endedAt ?? 0));
  return isAnnounced ? sentences.doWait : sentences.doWaitForSweep;
}

function unknownIn(conversation: Conversation | null, service: ServiceKnowledge | null): string[] {
  const { journeys } = service ?? { journeys: null };
  const isBefore = ({ at }: Part) => at + clockGrainMs <= (journeys?.since ?? 0);
  const isOlder = conversation?.parts.some(isBefore) ?? false;
  return [
    ...(journeys === null ? [sentences.unknownService] : []),
    ...(service?.isOneOfSeveral ? [sentences.unknownReplicas] : []),
    ...(journeys !== null && isOlder ? [sentences.unknownBefore(inWords(journeys.since))] : []),
    ...(conversation?.isCut ? [sentences.unknownParts] : []),
  ];
}

function seconds({ at }: Moment): number {
  return Math.floor(Date.parse(at) / 1000);
}

function inWords(at: number): string {
  return new Date(at).toISOString();
}
