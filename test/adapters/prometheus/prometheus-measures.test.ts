import { describe, expect, it } from "vitest";
import {
  createPrometheusMeasures,
  type Standing,
} from "../../../src/adapters/prometheus/prometheus-measures.ts";
import type { Hint, JourneyReport, Turn } from "../../../src/core/types.ts";
import { customer, draft, noon, part, recallOf } from "../../fixtures/conversations.ts";

const quietStanding: Standing = {
  version: "1.2.3",
  mode: "auto",
  model: "gpt-4o",
  queued: 0,
  givenUp: 0,
  leftToPeople: 0,
  lastWebhookAt: null,
  lastSweepAt: null,
  oldestSourceAt: null,
  dependencies: {},
};
const hint = (more: Partial<Hint> = {}): Hint => ({
  conversationId: "c1",
  from: "webhook",
  partId: null,
  contactId: null,
  text: "",
  ...more,
});
/** A customer's message that waits for an answer. */
function turnOn(text: string): Turn {
  const message = part(customer, text);
  return { basePartId: message.id, messages: [message], earlier: [] };
}
const turn = turnOn("How do I reset my password?");
const replied: JourneyReport = {
  conversationId: "c1",
  from: "webhook",
  startedAt: noon,
  channel: "email",
  turn,
  recall: recallOf(),
  drafting: { draft: draft({ confidence: 0.9 }) },
  decision: { action: "reply", reason: "confident" },
  unseen: null,
  outcome: { kind: "replied", replyId: "r1" },
  steps: [{ name: "draft", startedMs: 10, durationMs: 1500 }],
};

/** Measures under a clock that the test sets, and what they come to as name → value. */
function create(standing: Partial<Standing> = {}) {
  let now = noon;
  const measures = createPrometheusMeasures(
    () => ({ ...quietStanding, ...standing }),
    () => now,
  );
  return {
    measures,
    advance(ms: number) {
      now += ms;
    },
    async values(): Promise<Record<string, number>> {
      const { text } = await measures.read();
      const lines = text.split("\n").filter((line) => line.startsWith("responder_"));
      return Object.fromEntries(
        lines.map((line) => {
          const end = line.lastIndexOf(" ");
          return [line.slice("responder_".length, end), Number(line.slice(end + 1))];
        }),
      );
    },
  };
}

