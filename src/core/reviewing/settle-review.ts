import { replyOnce } from "../answering/act.ts";
import { withRepliesInPlace } from "../answering/replies-in-place.ts";
import type { TurnRecord } from "../answering/turn-record.ts";
import type { DecidedBy } from "../judging/why-quiet.ts";
import type { AnswerMemory } from "../knowledge/answer-memory.ts";
import { marksIn } from "../note-marks.ts";
import type { Clock, Inbox, Log, WorkQueue, Written } from "../ports.ts";
import type { Conversation, Policy, Turn } from "../types.ts";
import { rememberVerdict } from "./remember-verdict.ts";
import { type PendingReview, type Standing, standingOf } from "./review-standing.ts";
import { noteRejected } from "./review-wording.ts";

/** What a teammate decided about a draft. */
export type Verdict =
  | { kind: "approve" }
  | { kind: "edit"; text: string }
  | { kind: "reject"; reason: string | null };

/** The person who decided. */
export type Decider = { id: string; name: string };

/** What became of a verdict. */
export type Settled =
  | { kind: "sent"; conversation: Conversation; turn: Turn; text: string; replyId: string }
  | { kind: "rejected"; conversation: Conversation; turn: Turn }
  | Exclude<Standing, { kind: "open" }>
  /** Certainly not done: it may be decided again. */
  | { kind: "not-done"; conversation: Conversation | null; explanation: string }
  /** Nobody knows; the conversation must be read again before anything else. */
  | { kind: "unknown"; explanation: string };

export type SettlePorts = {
  inbox: Pick<Inbox, "read" | "reply" | "note">;
  memory: Pick<AnswerMemory, "rememberAnswers" | "rememberTurns">;
  queue: Pick<WorkQueue, "add">;
  record: Pick<TurnRecord, "basePartIds" | "replied">;
  /** Who this person is in Intercom, or `null` where that cannot be told; unset: nobody is known. */
  teammateIdOf?(by: Decider): Promise<string | null>;
  /** Whether a lesson may hold the question before it that it leans on; unset: it may. */
  mayKeepEarlier?: boolean;
  rest(ms: number): Promise<void>;
  clock: Clock;
  log: Log;
};

export type SettleOptions = {
  policy: Policy;
  /** No reply leaves after that time: somebody else may be deciding by then. */
  actBefore: number;
};

const noteTries = 3;

/**
 * Carries out a verdict: reads the conversation and, only if the draft is still ours to send, sends
 * once. To be run while nothing else is at work on the conversation.
 *
 * Never throws for what may go wrong outside; what is not known is said to be unknown.
 * @returns what became of it, and what is still being stored, for which nobody needs to wait
 */
export async function settleReview(
  review: PendingReview,
  verdict: Verdict,
  by: Decider,
  ports: SettlePorts,
  options: SettleOptions,
): Promise<{ settled: Settled; remembering: Promise<void> }> {
  const settled = await settle(review, verdict, by, ports, options);
  const { conversationId, basePartId: partId, cardId } = review;
  const values = { conversationId, partId, cardId, verdict: verdict.kind, outcome: settled.kind };
  ports.log.info(values, "verdict settled");
  if (needsNewLook(settled)) {
    ports.queue.add({ conversationId, from: "card", partId: null, contactId: null, text: "" });
  }
  return { settled, remembering: remember(review, verdict, settled, by, ports) };
}

async function remember(
  review: PendingReview,
  verdict: Verdict,
  settled: Settled,
  by: Decider,
  ports: SettlePorts,
): Promise<void> {
  if (settled.kind !== "sent" && settled.kind !== "rejected") return;
  const { conversation, turn } = settled;
  const sent = settled.kind === "sent" ? settled : null;
  const reason = verdict.kind === "reject" ? verdict.reason : null;
  const decided = { review, conversation, turn, sent, verdict: { by: by.name, reason } };
  await rememberVerdict(decided, ports);
}

async function settle(
  review: PendingReview,
  verdict: Verdict,
  by: Decider,
  ports: SettlePorts,
  options: SettleOptions,
): Promise<Settled> {
  const { standing, decidedBy } = await standingFor(by, review, ports, options.policy);
  if (standing.kind !== "open") return standing;
  switch (verdict.kind) {
    case "approve":
      return send(review, review.draft, standing, decidedBy, ports, options);
    case "edit":
      return send(review, verdict.text, standing, decidedBy, ports, options);
    case "reject":
      return reject(review, verdict.reason, standing, by, ports, options);
  }
}

/** Reads the conversation and says how the review stands in it; `not-done` when it cannot be read. */
export async function readStanding(
  review: PendingReview,
  { inbox, record }: Pick<SettlePorts, "inbox" | "record">,
  policy: Policy,
): Promise<Standing | Extract<Settled, { kind: "not-done" }>> {
  try {
    const read = readerInPlace({ inbox, record });
    return standingOf(review, await read(review.conversationId), policy);
  } catch (error) {
    return { kind: "not-done", conversation: null, explanation: explain(error) };
  }
}

