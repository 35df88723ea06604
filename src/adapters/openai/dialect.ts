import { createHash } from "node:crypto";
import { APIError } from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";

/**
 * How a server wants to be asked. "OpenAI-compatible" ones differ in what they understand, and
 * OpenAI's own reasoning models refuse parameters that others take.
 */
export type Dialect = {
  format: "json_schema" | "json_object" | "plain";
  tokenLimit: "max_completion_tokens" | "max_tokens" | "none";
  sendsTemperature: boolean;
};

export const fullDialect: Dialect = {
  format: "json_schema",
  tokenLimit: "max_completion_tokens",
  sendsTemperature: true,
};

const simplerFormat = { json_schema: "json_object", json_object: "plain", plain: null } as const;
const simplerTokenLimit = {
  max_completion_tokens: "max_tokens",
  max_tokens: "none",
  none: null,
} as const;

/**
 * What to try next when a request was refused because of a parameter, or `null` when the refusal is
 * about something else. Each step asks for less, so there is an end to them.
 */
export function simplerDialect(refused: Dialect, error: unknown): Dialect | null {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 422)) return null;
  if (isTooLong(error)) return null;
  const about = `${error.param ?? ""} ${error.message}`.toLowerCase();

  const format = simplerFormat[refused.format];
  if (format !== null && /response_format|json_schema|json_object|structured|guided/.test(about)) {
    return { ...refused, format };
  }
  if (refused.sendsTemperature && about.includes("temperature")) {
    return { ...refused, sendsTemperature: false };
  }
  const tokenLimit = simplerTokenLimit[refused.tokenLimit];
  // "Use 'max_completion_tokens' instead" names both; what counts is the one that we sent.
  if (tokenLimit !== null && about.includes(refused.tokenLimit)) return { ...refused, tokenLimit };
  return null;
}

/** Whether the prompt does not fit into the model's window. */
export function isTooLong(error: APIError): boolean {
  return (
    error.code === "context_length_exceeded" ||
    /context (length|window|size)|prompt is too long|too many tokens/i.test(error.message)
  );
}

/**
 * What goes into a request; `null` leaves a parameter to the server.
 *
 * @param schema of the answer, for servers that enforce one
 */
export function dialectParameters(
  dialect: Dialect,
  maxTokens: number | null,
  temperature: number | null,
  schema: Record<string, unknown>,
): Partial<ChatCompletionCreateParamsNonStreaming> {
  return {
    ...formatFor(dialect.format, schema),
    ...(maxTokens === null || dialect.tokenLimit === "none"
      ? {}
      : { [dialect.tokenLimit]: maxTokens }),
    ...(temperature === null || !dialect.sendsTemperature ? {} : { temperature }),
  };
}

/**
 * What only OpenAI itself is told: not to keep the completion for its dashboard, and who caused it,
 * as a hash, where that is known. Compatible servers may refuse fields that they do not know.
 * https://platform.openai.com/docs/guides/safety-best-practices#implement-safety-identifiers
 */
export function openAIParameters(
  baseUrl: string,
  contactId: string | null,
): Partial<ChatCompletionCreateParamsNonStreaming> {
  if (new URL(baseUrl).hostname !== "api.openai.com") return {};
  if (contactId === null) return { store: false };
  const hash = createHash("sha256").update(contactId).digest("hex");
  return { store: false, safety_identifier: hash };
}

function formatFor(
  format: Dialect["format"],
  schema: Record<string, unknown>,
): Partial<ChatCompletionCreateParamsNonStreaming> {
  switch (format) {
    case "json_schema":
      return {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", strict: true, schema },
        },
      };
    case "json_object":
      return { response_format: { type: "json_object" } };
    case "plain":
      return {};
  }
}
