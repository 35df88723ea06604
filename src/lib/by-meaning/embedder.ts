import { patienceOf } from "../patience.ts";

/** An embeddings model. */
export type Embedder = {
  /**
   * The model's name, with whatever else makes its vectors others: those of another are never
   * compared.
   */
  model: string;
  /**
   * One vector per text, in the same order.
   * @throws whatever it likes: recall then goes on by words alone.
   */
  embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]>;
};

/** An embeddings model that is asked what a query means no more often than needed. */
export type QueryEmbedder = Embedder & {
  /**
   * The query's vector; `null` when the model is not there. Who asks for the same text at the same
   * time, or a little later, shares one request.
   */
  query(text: string): Promise<Float32Array | null>;
  /** What it gave cannot be used: it is left alone for a while, as one that does not answer. */
  unusable(error: unknown): void;
};

type Log = { warn(values: object, event: string): void };

/** A customer waits. */
const patienceMs = 1_500;
/** A model that is down is left alone for so long; no recall waits for it meanwhile. */
const pauseMs = 10_000;
/** Answers and articles are looked for at once, and again once the conversation has been read. */
const keptQueries = 32;

/** @param clock milliseconds, from wherever */
export function withQueries(embedder: Embedder, log: Log, clock: () => number): QueryEmbedder {
  const kept = new Map<string, Promise<Float32Array | null>>();
  let pausedUntil = Number.NEGATIVE_INFINITY;

  const embed: Embedder["embed"] = async (texts, signal) => {
    const vectors = await embedder.embed(texts, signal);
    if (!vectors.every(saysSomething))
      throw new Error("a vector of zeros, or of what is no number");
    return vectors;
  };

  const pause = (error: unknown): void => {
    pausedUntil = clock() + pauseMs;
    const said = error instanceof Error ? error.message : "failed";
    log.warn({ error: said, pauseMs }, "embedding failed");
  };

  const ask = async (text: string): Promise<Float32Array | null> => {
    // Not the caller's signal: others may be waiting for the same.
    const { signal, end } = patienceOf(patienceMs);
    try {
      const [vector] = await embed([text], signal);
      if (vector === undefined) throw new Error("no vector for one text");
      return vector;
    } catch (error) {
      kept.delete(text);
      pause(error);
      return null;
    } finally {
      end();
    }
  };

  return {
    ...embedder,
    embed,
    unusable(error) {
      kept.clear();
      pause(error);
    },
    query(text) {
      const known = kept.get(text);
      if (known === undefined && clock() < pausedUntil) return Promise.resolve(null);
      // Written again, so that the first of them is the one that was needed longest ago.
      kept.delete(text);
      const asked = known ?? ask(text);
      kept.set(text, asked);
      const [oldest] = kept.keys();
      if (kept.size > keptQueries && oldest !== undefined) kept.delete(oldest);
      return asked;
    },
  };
}

/** Zeros lie in no direction, and are near to nothing and to everything. */
function saysSomething(vector: Float32Array): boolean {
  return (
    vector.every(Number.isFinite) && (vector.length === 0 || vector.some((value) => value !== 0))
  );
}
