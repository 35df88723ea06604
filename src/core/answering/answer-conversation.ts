import { isSurelyFor } from "../for-whom.ts";
import { decideByRules } from "../judging/decide-by-rules.ts";
import { draftRequest } from "../judging/draft-request.ts";
import { begunFor } from "../judging/hand-off-state.ts";
import { overdueHandOff } from "../judging/overdue-facts.ts";
import { turnStanding } from "../judging/standing.ts";
import { goingOn } from "../judging/to-people.ts";
import { whenToLookAgain, whyNotOurs, whyQuiet } from "../judging/why-quiet.ts";
import type { Reviews, Slot } from "../ports.ts";
import { newestMessage, unansweredTurn } from "../turn.ts";
import type {
  Card,
  Conversation,
  Decision,
  Drafting,
  Hint,
  JourneyReport,
  Outcome,
  Policy,
  Turn,
} from "../types.ts";
import { type ActPorts, act } from "./act.ts";
import { draftFor, lostDraft } from "./draft-turn.ts";
import { type Journey, type JourneyPorts, read, startJourney, timed } from "./journey.ts";
import {
  type DecidedDraft,
  type Ended,
  logDecision,
  logOutcome,
  quietly,
  report,
} from "./journey-report.ts";
import { rememberTurn } from "./remember-turn.ts";
import { pauseBeforeReplyMs } from "./replies-in-place.ts";
import type { KeptDraft, TurnRecord } from "./turn-record.ts";

/**
 * The journey of a customer's message: read, recall, draft, decide, make sure it is still ours, act.
 *
 * The hint says no more than where to look; whether anybody waits for an answer is read from the
 * conversation, so that a repeated, late or forged hint cannot cause a second or a stale reply.
 *
 * @returns what happened to the last turn that was found
 * @throws UpstreamError when Intercom cannot be read or does not confirm what was sent; the
 *   conversation must be looked at again later
 */
export async function answerConversation(
  hint: Hint,
  slot: Slot,
  ports: JourneyPorts,
  policy: Policy,
): Promise<JourneyReport> {
  const journey = startJourney(hint, slot, ports, policy);
  try {
    for (;;) {
      const ended = await answerTurn(await read(journey), journey);
      if (ended === "start-over") continue;
      logOutcome(journey, ended.report);
      ports.onReport?.(ended.report);
      if (await isOver(ended, journey)) return ended.report;
    }
  } finally {
    await journey.remembering;
  }
}

/**
 * Looks once more after a reply or note: a message can land between our last reading and our
 * reply. It looks answered in Intercom, but is not.
 */
async function isOver({ report, conversation }: Ended, journey: Journey): Promise<boolean> {
  const { ports, policy } = journey;
  const { observed } = ports;
  if (report.outcome.kind === "refused") return true;
  if (report.outcome.kind === "quiet") {
    if (conversation !== null) observed.note(conversation, lookAgainInMs(conversation, policy));
    return true;
  }
  const after = await read(journey);
  const next = after === null ? null : unansweredTurn(after);
  if (next !== null && next.basePartId !== report.turn?.basePartId) return false;
  // What still waits although we have written must be found by the sweep again.
  if (after !== null && whyQuiet(after, policy) !== null) {
    observed.note(after, lookAgainInMs(after, policy));
  }
  return true;
}

/** A bot or a teammate who goes first is waited for, but not for ever. */
function lookAgainInMs(conversation: Conversation, policy: Policy): number | null {
  const at = whenToLookAgain(conversation, policy);
  return at === null ? null : at - conversation.readAt;
}

/** Takes one turn from the first look to its outcome, or says that a newer message came between. */
async function answerTurn(
  conversation: Conversation | null,
  journey: Journey,
): Promise<Ended | "start-over"> {
  const { ports, policy, slot } = journey;
  if (conversation === null) return quietly(journey, null, null, "conversation-gone");
  const asked = draftRequest(conversation, policy);
  const isAskedFor = asked !== null;
  const turn = asked ?? unansweredTurn(conversation);
  const why = whyQuiet(conversation, policy);
  if (turn === null || why !== null) {
    return quietly(journey, conversation, turn, why ?? "already-answered");
  }
  if (ports.record.isGivenUp(turn)) return quietly(journey, conversation, turn, "given-up");

  const mayStartOver = ports.clock() - journey.startedAt < policy.restartLimitMs;
  const newerMessage = journey.newerMessages.since(conversation);
  const interruption = mayStartOver ? newerMessage : new AbortController().signal;
  const quietUntil = quietPeriodEnd(conversation, turn, journey);

  const begun = isAskedFor
    ? null
    : (begunFor(conversation, turn) ?? overdueHandOff(conversation, turn, policy));
  const draft =
    begun === null
      ? await decidedDraft(conversation, turn, journey, interruption, isAskedFor)
      : { ...lostDraft, decision: goingOn(begun, policy, { conversation, turn }), unseen: null };
  if (draft === null) return "start-over";
  const { drafting, decision } = draft;
  logDecision(journey, turn, draft);

  if (decision.reason === "shadow-mode") {
    return quietly(journey, conversation, turn, "shadow-mode", draft);
  }

  const earliest = Math.max(quietUntil, ports.earliestReplyAt);
  await timed(journey, "quiet period", () => slot.rest(earliest - ports.clock(), interruption));
  if (interruption.aborted) return "start-over";

  const fresh = await read(journey);
  if (fresh === null) return quietly(journey, null, turn, "conversation-gone", draft);
  const lost = whyNotOurs(fresh, turn.basePartId, policy, isAskedFor ? "request" : "us");
  // What was to go out by itself is now wanted for people.
  if (!isAskedFor && draftRequest(fresh, policy) !== null) return "start-over";
  if (lost === "customer-wrote-again") {
    if (mayStartOver) return "start-over";
  } else if (lost !== null) {
    return quietly(journey, fresh, turn, lost, draft);
  }
  if (isForOthers(drafting, decision, fresh)) return "start-over";

  const found = [...draft.recall.sources, ...(draft.withheld ?? [])];
  const situation = { conversation: fresh, turn, drafting, decision, found, isAskedFor };
  const outcome = await timed(journey, "act", () =>
    act(situation, actPorts(journey, turn, draft), policy),
  );
  if (outcome.kind === "look-again") return "start-over";
  if (outcome.kind === "quiet") return quietly(journey, fresh, turn, outcome.reason, draft);
  noteInRecord(outcome, turn, fresh.id, ports.record);
  journey.remembering = rememberTurn({ conversation: fresh, turn, drafting, outcome }, ports);
  return { report: report(journey, turn, outcome, draft), conversation: fresh };
}

