import { ruleAgainst } from "../judging/audience.ts";
import { describedIntent } from "../judging/described-intent.ts";
import type {
  Conversation,
  Decision,
  Draft,
  JourneyReport,
  Outcome,
  QuietReason,
  ReviewReason,
  Turn,
} from "../types.ts";
import type { Journey } from "./journey.ts";
import type { KeptDraft } from "./turn-record.ts";

/** What a turn came to, and the conversation as it was last read. */
export type Ended = { report: JourneyReport; conversation: Conversation | null };

export type DecidedDraft = KeptDraft & { decision: Decision; unseen: ReviewReason | null };

export function quietly(
  journey: Journey,
  conversation: Conversation | null,
  turn: Turn | null,
  reason: QuietReason,
  draft: DecidedDraft | null = null,
): Ended {
  const isByRule = conversation !== null && reason === "excluded-by-policy";
  const rule = isByRule ? ruleAgainst(conversation, journey.policy) : null;
  const outcome: Outcome = { kind: "quiet", reason, ...(rule === null ? {} : { rule }) };
  return { report: report(journey, turn, outcome, draft), conversation };
}

export function report(
  journey: Journey,
  turn: Turn | null,
  outcome: Outcome,
  draft: DecidedDraft | null,
): JourneyReport {
  const { steps, hint, startedAt, channel } = journey;
  journey.steps = [];
  return {
    conversationId: hint.conversationId,
    from: hint.from,
    startedAt,
    channel,
    turn,
    recall: draft?.recall ?? null,
    withheld: draft?.withheld ?? [],
    drafting: draft?.drafting ?? null,
    decision: draft?.decision ?? null,
    unseen: draft?.unseen ?? null,
    outcome,
    steps,
  };
}

export function logOutcome(
  { ports }: Journey,
  { conversationId, turn, outcome }: JourneyReport,
): void {
  const values = { conversationId, partId: turn?.basePartId ?? null };
  if (outcome.kind === "quiet") {
    ports.log.info({ ...values, ...ruleOf(outcome), reason: outcome.reason }, "stayed quiet");
  } else if (outcome.kind === "refused") {
    ports.log.error({ ...values, explanation: outcome.explanation }, "refused by Intercom");
  } else {
    ports.log.info(values, outcome.kind);
  }
}

function ruleOf({ rule }: { rule?: string }) {
  return rule === undefined ? {} : { rule };
}

/** As far as it is said, and none of it a customer's words: sentences are the policy's own. */
function whatTheModelSaid(draft: Draft, { messages }: Turn) {
  const { confidence, language, intent, sentiment, urgency, topic } = draft;
  const described = describedIntent(draft, messages.map(({ text }) => text).join("\n"));
  return {
    confidence,
    language,
    intent,
    ...(described === null || described === intent ? {} : { described }),
    ...(sentiment === undefined ? {} : { sentiment }),
    ...(urgency === undefined ? {} : { urgency }),
    ...(topic === undefined ? {} : { topic }),
    ...(draft.sentences === undefined
      ? {}
      : { holding: draft.sentences.filter(({ holds }) => holds).map(({ sentence }) => sentence) }),
    ...(draft.support === undefined ? {} : { supported: draft.support.probability }),
  };
}

export function logDecision({ ports, hint }: Journey, turn: Turn, draft: DecidedDraft): void {
  const { drafting, recall, decision } = draft;
  const values = {
    conversationId: hint.conversationId,
    partId: turn.basePartId,
    messages: turn.messages.length,
    sources: recall.sources.length,
    decision: decision.action,
    reason: decision.reason,
    ...ruleOf(decision),
    ...("would" in decision ? { would: decision.would } : {}),
    ...("draft" in drafting
      ? whatTheModelSaid(drafting.draft, turn)
      : { noDraft: drafting.noDraft.reason }),
  };
  ports.log.info(values, "decided");
  if (recall.failures.length > 0)
    ports.log.warn({ failures: recall.failures }, "recall incomplete");
}
