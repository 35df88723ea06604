import { LRUCache } from "lru-cache";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { DependencyState } from "../../core/dependency-health.ts";
import type { Measures } from "../../core/measures.ts";
import type { Clock } from "../../core/ports.ts";
import type { Drafting, JourneyReport } from "../../core/types.ts";
import { createInstruments } from "./instruments.ts";
import { createPending } from "./pending.ts";

/** What is not counted as it happens but read when somebody asks. */
export type Standing = {
  version: string;
  mode: string;
  model: string;
  queued: number;
  givenUp: number;
  leftToPeople: number;
  /** Milliseconds since 1970; `null`: not yet. */
  lastWebhookAt: number | null;
  lastSweepAt: number | null;
  /** Of the source of knowledge that waits longest; `null`: there is none. */
  oldestSourceAt: number | null;
  dependencies: Record<string, DependencyState>;
};

export type PrometheusMeasures = Measures & {
  /** Everything in Prometheus' text format, with the content type that says so. */
  read(): Promise<{ contentType: string; text: string }>;
};

/** Intercom counts calls in windows of ten seconds; what it said of one says nothing of the next. */
const allowanceWindowMs = 10_000;
/** Enough for what is notified within the longest time that a customer may wait. */
const rememberedParts = 20_000;
/** Intercom's words for how a conversation came; whatever else it may say is one value. */
const channels = [
  "conversation",
  "email",
  "whatsapp",
  "instagram",
  "facebook",
  "twitter",
  "sms",
  "phone_call",
  "push",
];

/** Counts with prom-client. Importing this loads it: 27 MB, which nobody pays who does not ask. */
export function createPrometheusMeasures(
  standing: () => Standing,
  clock: Clock,
): PrometheusMeasures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counted = createInstruments(registry);
  const waiting = createPending();
  const cards = createPending();
  let allowed: { limit: number; remaining: number; until: number } | null = null;
  const notifiedParts = new LRUCache<string, true>({ max: rememberedParts });

  return {
    delivered(result, durationMs) {
      counted.deliveries.inc({ result });
      counted.acknowledge.observe(durationMs / 1000);
    },
    hinted({ conversationId, from, partId }) {
      if (from === "webhook" && partId !== null) notifiedParts.set(partId, true);
      waiting.add(conversationId, clock());
    },
    ended(report) {
      const { outcome } = report;
      counted.turns.inc({
        outcome: outcome.kind,
        reason: reasonOf(report),
        channel: channelOf(report),
      });
      for (const { name, durationMs } of report.steps) {
        counted.steps.observe({ step: name.replaceAll(" ", "-") }, durationMs / 1000);
      }
      countDraft(report);
      if (outcome.kind === "in-review") cards.add(outcome.card.id, clock());
      const since = waiting.remove(report.conversationId);
      // What was announced while this turn was under way still waits for its own.
      if (since !== null && since > report.startedAt) waiting.add(report.conversationId, since);
      if (outcome.kind === "quiet" || outcome.kind === "refused") return;
      if (since !== null) {
        counted.answer.observe({ outcome: outcome.kind }, Math.max(0, clock() - since) / 1000);
      }
      const isAnnounced = report.turn?.messages.some(({ id }) => notifiedParts.has(id)) ?? true;
      if (report.from === "sweep" && !isAnnounced) counted.sweepRecovered.inc();
    },
    brokeOff: () => counted.brokeOff.inc(),
    redrafted: (drafting) => countTokens(drafting, "redrafted"),
    wrote(call, result) {
      if (result === "unknown") counted.unknownOutcome.inc({ call });
      if (result === "refused") counted.refusedWrites.inc({ call });
    },
    audited({ isRight, foundBy }) {
      counted.audits.inc({ verdict: isRight ? "right" : "wrong", found_by: foundBy });
    },
    decided({ verdict, outcome, afterSeconds, isCorrection }) {
      if (isCorrection) counted.corrections.inc({ outcome });
      counted.verdicts.inc({ verdict, outcome });
      counted.verdictTime.observe(afterSeconds);
    },
    closed: (cardId) => void cards.remove(cardId),
    allowed({ limit, remaining }) {
      allowed = { limit, remaining, until: clock() + allowanceWindowMs };
    },
    async read() {
      setGauges(standing());
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };

  /** A draft that was kept from an earlier attempt has been counted then. */
  function countDraft({ drafting, steps, outcome }: JourneyReport): void {
    if (drafting === null || !steps.some(({ name }) => name === "draft")) return;
    if ("draft" in drafting) counted.confidence.observe(drafting.draft.confidence);
    countTokens(drafting, outcome.kind);
  }

  function countTokens(drafting: Drafting, outcome: string): void {
    if (!("draft" in drafting)) return;
    const { model, promptTokens, completionTokens, costUsd } = drafting.draft.origin;
    if (promptTokens !== null) {
      counted.tokens.inc({ model, direction: "read", outcome }, promptTokens);
    }
    if (completionTokens !== null) {
      counted.tokens.inc({ model, direction: "written", outcome }, completionTokens);
    }
    if (costUsd !== null) counted.cost.inc({ model, outcome }, costUsd);
  }

  function setGauges(now: Standing): void {
    counted.info.reset();
    counted.info.set({ version: now.version, mode: now.mode, model: now.model }, 1);
    counted.queued.set(now.queued);
    counted.givenUp.set(now.givenUp);
    counted.leftToPeople.set(now.leftToPeople);
    counted.oldestWaiting.set(waiting.oldestSeconds(clock()));
    counted.cards.set(cards.count());
    counted.oldestCard.set(cards.oldestSeconds(clock()));
    if (allowed !== null) {
      const { limit, remaining, until } = allowed;
      counted.rateLimit.set(limit);
      counted.rateRemaining.set(clock() < until ? remaining : limit);
    }
    setTime(counted.lastWebhook, now.lastWebhookAt);
    setTime(counted.lastSweep, now.lastSweepAt);
    setTime(counted.oldestSource, now.oldestSourceAt);
    for (const [name, { state }] of Object.entries(now.dependencies)) {
      if (state === "not tried yet") continue;
      const dependency = name.replaceAll(" ", "-");
      counted.dependencies.set({ dependency }, state === "ok" ? 1 : 0);
    }
  }
}

/** A gauge without a value would read as 1970, and raise the alarm. */
function setTime(gauge: { set(value: number): void; remove(): void }, at: number | null): void {
  if (at === null) gauge.remove();
  else gauge.set(at / 1000);
}

function reasonOf({ outcome, decision, drafting }: JourneyReport): string {
  if (outcome.kind === "quiet") return outcome.reason;
  if (drafting !== null && "noDraft" in drafting) return drafting.noDraft.reason;
  return decision?.reason ?? "none";
}

function channelOf({ channel }: JourneyReport): string {
  if (channel === null) return "unknown";
  return channels.includes(channel) ? channel : "other";
}