describe("the measures for Prometheus", () => {
  it("count what a turn ended in, by reason and channel, and how long it took", async () => {
    const { measures, advance, values } = create();
    measures.hinted(hint({ partId: turn.basePartId }));
    advance(4_000);
    measures.ended(replied);
    expect(await values()).toMatchObject({
      'turns_total{outcome="replied",reason="confident",channel="email"}': 1,
      'answer_seconds_sum{outcome="replied"}': 4,
      'step_seconds_sum{step="draft"}': 1.5,
      draft_confidence_sum: 0.9,
    });
  });

  it("count an unknown channel as other, however many there are", async () => {
    const { measures, values } = create();
    measures.ended({ ...replied, channel: "carrier pigeon of Ada" });
    measures.ended({ ...replied, channel: null });
    const names = Object.keys(await values()).filter((name) => name.startsWith("turns_total"));
    expect(names).toEqual([
      'turns_total{outcome="replied",reason="confident",channel="other"}',
      'turns_total{outcome="replied",reason="confident",channel="unknown"}',
    ]);
  });

  it("count tokens and dollars once, not again for a draft that was kept", async () => {
    const { measures, values } = create();
    const origin = { ...draft().origin, promptTokens: 900, completionTokens: 100, costUsd: 0.02 };
    const drafting = { draft: draft({ origin: { ...origin, model: "gpt-4o" } }) };
    measures.ended({ ...replied, drafting });
    measures.ended({ ...replied, drafting, steps: [] });
    expect(await values()).toMatchObject({
      'draft_tokens_total{model="gpt-4o",direction="read",outcome="replied"}': 900,
      'draft_tokens_total{model="gpt-4o",direction="written",outcome="replied"}': 100,
      'draft_cost_usd_total{model="gpt-4o",outcome="replied"}': 0.02,
    });
  });

  it("know for how long the oldest has waited, also while its conversation is looked at", async () => {
    const { measures, advance, values } = create();
    measures.hinted(hint());
    advance(5_000);
    measures.hinted(hint());
    measures.hinted(hint({ conversationId: "c2" }));
    advance(5_000);
    expect((await values()).oldest_waiting_seconds).toBe(10);
    measures.ended({ ...replied, startedAt: noon + 1 });
    expect((await values()).oldest_waiting_seconds).toBe(5);
  });

  it("let a message wait that was announced while the one before it was answered", async () => {
    const { measures, advance, values } = create();
    advance(1_000);
    measures.hinted(hint());
    advance(2_000);
    measures.ended({ ...replied, startedAt: noon });
    expect((await values()).oldest_waiting_seconds).toBe(2);
  });

  it("tell a turn that only the sweep found from one that was announced", async () => {
    const { measures, values } = create();
    measures.hinted(hint({ partId: turn.basePartId }));
    measures.ended({ ...replied, from: "sweep" });
    expect((await values()).sweep_recovered_total).toBe(0);
    measures.ended({ ...replied, from: "sweep", turn: turnOn("And how do I export?") });
    measures.ended({
      ...replied,
      from: "sweep",
      turn: turnOn("Thanks"),
      outcome: { kind: "quiet", reason: "only-thanks" },
    });
    expect((await values()).sweep_recovered_total).toBe(1);
  });

  it("count writes that Intercom refused or did not confirm", async () => {
    const { measures, values } = create();
    for (const result of ["done", "unknown", "not-yet", "refused"] as const) {
      measures.wrote("reply", result);
    }
    expect(await values()).toMatchObject({
      'unknown_outcome_total{call="reply"}': 1,
      'unknown_outcome_total{call="note"}': 0,
      'refused_writes_total{call="reply"}': 1,
    });
  });

  it("know the cards that wait until they are closed", async () => {
    const { measures, advance, values } = create();
    const card = { id: "C1:1.2", url: null, holdsDraft: true };
    measures.ended({ ...replied, outcome: { kind: "in-review", card } });
    advance(60_000);
    expect(await values()).toMatchObject({ cards_pending: 1, card_pending_seconds: 60 });
    measures.decided({ verdict: "edit", outcome: "sent", isCorrection: true, afterSeconds: 90 });
    measures.closed(card.id);
    expect(await values()).toMatchObject({
      cards_pending: 0,
      card_pending_seconds: 0,
      'verdicts_total{verdict="edit",outcome="sent"}': 1,
      verdict_seconds_sum: 90,
    });
  });

  it("show no time of what has not happened yet, and each dependency that was tried", async () => {
    const before = await create({ dependencies: { slack: { state: "not tried yet" } } }).values();
    expect(Object.keys(before).join("\n")).not.toMatch(
      /last_webhook|last_sweep|oldest_source|dependency_up/,
    );
    const after = await create({
      lastWebhookAt: noon,
      lastSweepAt: noon,
      oldestSourceAt: noon,
      dependencies: { "help center": { state: "failing" }, model: { state: "ok" } },
    }).values();
    expect(after).toMatchObject({
      last_webhook_timestamp_seconds: noon / 1000,
      last_sweep_timestamp_seconds: noon / 1000,
      oldest_source_timestamp_seconds: noon / 1000,
      'dependency_up{dependency="help-center"}': 0,
      'dependency_up{dependency="model"}': 1,
    });
  });

  it("forget what Intercom said of an allowance whose window is over", async () => {
    const { measures, advance, values } = create();
    measures.allowed({ limit: 1666, remaining: 20 });
    expect((await values()).intercom_rate_remaining_calls).toBe(20);
    advance(10_000);
    expect((await values()).intercom_rate_remaining_calls).toBe(1666);
  });

  it("hold no id and no word of a customer", async () => {
    const { measures } = create();
    measures.hinted(hint({ conversationId: "id-of-conversation", partId: "id-of-part" }));
    measures.ended({ ...replied, conversationId: "id-of-conversation" });
    const { text } = await measures.read();
    expect(text).not.toMatch(/id-of-|password|Ada/);
  });
});