/**
 * Whether what was to go out by itself rests on what is for other brands or plans: who asks may have
 * become another since it was decided. Decided anew it goes to a person at the worst.
 */
function isForOthers(
  drafting: Drafting,
  { action }: Decision,
  { asker = {} }: Conversation,
): boolean {
  if (action !== "reply" || !("draft" in drafting)) return false;
  return drafting.draft.usedSources.some(({ forWhom }) => !isSurelyFor(forWhom, asker));
}

async function decidedDraft(
  conversation: Conversation,
  turn: Turn,
  journey: Journey,
  interruption: AbortSignal,
  isAskedFor: boolean,
): Promise<DecidedDraft | null> {
  const written = await draftFor(conversation, turn, journey, interruption, isAskedFor);
  if (written === null) return null;
  const { drafting } = written;
  const seen = "draft" in drafting ? drafting.draft.seen : [];
  const standing = turnStanding(conversation, turn, { seen, isAskedFor });
  const asked = { conversation, turn };
  const decision = decideByRules(asked, drafting, journey.policy, standing);
  return { ...written, decision, unseen: standing.unseen };
}

/**
 * Until when the customer must stay silent. It counts from the end of our reading, because the
 * message's own time is known to the second only; an older message has had its quiet period.
 */
function quietPeriodEnd(conversation: Conversation, turn: Turn, journey: Journey): number {
  const pauseMs = pauseBeforeReplyMs(turn, journey.policy.quietPeriodMs);
  const ageMs = conversation.readAt - newestMessage(turn).at;
  return ageMs > pauseMs + 1000 ? 0 : journey.readAt + pauseMs;
}

/** What ends a turn frees its draft; what Intercom refused is kept and tried again, three times. */
function noteInRecord(
  outcome: Outcome,
  turn: Turn,
  conversationId: string,
  record: TurnRecord,
): void {
  if (outcome.kind === "refused") record.refused(turn);
  else record.finished(turn);
  const replyId = "replyId" in outcome ? outcome.replyId : null;
  if (replyId !== null) record.replied(conversationId, replyId, turn.basePartId);
}

function actPorts(journey: Journey, turn: Turn, written: KeptDraft): ActPorts {
  const { ports, slot, hint } = journey;
  return {
    // A second look must know what our replies answered, as the first one did.
    inbox: { ...ports.inbox, read: () => read(journey) },
    reviews: {
      post: (review) => askOnce(turn, written, ports, (reviews) => reviews.post(review)),
      askForAnswer: (question) =>
        askOnce(turn, written, ports, (reviews) => reviews.askForAnswer(question)),
      showHandOff: async (handOff) => ports.reviews.showHandOff?.(handOff),
    },
    slot,
    onCardFailed: (error) =>
      ports.log.warn({ conversationId: hint.conversationId, error }, "review card failed"),
    onHandOffRefused: (explanation) =>
      ports.log.error(
        { conversationId: hint.conversationId, explanation },
        "Intercom refused the hand-off: check the ids under hand_off and to in the policy file",
      ),
  };
}

/**
 * The card of a turn whose note could not be written yet: one turn, one card. What it was posted for
 * is kept with it, so that the next try finds the same draft, or none again.
 */
async function askOnce(
  turn: Turn,
  written: KeptDraft,
  { record, reviews }: JourneyPorts,
  ask: (reviews: Reviews) => Promise<Card | null>,
): Promise<Card | null> {
  const card = record.keptCard(turn) ?? (await ask(reviews));
  if (card === null) return null;
  record.keepCard(turn, card);
  record.keepDraft(turn, written);
  return card;
}
