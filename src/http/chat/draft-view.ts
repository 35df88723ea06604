import { explainDecision } from "../../core/judging/wording.ts";
import type { Decision, Draft, JourneyReport, Recall } from "../../core/types.ts";
import type { DraftView } from "./protocol.ts";
import { decisionLabels } from "./wording.ts";

/** A draft with everything that led to it. */
export function draftView(
  draft: Draft,
  about: {
    recall: Recall;
    decision: Decision;
    threshold: number;
    steps: JourneyReport["steps"];
  },
): Omit<DraftView, "id" | "state"> {
  const { reply, confidence, reasoning, intent, language, origin } = draft;
  const { recall, decision, threshold, steps } = about;
  const used = new Set(draft.usedSources.map(({ id }) => id));
  return {
    reply,
    confidence,
    threshold,
    reasoning,
    intent,
    language,
    decision: {
      action: decision.action,
      rule: decision.reason,
      label: decisionLabels[decision.action],
      explanation: explainDecision(decision),
    },
    query: recall.query,
    sources: recall.sources.map(({ id, ...source }) => ({ ...source, isUsed: used.has(id) })),
    recallFailures: recall.failures,
    steps,
    model: origin.model,
    tokens: { prompt: origin.promptTokens, completion: origin.completionTokens },
    costUsd: origin.costUsd,
    prompt: origin.prompt,
    rawAnswer: origin.rawAnswer,
  };
}
