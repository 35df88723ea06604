import { UpstreamError } from "../../lib/errors.ts";
import { createClient } from "./client.ts";

/** For many texts at once on a small machine; who cannot wait as long says so with the signal. */
const timeoutMs = 60_000;

/**
 * Texts as vectors, by the model at `OPENAI_BASE_URL`/embeddings.
 *
 * @param options.dimensions of the vectors, for models that can shorten them; `null`: as they are
 * @returns one vector per text, in the same order
 */
export function createOpenAIEmbedder(options: {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
  dimensions: number | null;
}) {
  const { model, dimensions } = options;
  const client = createClient({ ...options, timeoutMs });
  return {
    /** Vectors of another length are others. */
    model: dimensions === null ? model : `${model} (${dimensions} dimensions)`,
    /** @throws UpstreamError when the model does not answer with one vector per text */
    async embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]> {
      try {
        // Some local servers take the library's default, base64, and answer something else.
        const answer = await client.embeddings.create(
          {
            model,
            input: texts,
            encoding_format: "float",
            ...(dimensions === null ? {} : { dimensions }),
          },
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
