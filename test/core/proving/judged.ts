import type { JudgedCase } from "../../../src/core/proving/judged-drafts.ts";
import type { LadderTerms } from "../../../src/core/proving/ladder.ts";

/** A draft that was found right, in a conversation of its own unless told otherwise. */
export function judged(more: Partial<JudgedCase> = {}): JudgedCase {
  return {
    conversationId: "1",
    at: 0,
    topic: null,
    intent: "question",
    language: "en",
    confidence: 0.9,
    isAudit: false,
    isRight: true,
    model: "test-model",
    promptHash: "0123456789ab",
    couldGoOut: true,
    ...more,
  };
}

export const terms: LadderTerms = {
  errorLimit: 0.05,
  delta: 0.05,
  confidenceThreshold: 0.8,
  surenessOf: ({ confidence }) => confidence,
  model: "test-model",
  promptHash: "0123456789ab",
};
