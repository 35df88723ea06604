import { UpstreamError } from "../../lib/errors.ts";
import { createClient } from "./client.ts";

/** Recall waits for it while a customer waits. */
const timeoutMs = 1500;

/**
 * Texts as vectors, by the model at `OPENAI_BASE_URL`/embeddings.
 *
 * @returns one vector per text, in the same order
 */
export function createOpenAIEmbedder(options: {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
}) {
  const { model } = options;
  const client = createClient({ ...options, timeoutMs });
  return {
    model,
    /** @throws UpstreamError when the model does not answer with one vector per text */
    async embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]> {
      try {
        // Some local servers take the library's default, base64, and answer something else.
        const answer = await client.embeddings.create(
          { model, input: texts, encoding_format: "float" },
          { signal },
        );
        const inOrder = answer.data.toSorted((one, other) => one.index - other.index);
        return inOrder.map(({ embedding }) => Float32Array.from(embedding));
      } catch (cause) {
        signal.throwIfAborted();
        throw noVectors(cause);
      }
    },
  };
}

function noVectors(cause: unknown): UpstreamError {
  return new UpstreamError("model", "POST /embeddings", "no vectors", { cause });
}
