import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { deliveries } from "../../core/measures.ts";

/** Intercom prefers addresses that answer within 500 ms (its page on webhook notifications). */
const acknowledgeBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const stepBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
const answerBuckets = [0.5, 1, 2, 3, 5, 7.5, 10, 15, 30, 60, 120, 300];
const confidenceBuckets = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1];
const verdictBuckets = [30, 60, 120, 300, 600, 1800, 3600, 14_400, 43_200, 86_400, 259_200];

/**
 * Everything that is counted, with its words for whoever looks at it. Labels take few values: ids,
 * names and texts never stand in one.
 */
export function createInstruments(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram({ name, help, buckets, labelNames, registers });

  const instruments = {
    deliveries: counter(
      "responder_webhooks_total",
      "Deliveries to the webhook's address, by what became of them",
      ["result"],
    ),
    acknowledge: histogram(
      "responder_acknowledge_seconds",
      "From a webhook's arrival to its answer",
      acknowledgeBuckets,
    ),
    turns: counter(
      "responder_turns_total",
      "Customers' turns that came to an end, and what kept others quiet",
      ["outcome", "reason", "channel"],
    ),
    steps: histogram(
      "responder_step_seconds",
      "How long each step of a journey took",
      stepBuckets,
      ["step"],
    ),
    answer: histogram(
      "responder_answer_seconds",
      "From the notification to the reply, card or note",
      answerBuckets,
      ["outcome"],
    ),
    confidence: histogram(
      "responder_draft_confidence",
      "The model's own estimate of its drafts, 0 to 1",
      confidenceBuckets,
    ),
    tokens: counter("responder_draft_tokens_total", "Tokens that drafts took", [
      "model",
      "direction",
      "outcome",
    ]),
    cost: counter(
      "responder_draft_cost_usd_total",
      "What drafts cost in US dollars, where MODEL_PRICE_INPUT and MODEL_PRICE_OUTPUT are set",
      ["model", "outcome"],
    ),
    brokeOff: counter(
      "responder_journeys_broken_off_total",
      "Journeys that an error ended; the conversation is looked at again",
    ),
    sweepRecovered: counter(
      "responder_sweep_recovered_total",
      "Turns that the sweep found and no notification had announced to this process",
    ),
    unknownOutcome: counter(
      "responder_unknown_outcome_total",
      "Writes to Intercom whose result was not known at once",
      ["call"],
    ),
    refusedWrites: counter("responder_refused_writes_total", "Writes that Intercom refused", [
      "call",
    ]),
    verdicts: counter("responder_verdicts_total", "What people decided about cards", [
      "verdict",
      "outcome",
    ]),
    audits: counter(
      "responder_audits_total",
      "What people found of replies that were sent automatically, in a check or by what the customer said",
      ["verdict", "found_by"],
    ),
    corrections: counter(
      "responder_corrections_total",
      "What people decided about corrections of replies that were found wrong",
      ["outcome"],
    ),
    verdictTime: histogram(
      "responder_verdict_seconds",
      "From a card to the click that decided it",
      verdictBuckets,
    ),
    info: gauge("responder_info", "Always 1; what is running", ["version", "mode", "model"]),
    rateLimit: gauge(
      "responder_intercom_rate_limit_calls",
      "Calls that Intercom allows in a window of ten seconds",
    ),
    rateRemaining: gauge(
      "responder_intercom_rate_remaining_calls",
      "Calls that are left of the present window, as far as Intercom has said",
    ),
    queued: gauge("responder_queue_conversations", "Conversations waiting or under way"),
    oldestWaiting: gauge(
      "responder_oldest_waiting_seconds",
      "For how long the oldest notification has had no outcome",
    ),
    cards: gauge(
      "responder_cards_pending",
      "Cards of this process that nobody has decided; those of an earlier one are not known",
    ),
    oldestCard: gauge(
      "responder_card_pending_seconds",
      "For how long the oldest of these cards has waited",
    ),
    givenUp: gauge("responder_given_up_turns", "Turns that Intercom refused three times"),
    leftToPeople: gauge(
      "responder_left_to_people_conversations",
      "Conversations that waited for longer than SWEEP_MAX_AGE_MINUTES, at the last sweep",
    ),
    lastWebhook: gauge(
      "responder_last_webhook_timestamp_seconds",
      "When a notification with a right signature came last; absent before the first",
    ),
    lastSweep: gauge(
      "responder_last_sweep_timestamp_seconds",
      "When a sweep worked last; absent before the first",
    ),
    oldestSource: gauge(
      "responder_oldest_source_timestamp_seconds",
      "When the source of knowledge that waits longest was read whole last, or else the service began; absent without sources",
    ),
    dependencies: gauge(
      "responder_dependency_up",
      "1 where the latest call of an outside service worked, 0 where it failed; absent before the first",
      ["dependency"],
    ),
  };

  // A counter that begins at nothing shows its first increase; one that appears with 1 does not.
  for (const result of deliveries) instruments.deliveries.inc({ result }, 0);
  for (const call of ["reply", "note"]) {
    instruments.unknownOutcome.inc({ call }, 0);
    instruments.refusedWrites.inc({ call }, 0);
  }
  return instruments;
}
