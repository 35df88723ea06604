import { decide } from "../judging/decide.ts";
import { unseenIn } from "../judging/unseen.ts";
import { whyNotOurs, whyQuiet } from "../judging/why-quiet.ts";
import { queryFrom, recall, recallQuery, whoseTurn } from "../knowledge/recall.ts";
import { isWithPeople } from "../note-marks.ts";
import type {
  Clock,
  Drafter,
  HelpCenter,
  Inbox,
  Log,
  Memory,
  Review,
  Reviews,
  Slot,
} from "../ports.ts";
import { recentHistory, repliesSinceOpened, unansweredTurn } from "../turn.ts";
import type {
  Card,
  Conversation,
  Decision,
  Hint,
  JourneyReport,
  NoDraft,
  Outcome,
  Part,
  Policy,
  QuietReason,
  Recall,
  ReviewReason,
  Turn,
} from "../types.ts";
import { type ActPorts, act } from "./act.ts";
import { type NewerMessages, watchForNewerMessages } from "./newer-messages.ts";
import type { ObservedVersions } from "./observed-versions.ts";
import { rememberTurn } from "./remember-turn.ts";
import { withRepliesInPlace } from "./replies-in-place.ts";
import type { KeptDraft, TurnRecord } from "./turn-record.ts";

export type JourneyPorts = {
  inbox: Inbox;
  drafter: Drafter;
  memory: Memory;
  helpCenter: HelpCenter;
  reviews: Reviews;
  record: TurnRecord;
  observed: ObservedVersions;
  clock: Clock;
  log: Log;
  /** No reply leaves before: one sent by the process before us may still be on its way. */
  earliestReplyAt: number;
  /** Told about each turn that came to an end. */
  onReport?(report: JourneyReport): void;
};

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
    if (conversation !== null) observed.note(conversation);
    return true;
  }
  const after = await read(journey);
  const next = after === null ? null : unansweredTurn(after);
  if (next !== null && next.basePartId !== report.turn?.basePartId) return false;
  // What still waits although we have written must be found by the sweep again.
  if (after !== null && whyQuiet(after, policy) !== null) observed.note(after);
  return true;
}

type Journey = {
  slot: Slot;
  ports: JourneyPorts;
  policy: Policy;
  newerMessages: NewerMessages;
  /** Recall for the hint's text, begun before the conversation was read. */
  early: { query: string; contactId: string | null; recall: Promise<Recall> } | null;
  startedAt: number;
  /** When the last reading ended, by this machine's clock. */
  readAt: number;
  steps: JourneyReport["steps"];
  hint: Hint;
  /** What is being stored; the customer never waits for it. */
  remembering: Promise<void>;
};

type Ended = { report: JourneyReport; conversation: Conversation | null };

function startJourney(hint: Hint, slot: Slot, ports: JourneyPorts, policy: Policy): Journey {
  const query = queryFrom(hint.text);
  const { contactId, conversationId: inConversation } = hint;
  const startedAt = ports.clock();
  return {
    hint,
    slot,
    ports,
    policy,
    newerMessages: watchForNewerMessages(slot),
    early:
      query === ""
        ? null
        : { query, contactId, recall: recall(query, { contactId, inConversation }, ports) },
    startedAt,
    readAt: startedAt,
    steps: [],
    remembering: Promise.resolve(),
  };
}

/** Reads the conversation as it is now, each reply of ours behind the message that it answered. */
async function read(journey: Journey): Promise<Conversation | null> {
  const { hint, ports, policy } = journey;
  const conversation = await timed(journey, "read", () => ports.inbox.read(hint.conversationId));
  journey.readAt = ports.clock();
  if (conversation === null) return null;
  return withRepliesInPlace(conversation, ports.record.basePartIds, policy.quietPeriodMs);
}

