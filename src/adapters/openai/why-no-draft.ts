import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  BadRequestError,
  UnprocessableEntityError,
} from "openai";
import type { NoDraft } from "../../core/types.ts";
import { isTooLong } from "./dialect.ts";

export const tooLate = (overallTimeoutMs: number): NoDraft =>
  unavailable(`The model did not answer within ${seconds(overallTimeoutMs)}.`);

export const noAnswerInBody: NoDraft = unavailable(
  "What answered in the model's place is not a model (perhaps a proxy's page).",
  "OPENAI_BASE_URL may be wrong.",
);

export const busy: NoDraft = unavailable(
  "The model's server is taking no more requests at the moment (429).",
);

export const refused: NoDraft = {
  reason: "model-refused",
  explanation: "The model declined to answer this.",
};

export const filtered: NoDraft = {
  reason: "model-refused",
  explanation: "The model's provider stopped the answer with its content filter.",
};

export const cutOff = (maxReplyTokens: number | null): NoDraft => ({
  reason: "unreadable-answer",
  ...(maxReplyTokens === null
    ? { explanation: "The model's answer was cut off at the model's own limit." }
    : {
        explanation: `The model's answer was cut off at ${maxReplyTokens} tokens.`,
        advice: "MAX_REPLY_TOKENS may be too low.",
      }),
});

export const unreadable: NoDraft = {
  reason: "unreadable-answer",
  explanation: "The model answered twice in a form that could not be read.",
};

/**
 * Why a call failed, as a sentence for the teammate who must answer instead.
 *
 * @param error what the client threw, other than for an abort of ours
 */
export function whyNoDraft(error: unknown, model: string, timeoutMs: number): NoDraft {
  if (error instanceof APIConnectionTimeoutError) {
    return unavailable(`The model did not answer within ${seconds(timeoutMs)}, twice.`);
  }
  if (error instanceof APIConnectionError) {
    return unavailable("The model's server could not be reached.");
  }
  // The body that came with status 200 is no JSON.
  if (error instanceof SyntaxError) return noAnswerInBody;
  if (!(error instanceof APIError) || error.status === undefined) {
    return unavailable("The connection to the model broke off.");
  }

  const { status, code } = error;
  // Azure and OpenAI name it differently.
  if (code === "content_filter" || code === "content_policy_violation") return filtered;
  if (code === "insufficient_quota") {
    return unavailable("The account with the model's provider has no credit left.");
  }
  if (status === 401) {
    return unavailable("The model's server did not accept our key (401).", "Check OPENAI_API_KEY.");
  }
  if (status === 403) {
    return unavailable("The model's server does not let us use it (403).", "Check OPENAI_API_KEY.");
  }
  if (status === 404) {
    return unavailable(
      `The model "${model}" was not found (404).`,
      "Check OPENAI_MODEL and OPENAI_BASE_URL.",
    );
  }
  if (status === 429) return busy;
  if (error instanceof BadRequestError || error instanceof UnprocessableEntityError) {
    return unavailable(
      isTooLong(error)
        ? "The conversation and what was found for it are too long for the model."
        : `The model's server did not accept the request (${status}).`,
    );
  }
  return unavailable(`The model's server failed (${status}).`);
}

function unavailable(explanation: string, advice?: string): NoDraft {
  return {
    reason: "model-unavailable",
    explanation,
    ...(advice === undefined ? {} : { advice }),
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
