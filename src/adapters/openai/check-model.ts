import { APIError } from "openai";
import { createClient } from "./client.ts";

const timeoutMs = 5000;

/** @param isReady `null` when the server does not tell. */
export type ModelCheck = { isReady: boolean | null; explanation: string };

/**
 * Asks the server whether it has the model, without using it. Servers that cannot be asked, and keys
 * that may not ask, are taken as they are.
 */
export async function checkModel(options: {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
}): Promise<ModelCheck> {
  const { model } = options;
  const client = createClient({ ...options, timeoutMs });
  const call = { maxRetries: 0, signal: AbortSignal.timeout(timeoutMs) };
  try {
    await client.models.retrieve(model, call);
    return { isReady: true, explanation: `The model "${model}" is there.` };
  } catch (error) {
    const status = error instanceof APIError ? (error.status ?? null) : null;
    if (status === 401) {
      return { isReady: false, explanation: "The key is not accepted; check OPENAI_API_KEY." };
    }
    if (status === null || status >= 500) {
      return { isReady: false, explanation: "The model's server does not answer." };
    }
    const isUnknown = error instanceof APIError && error.code === "model_not_found";
    if (isUnknown) {
      return {
        isReady: false,
        explanation: `The server does not know the model "${model}"; check OPENAI_MODEL.`,
      };
    }
    return { isReady: null, explanation: "The server does not tell which models it has." };
  }
}
