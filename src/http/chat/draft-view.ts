import { claimLines, explainDecision, inventedQuotes } from "../../core/judging/wording.ts";
import { evidenceFor } from "../../core/knowledge/evidence.ts";
import { linkFromHere } from "../../core/knowledge/source-places.ts";
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
    hasModel: boolean;
  },
): Omit<DraftView, "id" | "state"> {
  const { reply, confidence, reasoning, intent, sentiment, urgency, topic, language, origin } =
    draft;
  const { recall, withheld = [], decision, policy, steps, said, hasModel } = about;
  const usedIds = new Set(draft.usedSources.map(({ id }) => id));
  const isUsed = ({ id }: Source) => usedIds.has(id);
  const sources = {
    quotes: draft.quotes,
    used: recall.sources.filter(isUsed),
    others: [...recall.sources.filter((source) => !isUsed(source)), ...withheld],
  };
  const shown = [...recall.sources, ...withheld];
  return {
    reply,
    confidence,
    threshold: policy.confidenceThreshold,
    calibrated: draft.calibrated ?? null,
    thresholdOn: policy.thresholdOn,
    reasoning,
    intent,
    sentiment: sentiment ?? null,
    urgency: urgency ?? null,
    topic: topic ?? null,
    summary: draft.summary ?? "",
    missing: draft.missing ?? [],
    promises: draft.promises ?? [],
    language,
    decision: {
      action: decision.action,
      rule: decision.reason,
      label: decisionLabels[decision.action],
      explanation: explainDecision(decision),
    },
    claims: [...claimLines(draft), ...inventedQuotes(draft)],
    evidence: evidenceFor(reply, sources, said).map(({ source, ...evidence }) => ({
      ...evidence,
      source: source === null ? null : shown.indexOf(source),
    })),
    query: recall.query,
    sources: shown.map((source) => {
      const { id: _, ...rest } = source;
      const page = linkFromHere(source);
      return { ...rest, page, isUsed: isUsed(source), isWithheld: withheld.includes(source) };
    }),
    recallFailures: recall.failures,
    steps,
    model: origin.model,
    isQuote: !hasModel,
    tokens: { prompt: origin.promptTokens, completion: origin.completionTokens },
    costUsd: origin.costUsd,
    prompt: origin.prompt,
    rawAnswer: origin.rawAnswer,
  };
}
