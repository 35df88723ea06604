import { answerConversation } from "../answering/answer-conversation.ts";
import { createObservedVersions } from "../answering/observed-versions.ts";
import { createTurnRecord } from "../answering/turn-record.ts";
import type { AnswerMemory } from "../knowledge/answer-memory.ts";
import type { Clock, Drafter, HelpCenter, Inbox, Log } from "../ports.ts";
import type { Draft, JourneyReport, Policy, Turn } from "../types.ts";
import type { DraftedCase, DraftOfCase } from "./backtest-case.ts";
import { codeFindings } from "./code-checks.ts";
import { leakFree } from "./leak-free.ts";
import type { PastTurn } from "./past-turns.ts";

export type ReplayPorts = {
  drafter: Drafter;
  memory: AnswerMemory;
  helpCenter: HelpCenter;
  clock: Clock;
  log: Log;
  /** Masks secrets in what is kept. */
  redact(text: string): string;
};

/**
 * Lets the journey of a message run on a turn of the past, as it would have run then: with what was
 * known then, and with writes that go nowhere.
 *
 * Every draft may go out, whatever its confidence: what keeps one back then is a rule, and named.
 * @throws UpstreamError as the journey does
 */
export async function replay(
  past: PastTurn,
  ports: ReplayPorts,
  policy: Policy,
): Promise<{ drafted: DraftedCase; isModelAway: boolean }> {
  const { report, leftOut } = await journeyThen(past, ports, replayPolicy(policy));
  const { conversation, turn, askedAt } = past;
  const drafted: DraftedCase = {
    conversationId: conversation.id,
    basePartId: turn.basePartId,
    url: conversation.url,
    askedAt,
    channel: conversation.channel,
    question: ports.redact(textOf(turn)),
    answer: ports.redact(past.answer),
    draft: draftIn(report, past, ports.redact),
    heldBack: heldBackBy(report),
    problems: problemsIn(report),
    leftOut,
  };
  return { drafted, isModelAway: isModelAway(report) };
}

/**
 * What the policy makes of a draft that was written before, on the same turn: the journey with that
 * draft in the place of a model. Nothing is drafted anew.
 *
 * @returns the decision as the policy names it, and whether the draft goes out by itself
 */
export async function redecide(
  past: PastTurn,
  draft: Draft,
  ports: Omit<ReplayPorts, "drafter">,
  policy: Policy,
): Promise<{ decision: string; isSent: boolean }> {
  const drafter: Drafter = { draft: async () => ({ draft }) };
  const { report } = await journeyThen(
    past,
    { ...ports, drafter },
    { ...policy, quietPeriodMs: 0 },
  );
  const { decision, outcome } = report;
  if (decision === null) {
    const why = outcome.kind === "quiet" ? outcome.reason : outcome.kind;
    const rule = outcome.kind === "quiet" && outcome.rule !== undefined ? ` (${outcome.rule})` : "";
    return { decision: `quiet: ${why}${rule}`, isSent: false };
  }
  const { action, reason, rule } = decision;
  const named = rule === undefined ? "" : ` (${rule})`;
  return { decision: `${action}: ${reason}${named}`, isSent: action === "reply" };
}

async function journeyThen(
  past: PastTurn,
  ports: ReplayPorts,
  policy: Policy,
): Promise<{ report: JourneyReport; leftOut: DraftedCase["leftOut"] }> {
  const { conversation, turn } = past;
  const { memory, helpCenter, leftOut } = leakFree(past, ports);
  const { log } = ports;
  const hint = {
    conversationId: conversation.id,
    from: "webhook" as const,
    partId: turn.basePartId,
    contactId: null,
    text: "",
  };
  const report = await answerConversation(
    hint,
    { onHint() {}, rest: async () => {} },
    {
      inbox: inboxOf(past),
      drafter: ports.drafter,
      memory,
      helpCenter,
      reviews: {
        post: async () => ({ id: "backtest", url: null, holdsDraft: true }),
        askForAnswer: async () => null,
      },
      record: createTurnRecord(),
      observed: createObservedVersions(ports.clock),
      clock: ports.clock,
      log: { ...log, info() {}, debug() {} },
      earliestReplyAt: 0,
    },
    policy,
  );
  return { report, leftOut };
}

/** Then it may come to another end the next time. */
function isModelAway({ drafting }: JourneyReport): boolean {
  if (drafting === null || "draft" in drafting) return false;
  return drafting.noDraft.reason === "model-unavailable";
}

/** Nothing but what the draft and the conversation say decides; the confidence is looked at later. */
export function replayPolicy(policy: Policy): Policy {
  return {
    ...policy,
    replyMode: "auto",
    rules: { ...policy.rules, mode: [] },
    ladder: null,
    confidenceThreshold: 0,
    thresholdOn: "model",
    quietPeriodMs: 0,
  };
}

function inboxOf({ conversation }: PastTurn): Inbox {
  const done = async () => ({ result: "done" as const, partId: "backtest" });
  return {
    read: async () => conversation,
    reply: done,
    note: done,
    handOver: done,
    unassign: done,
    waiting: async () => [],
    countWaiting: async () => 0,
    updated: async () => [],
  };
}

function draftIn(
  { drafting, recall }: JourneyReport,
  { turn, answer }: PastTurn,
  redact: (text: string) => string,
): DraftOfCase | null {
  if (drafting === null || "noDraft" in drafting) return null;
  const { draft } = drafting;
  const { origin } = draft;
  const { promptTokens: prompt, completionTokens: completion } = origin;
  const said = [...turn.earlier, ...turn.messages].map(({ text }) => text);
  return {
    reply: redact(draft.reply),
    confidence: draft.confidence,
    intent: draft.intent,
    language: draft.language,
    sources: draft.usedSources.map(({ id, title, url, text, score }) => {
      return { id, title: redact(title), url, text: redact(text), score };
    }),
    findings: codeFindings(draft, recall?.sources ?? [], said, answer),
    model: origin.model,
    promptHash: origin.promptHash,
    tokens: prompt === null ? null : { prompt, completion: completion ?? 0 },
    whole: wholeOf(draft, redact),
  };
}

/** With every text masked, and without what only explains it. */
function wholeOf(draft: Draft, redact: (text: string) => string): Draft {
  const { origin } = draft;
  const prompt = { system: "", user: "", leftOut: [] };
  const kept: Draft = { ...draft, origin: { ...origin, prompt, rawAnswer: "" } };
  const masked = (_key: string, value: unknown) =>
    typeof value === "string" ? redact(value) : value;
  return JSON.parse(JSON.stringify(kept, masked));
}

function heldBackBy({ decision, outcome }: JourneyReport): string | null {
  if (decision === null) return outcome.kind === "quiet" ? outcome.reason : outcome.kind;
  return decision.action === "reply" ? null : decision.reason;
}

function problemsIn({ drafting, recall }: JourneyReport): string[] {
  const failures = recall?.failures ?? [];
  if (drafting === null || "draft" in drafting) return failures;
  return [drafting.noDraft.explanation, ...failures];
}

function textOf(turn: Turn): string {
  return turn.messages.map(({ text }) => text).join("\n\n");
}
