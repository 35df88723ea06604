import { explainDecision } from "../../core/judging/wording.ts";
import { evidenceFor } from "../../core/knowledge/evidence.ts";
import type { Decision, Draft, JourneyReport, Policy, Recall, Source } from "../../core/types.ts";
import type { DraftView } from "./protocol.ts";
import { decisionLabels } from "./wording.ts";

/** A draft with everything that led to it. */
export function draftView(
  draft: Draft,
  about: {
    recall: Recall;
    /** What was found and kept from the model. */
    withheld?: Source[] | undefined;
    decision: Decision;
    policy: Policy;
    steps: JourneyReport["steps"];
    /** What was said in the conversation before the reply. */
    said: string[];
  },
): Omit<DraftView, "id" | "state"> {
  const { reply, confidence, reasoning, intent, language, origin } = draft;
  const { recall, withheld = [], decision, policy, steps, said } = about;
  const usedIds = new Set(draft.usedSources.map(({ id }) => id));
  const isUsed = ({ id }: Source) => usedIds.has(id);
  const sources = {
    used: recall.sources.filter(isUsed),
    others: [...recall.sources.filter((source) => !isUsed(source)), ...withheld],
  };
  return {
    reply,
    confidence,
    threshold: policy.confidenceThreshold,
    calibrated: draft.calibrated ?? null,
    thresholdOn: policy.thresholdOn,
    reasoning,
    intent,
    language,
    decision: {
      action: decision.action,
      rule: decision.reason,
      label: decisionLabels[decision.action],
      explanation: explainDecision(decision),
    },
    evidence: evidenceFor(reply, sources, said).map(({ source, ...evidence }) => ({
      ...evidence,
      source: source === null ? null : recall.sources.indexOf(source),
    })),
    query: recall.query,
    sources: recall.sources.map((source) => {
      const { id: _, ...shown } = source;
      return { ...shown, isUsed: isUsed(source) };
    }),
    recallFailures: recall.failures,
    steps,
    model: origin.model,
    tokens: { prompt: origin.promptTokens, completion: origin.completionTokens },
    costUsd: origin.costUsd,
    prompt: origin.prompt,
    rawAnswer: origin.rawAnswer,
  };
}
