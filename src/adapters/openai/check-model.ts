import { APIError } from "openai";
import { createClient } from "./client.ts";

const timeoutMs = 5000;

export type ModelCheck =
  | { isReady: true }
  /** The server does not tell. */
  | { isReady: null }
  | { isReady: false; why: "key-refused" | "model-unknown" | "no-answer"; status: number | null };

/**
 * Asks the server whether it has the model, without using it. Servers that cannot be asked, and keys
 * that may not ask, are taken as they are.
 */
export async function checkModel(options: {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
}): Promise<ModelCheck> {
  const client = createClient({ ...options, timeoutMs });
  const call = { maxRetries: 0, signal: AbortSignal.timeout(timeoutMs) };
  try {
    await client.models.retrieve(options.model, call);
    return { isReady: true };
  } catch (error) {
    const status = error instanceof APIError ? (error.status ?? null) : null;
    if (status === 401) return { isReady: false, why: "key-refused", status };
    if (status === null || status >= 500) return { isReady: false, why: "no-answer", status };
    const isUnknown = error instanceof APIError && error.code === "model_not_found";
    return isUnknown ? { isReady: false, why: "model-unknown", status } : { isReady: null };
  }
}