/** Whoever has taken the conversation may decide nevertheless; who that is in Intercom is asked only then. */
async function standingFor(by: Decider, review: PendingReview, ports: SettlePorts, policy: Policy) {
  const standing = await readStanding(review, ports, policy);
  if (standing.kind !== "stale" || standing.reason !== "teammate-active") {
    return { standing, decidedBy: { teammateId: null } };
  }
  const decidedBy = { teammateId: (await ports.teammateIdOf?.(by)) ?? null };
  return { standing: standingOf(review, standing.conversation, policy, decidedBy), decidedBy };
}

/** Reads conversations with each reply of ours behind the message that it answered. */
function readerInPlace({ inbox, record }: Pick<SettlePorts, "inbox" | "record">): Inbox["read"] {
  return async (conversationId, signal) => {
    const read = await inbox.read(conversationId, signal);
    return read && withRepliesInPlace(read, record.basePartIds);
  };
}

type Open = { conversation: Conversation; turn: Turn };

async function send(
  review: PendingReview,
  text: string,
  { conversation, turn }: Open,
  decidedBy: DecidedBy,
  ports: SettlePorts,
  { policy, actBefore }: SettleOptions,
): Promise<Settled> {
  const { clock, inbox } = ports;
  const isTooLate = () => clock() >= actBefore;
  const inTime: Pick<Inbox, "read" | "reply"> = {
    read: readerInPlace(ports),
    reply: async (id, markdown) =>
      isTooLate() ? { result: "refused", explanation: tooLate } : inbox.reply(id, markdown),
  };
  try {
    const doors = { inbox: { ...inbox, ...inTime } as Inbox, slot: { rest: ports.rest } };
    const situation = { conversation, turn: { ...turn, basePartId: review.basePartId } };
    const sent = await replyOnce(situation, text, doors, policy, decidedBy);
    switch (sent.kind) {
      case "replied":
        ports.record.replied(conversation.id, sent.replyId, review.basePartId);
        return { kind: "sent", conversation, turn, text, replyId: sent.replyId };
      case "refused":
        if (isTooLate()) return { kind: "unknown", explanation: tooLate };
        return { kind: "not-done", conversation, explanation: sent.explanation };
      case "look-again":
        return { kind: "stale", conversation, reason: "customer-wrote-again" };
      case "quiet":
        // A correction follows a reply of ours, which looks like an answer: only reading tells.
        return await standingAfter(review, ports, policy);
    }
  } catch (error) {
    return { kind: "unknown", explanation: explain(error) };
  }
}

async function standingAfter(
  review: PendingReview,
  ports: SettlePorts,
  policy: Policy,
): Promise<Settled> {
  const standing = await readStanding(review, ports, policy);
  if (standing.kind !== "open" && standing.kind !== "not-done") return standing;
  return { kind: "unknown", explanation: "Intercom did not confirm the reply" };
}

async function reject(
  review: PendingReview,
  reason: string | null,
  { conversation, turn }: Open,
  by: Decider,
  ports: SettlePorts,
  { policy }: SettleOptions,
): Promise<Settled> {
  const { cardId, basePartId } = review;
  const isRejected = (fresh: Conversation) =>
    marksIn(fresh).some((mark) => mark.cardId === cardId && mark.outcome === "rejected");
  const written = await noteOnce(
    review.conversationId,
    noteRejected({ basePartId, cardId, by: by.name, reason }),
    isRejected,
    ports,
    policy,
  );
  if (written.result === "done") {
    return { kind: "rejected", conversation, turn };
  }
  if (written.result === "refused") {
    return { kind: "not-done", conversation, explanation: written.explanation };
  }
  const explanation = "Intercom did not confirm the note";
  return { kind: "not-done", conversation, explanation };
}

/** Writes a note until it is certain that it stands in the conversation, or until it is hopeless. */
export async function noteOnce(
  conversationId: string,
  markdown: string,
  isThere: (fresh: Conversation) => boolean,
  { inbox, rest }: Pick<SettlePorts, "inbox" | "rest">,
  policy: Policy,
): Promise<Written> {
  let written = await inbox.note(conversationId, markdown);
  for (let tries = 1; tries < noteTries; tries++) {
    if (written.result === "done" || written.result === "refused") return written;
    await rest(written.result === "not-yet" ? written.retryAfterMs : policy.settleMs);
    try {
      const fresh = await inbox.read(conversationId);
      if (fresh !== null && isThere(fresh)) return { result: "done", partId: "" };
    } catch (error) {
      return { result: "unknown", explanation: explain(error) };
    }
    written = await inbox.note(conversationId, markdown);
  }
  return written;
}

/** A customer who wrote meanwhile waits for a new draft; so does one whose card no note names. */
function needsNewLook(settled: Settled): boolean {
  switch (settled.kind) {
    case "sent":
    case "answered-by-us":
      return true;
    case "stale":
      return settled.reason === "customer-wrote-again";
    case "superseded":
      return settled.by === "nothing";
    default:
      return false;
  }
}

const tooLate = "the verdict came to its turn too late";

export function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