/** Takes one turn from the first look to its outcome, or says that a newer message came between. */
async function answerTurn(
  conversation: Conversation | null,
  journey: Journey,
): Promise<Ended | "start-over"> {
  const { ports, policy, slot } = journey;
  if (conversation === null) return quietly(journey, null, null, "conversation-gone");
  const turn = unansweredTurn(conversation);
  const why = whyQuiet(conversation, policy);
  if (turn === null || why !== null) {
    return quietly(journey, conversation, turn, why ?? "already-answered");
  }
  if (ports.record.isGivenUp(turn)) return quietly(journey, conversation, turn, "given-up");

  const mayStartOver = ports.clock() - journey.startedAt < policy.restartLimitMs;
  const newerMessage = journey.newerMessages.since(conversation);
  const interruption = mayStartOver ? newerMessage : new AbortController().signal;
  const quietUntil = quietPeriodEnd(conversation, turn, journey);

  const written = await draftFor(conversation, turn, journey, interruption);
  if (written === null) return "start-over";
  const { drafting } = written;
  const standing = {
    waitedMs: conversation.readAt - newestOf(turn).at,
    isWithPeople: isWithPeople(conversation, turn),
    unseen: unseenIn(conversation, turn),
    repliesSoFar: repliesSinceOpened(conversation),
  };
  const decision = decide(drafting, written.recall, policy, standing);
  const draft = { ...written, decision, unseen: standing.unseen };
  logDecision(journey, turn, draft);

  const earliest = Math.max(quietUntil, ports.earliestReplyAt);
  await timed(journey, "quiet period", () => slot.rest(earliest - ports.clock(), interruption));
  if (interruption.aborted) return "start-over";

  const fresh = await read(journey);
  if (fresh === null) return quietly(journey, null, turn, "conversation-gone", draft);
  const lost = whyNotOurs(fresh, turn.basePartId, policy, "us");
  if (lost === "customer-wrote-again") {
    if (mayStartOver) return "start-over";
  } else if (lost !== null) {
    return quietly(journey, fresh, turn, lost, draft);
  }

  const situation = { conversation: fresh, turn, drafting, decision };
  const outcome = await timed(journey, "act", () =>
    act(situation, actPorts(journey, turn), policy),
  );
  if (outcome.kind === "customer-wrote-again") return "start-over";
  if (outcome.kind === "quiet") return quietly(journey, fresh, turn, outcome.reason, draft);
  noteInRecord(outcome, turn, ports.record);
  journey.remembering = rememberTurn({ conversation: fresh, turn, drafting, outcome }, ports);
  return { report: report(journey, turn, outcome, draft), conversation: fresh };
}

/** The draft for this turn, or `null` when a newer message interrupted it. */
async function draftFor(
  conversation: Conversation,
  turn: Turn,
  journey: Journey,
  interruption: AbortSignal,
): Promise<KeptDraft | null> {
  const { ports, policy } = journey;
  if (newestOf(turn).isOutOfSight) return { drafting: { noDraft: outOfSight }, recall: nothing };
  // Drafting until the confidence happens to suffice would make the threshold worthless.
  const kept = ports.record.keptDraft(turn);
  if (kept !== null) return kept;

  const recalled = forDraft(
    await timed(journey, "recall", () => recallFor(conversation, turn, journey)),
    policy,
  );
  if (interruption.aborted) return null;
  const history = recentHistory(turn, policy.historyTurns);
  try {
    const drafting = await timed(journey, "draft", () =>
      ports.drafter.draft({ conversation, turn, history, recall: recalled }, interruption),
    );
    if (interruption.aborted) return null;
    const written = { drafting, recall: recalled };
    if ("draft" in drafting) ports.record.keepDraft(turn, written);
    return written;
  } catch (error) {
    if (interruption.aborted) return null;
    throw error;
  }
}

const nothing: Recall = { query: "", sources: [], margin: 0, agreement: 0, failures: [] };
const outOfSight: NoDraft = {
  reason: "message-out-of-sight",
  explanation:
    "So much happened since the customer's last message that Intercom does not show it to this program any more.",
};

/** A reply that may go out by itself is drafted without what a customer must not read. */
function forDraft(recalled: Recall, { replyMode }: Policy): Recall {
  if (replyMode !== "auto") return recalled;
  return { ...recalled, sources: recalled.sources.filter(({ isInternal }) => !isInternal) };
}

async function recallFor(
  conversation: Conversation,
  turn: Turn,
  { early, ports }: Journey,
): Promise<Recall> {
  const query = recallQuery(turn);
  const whose = whoseTurn(conversation, turn);
  if (early?.query === query && early.contactId === whose.contactId) return early.recall;
  return recall(query, whose, ports);
}

