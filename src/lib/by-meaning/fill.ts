import { UpstreamError } from "../errors.ts";
import { patienceOf } from "../patience.ts";
import { estimateTokens, lengthWithin } from "../tokens.ts";
import type { Embedder } from "./embedder.ts";

/** A row of a store that has no vector yet, and what is embedded of it. */
export type ToEmbed = { row: number; text: string };

/** Where vectors are missing. */
export type VectorStore = {
  /** @throws UpstreamError when the vectors cannot belong to this model. */
  check(vectors: Float32Array[], expectedCount: number): void | Promise<void>;
  /** How many rows have no vector of this model, roughly: also those that need none. */
  countMissing(): number | Promise<number>;
  /** Rows that have none and need one, some at a time. */
  missing(signal: AbortSignal): AsyncIterable<ToEmbed[]>;
  /** Stores the vectors of those that still say the same. */
  fill(rows: ToEmbed[], vectors: Float32Array[]): void | Promise<void>;
};

export type Filling = {
  /** Something was written that has no vector. */
  changed(): void;
  /**
   * Embeds whatever has no vector yet; costs nothing while nothing has changed. What is stored
   * stays, so it can be ended at any time and goes on the next time. Where the model refuses a text,
   * that one stays without a vector, found by words; where it refuses all, the filling ends, and
   * begins again the next time it is asked for.
   *
   * @returns how many were embedded
   * @throws UpstreamError when the vectors cannot belong to this model; the signal's reason
   */
  fill(signal: AbortSignal): Promise<number>;
};

type Log = {
  info(values: object, event: string): void;
  warn(values: object, event: string): void;
};

/** Texts per call to the embeddings model. */
export const embeddedAtOnce = 64;
/** The longest text that the models of OpenAI take, with some room; of a longer one its beginning. */
const maxTokens = 8_000;
/** Nobody waits for it. */
const patienceMs = 60_000;
/** A long filling says now and then how far it has come. */
const saidEvery = 5_000;
/** Another process may have written what this one has not heard of. */
const lookedThroughEveryMs = 3_600_000;

/** @param what "answers" or "passages", for the log */
export function createFilling(
  embedder: Embedder,
  store: VectorStore,
  { what, log }: { what: string; log: Log },
): Filling {
  const { model } = embedder;
  let completeSince: number | null = null;

  return {
    changed: () => {
      completeSince = null;
    },
    async fill(signal) {
      const begun = performance.now();
      if (completeSince !== null && begun - completeSince < lookedThroughEveryMs) return 0;
      // What is written from now on makes it incomplete again.
      completeSince = begun;
      const count = { embedded: 0, refused: 0, tokens: 0 };
      try {
        await fillAll(count, signal);
      } catch (error) {
        completeSince = null;
        signal.throwIfAborted();
        if (isWrongVector(error)) throw error;
        const said = error instanceof Error ? error.message : "failed";
        log.warn({ what, model, ...count, error: said }, "embedding failed");
      }
      if (count.embedded > 0) {
        const seconds = Math.round((performance.now() - begun) / 1000);
        log.info({ what, model, ...count, seconds }, "embedded");
      }
      return count.embedded;
    },
  };

  async function fillAll(count: Count, signal: AbortSignal): Promise<void> {
    for await (const missing of store.missing(signal)) {
      if (count.embedded === 0 && count.refused === 0) {
        log.info({ what, model, missing: await store.countMissing() }, "embedding begins");
      }
      for (let at = 0; at < missing.length; at += embeddedAtOnce) {
        const rows = missing.slice(at, at + embeddedAtOnce);
        try {
          await embed(rows, count, signal);
        } catch (error) {
          if (signal.aborted || isWrongVector(error)) throw error;
          await embedEach(rows, error, count, signal);
        }
        if (count.embedded % saidEvery < rows.length && count.embedded >= saidEvery) {
          log.info({ what, model, ...count }, "embedding goes on");
        }
      }
    }
  }

  async function embed(rows: ToEmbed[], count: Count, caller: AbortSignal): Promise<void> {
    const texts = rows.map(({ text }) => embeddable(text));
    const { signal, end } = patienceOf(patienceMs, caller);
    try {
      const vectors = await embedder.embed(texts, signal);
      await store.check(vectors, texts.length);
      await store.fill(rows, vectors);
    } finally {
      end();
    }
    count.embedded += rows.length;
    for (const text of texts) count.tokens += estimateTokens(text);
  }

  /** One text that the model does not take makes it refuse its neighbours too. */
  async function embedEach(
    rows: ToEmbed[],
    reason: unknown,
    count: Count,
    signal: AbortSignal,
  ): Promise<void> {
    let refused = 0;
    for (const [index, row] of rows.entries()) {
      try {
        await embed([row], count, signal);
      } catch (error) {
        if (signal.aborted || isWrongVector(error)) throw error;
        refused += 1;
        // The first ones all refused: that is not the texts' fault.
        if (refused === index + 1 && (refused === rows.length || refused === 3)) throw reason;
      }
    }
    count.refused += refused;
  }
}

type Count = { embedded: number; refused: number; tokens: number };

/** What is embedded of a text. */
export function embeddable(text: string): string {
  return text.slice(0, lengthWithin(text, maxTokens, "start"));
}

function isWrongVector(error: unknown): boolean {
  return error instanceof UpstreamError && error.service === "embeddings";
}
