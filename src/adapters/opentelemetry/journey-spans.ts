import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Draft, Hint, JourneyReport } from "../../core/types.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { BrokenOff } from "./channels.ts";

/** Hints that lead to no journey of their own are forgotten, the oldest first. */
const maxHints = 10_000;

export type JourneySpans = {
  hinted(hint: Hint, at: number): void;
  ended(report: JourneyReport, at: number): void;
  brokeOff(broken: BrokenOff, at: number): void;
};

/**
 * Makes a trace of each journey after it has ended, from what its report says. The call of the model
 * follows OpenTelemetry's conventions for generative AI. Ids, names of rules, numbers and times stand in it,
 * and nothing that a customer, a teammate or the model wrote.
 *
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
export function createJourneySpans(tracer: Tracer): JourneySpans {
  /** When the first hint came that the next journey of a conversation answers; milliseconds since 1970. */
  const hintedAt = new Map<string, number>();

  function begin(conversationId: string, from: Hint["from"], startedAt: number): Span {
    const at = hintedAt.get(conversationId) ?? startedAt;
    hintedAt.delete(conversationId);
    const root = tracer.startSpan(
      "journey",
      {
        kind: SpanKind.CONSUMER,
        startTime: at,
        root: true,
        attributes: { "gen_ai.conversation.id": conversationId, "responder.hint": from },
      },
      ROOT_CONTEXT,
    );
    if (at < startedAt) part(root, from === "webhook" ? "webhook" : "hint", at, startedAt, {});
    return root;
  }

  function part(
    root: Span,
    name: string,
    startTime: number,
    endTime: number,
    attributes: Attributes,
    kind = SpanKind.INTERNAL,
  ): Span {
    const within = trace.setSpan(ROOT_CONTEXT, root);
    const span = tracer.startSpan(name, { kind, startTime, attributes }, within);
    span.end(endTime);
    return span;
  }

  return {
    hinted({ conversationId }, at) {
      if (!hintedAt.has(conversationId)) hintedAt.set(conversationId, at);
      const oldest = hintedAt.keys().next();
      if (hintedAt.size > maxHints && !oldest.done) hintedAt.delete(oldest.value);
    },
    ended(report, at) {
      const { conversationId, from, startedAt, steps, outcome } = report;
      const root = begin(conversationId, from, startedAt);
      root.setAttributes(journeyAttributes(report));
      const drafted = steps.findLast(({ name }) => name === "draft");
      for (const step of steps) {
        const start = startedAt + step.startedMs;
        // A newer message ended the calls before the last one, and nothing is known of them.
        const isSuperseded = step.name === "draft" && step !== drafted;
        const { name, kind, attributes } = isSuperseded ? superseded : spanOf(step.name, report);
        part(root, name, start, start + step.durationMs, attributes, kind);
      }
      if (outcome.kind === "refused") {
        root.setStatus({ code: SpanStatusCode.ERROR, message: outcome.explanation });
      }
      root.end(at);
    },
    brokeOff({ hint, startedAt, error }, at) {
      const root = begin(hint.conversationId, hint.from, startedAt);
      root.setAttribute("error.type", error instanceof Error ? error.name : "unknown");
      // Of an upstream error the message is service, call and result; any other may quote somebody.
      const message = error instanceof UpstreamError ? { message: error.message } : {};
      root.setStatus({ code: SpanStatusCode.ERROR, ...message });
      root.end(at);
    },
  };
}

function journeyAttributes({ outcome, decision, channel, drafting }: JourneyReport): Attributes {
  const draft = drafting !== null && "draft" in drafting ? drafting.draft : null;
  return {
    "responder.outcome": outcome.kind,
    ...("reason" in outcome && { "responder.reason": outcome.reason }),
    ...(decision !== null && {
      "responder.decision": decision.action,
      "responder.reason": decision.reason,
    }),
    ...(decision?.rule !== undefined && { "responder.rule": decision.rule }),
    ...(channel !== null && { "responder.channel": channel }),
    ...(draft !== null && {
      "responder.confidence": draft.confidence,
      "responder.intent": draft.intent,
      "responder.language": draft.language,
    }),
  };
}

const superseded: SpanForm = {
  name: "draft",
  kind: SpanKind.CLIENT,
  attributes: { "responder.superseded": true },
};

/** A step as a span: the one in which the model was asked is a client's call of generative AI. */
function spanOf(step: string, report: JourneyReport): SpanForm {
  const { recall, drafting, outcome } = report;
  if (step === "recall" && recall !== null) {
    const attributes = {
      "responder.recall.sources": recall.sources.length,
      "responder.recall.failures": recall.failures,
    };
    return { name: step, kind: SpanKind.INTERNAL, attributes };
  }
  if (step === "draft" && drafting !== null) {
    if ("draft" in drafting) return modelCall(drafting.draft, report.conversationId);
    const attributes = { "error.type": drafting.noDraft.reason };
    return { name: step, kind: SpanKind.CLIENT, attributes };
  }
  if (step === "act") {
    const name = outcome.kind === "replied" ? "reply" : "act";
    return { name, kind: SpanKind.CLIENT, attributes: { "responder.outcome": outcome.kind } };
  }
  return { name: step, kind: SpanKind.INTERNAL, attributes: {} };
}

type SpanForm = { name: string; kind: SpanKind; attributes: Attributes };

function modelCall({ origin }: Draft, conversationId: string): SpanForm {
  const { model, promptTokens, completionTokens, costUsd, promptHash } = origin;
  const attributes = {
    "gen_ai.operation.name": "chat",
    // The API that is spoken; a compatible server may be behind OPENAI_BASE_URL.
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": model,
    "gen_ai.output.type": "json",
    "gen_ai.conversation.id": conversationId,
    ...(promptTokens !== null && { "gen_ai.usage.input_tokens": promptTokens }),
    ...(completionTokens !== null && { "gen_ai.usage.output_tokens": completionTokens }),
    ...(costUsd !== null && { "responder.cost_usd": costUsd }),
    ...(promptHash !== null && { "responder.prompt_hash": promptHash }),
  };
  return { name: `chat ${model}`, kind: SpanKind.CLIENT, attributes };
}
