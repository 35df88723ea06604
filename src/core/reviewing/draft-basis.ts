import { isForPlan } from "../for-whom.ts";
import type { Draft, DraftBasis } from "../types.ts";

/** What must be known of a draft when a person has decided about it. */
export function basisOf({ intent, topic, usedSources, origin, signals }: Draft): DraftBasis {
  return {
    intent,
    ...(topic ? { topic } : {}),
    model: origin.model,
    promptHash: origin.promptHash,
    sources: usedSources.map(({ id, score }) => ({ id, score })),
    ...(usedSources.some(isForPlan) ? { isForPlan: true } : {}),
    ...(signals === undefined ? {} : { signals }),
  };
}

type Before = { confidence: number; basis?: DraftBasis | undefined };

/**
 * The basis of a draft that a person had written anew. Whatever is decided about it, the model's
 * own draft was not good enough, and its confidence is what is judged.
 *
 * @param first the draft before, with what it came from, if that is known
 */
export function redraftedBasis(draft: Draft, first: Before): DraftBasis {
  return { ...basisOf(draft), firstConfidence: firstConfidenceOf(first) };
}

/** The basis of a text that a person put in the draft's place; `undefined` where none is known. */
export function editedBasis(draft: Before): DraftBasis | undefined {
  return draft.basis && { ...draft.basis, firstConfidence: firstConfidenceOf(draft) };
}

function firstConfidenceOf({ confidence, basis }: Before): number {
  return basis?.firstConfidence ?? confidence;
}