/**
 * Until when the customer must stay silent. It counts from the end of our reading, because the
 * message's own time is known to the second only; an older message has had its quiet period.
 */
function quietPeriodEnd(conversation: Conversation, turn: Turn, journey: Journey): number {
  const { quietPeriodMs } = journey.policy;
  const ageMs = conversation.readAt - newestOf(turn).at;
  return ageMs > quietPeriodMs + 1000 ? 0 : journey.readAt + quietPeriodMs;
}

function newestOf(turn: Turn): Part {
  const newest = turn.messages.at(-1);
  if (newest === undefined) throw new Error("a turn without a message");
  return newest;
}

/** What ends a turn frees its draft; what Intercom refused is kept and tried again, three times. */
function noteInRecord(outcome: Outcome, turn: Turn, record: TurnRecord): void {
  if (outcome.kind === "refused") record.refused(turn);
  else record.finished(turn);
  if (outcome.kind === "replied") record.replied(outcome.replyId, turn.basePartId);
}

function actPorts(journey: Journey, turn: Turn): ActPorts {
  const { ports, slot, hint } = journey;
  return {
    // A second look must know what our replies answered, as the first one did.
    inbox: { ...ports.inbox, read: () => read(journey) },
    reviews: { post: (review) => postOnce(review, turn, ports) },
    slot,
    onCardFailed: (error) =>
      ports.log.warn({ conversationId: hint.conversationId, error }, "review card failed"),
  };
}

/** The card of a turn whose note could not be written yet: one turn, one card. */
async function postOnce(
  review: Review,
  turn: Turn,
  { record, reviews }: JourneyPorts,
): Promise<Card | null> {
  const card = record.keptCard(turn) ?? (await reviews.post(review));
  if (card !== null) record.keepCard(turn, card);
  return card;
}

type DecidedDraft = KeptDraft & { decision: Decision; unseen: ReviewReason | null };

function quietly(
  journey: Journey,
  conversation: Conversation | null,
  turn: Turn | null,
  reason: QuietReason,
  draft: DecidedDraft | null = null,
): Ended {
  return { report: report(journey, turn, { kind: "quiet", reason }, draft), conversation };
}

function report(
  journey: Journey,
  turn: Turn | null,
  outcome: Outcome,
  draft: DecidedDraft | null,
): JourneyReport {
  const { steps, hint } = journey;
  journey.steps = [];
  return {
    conversationId: hint.conversationId,
    turn,
    recall: draft?.recall ?? null,
    drafting: draft?.drafting ?? null,
    decision: draft?.decision ?? null,
    unseen: draft?.unseen ?? null,
    outcome,
    steps,
  };
}

function logOutcome({ ports }: Journey, { conversationId, turn, outcome }: JourneyReport): void {
  const values = { conversationId, partId: turn?.basePartId ?? null };
  if (outcome.kind === "quiet") {
    ports.log.info({ ...values, reason: outcome.reason }, "stayed quiet");
  } else if (outcome.kind === "refused") {
    ports.log.error({ ...values, explanation: outcome.explanation }, "refused by Intercom");
  } else {
    ports.log.info(values, outcome.kind);
  }
}

function logDecision({ ports, hint }: Journey, turn: Turn, draft: DecidedDraft): void {
  const { drafting, recall, decision } = draft;
  const values = {
    conversationId: hint.conversationId,
    partId: turn.basePartId,
    messages: turn.messages.length,
    sources: recall.sources.length,
    decision: decision.action,
    reason: decision.reason,
    ...("draft" in drafting
      ? { confidence: drafting.draft.confidence, language: drafting.draft.language }
      : { noDraft: drafting.noDraft.reason }),
  };
  ports.log.info(values, "decided");
  if (recall.failures.length > 0)
    ports.log.warn({ failures: recall.failures }, "recall incomplete");
}

/** Does one step and keeps how long it took. */
async function timed<T>(journey: Journey, name: string, step: () => Promise<T>): Promise<T> {
  const { clock } = journey.ports;
  const startedAt = clock();
  const result = await step();
  const durationMs = clock() - startedAt;
  journey.steps.push({ name, startedMs: startedAt - journey.startedAt, durationMs });
  return result;
}
