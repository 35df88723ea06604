import { createOpenAIEmbedder } from "../adapters/openai/embedder.ts";
import type { Config } from "../config.ts";
import type { Log } from "../core/ports.ts";
import { type QueryEmbedder, withQueries } from "../lib/by-meaning/embedder.ts";
import { createRedact } from "../lib/redact.ts";
import { sleep } from "../lib/sleep.ts";
import { steadyClock } from "../lib/steady-clock.ts";

/** What is stored without a vector waits for so long at most; a look where nothing is costs nothing. */
const lookedAfterMs = 15_000;

/**
 * The embeddings model, as the whole process shares it; secrets are masked before a text leaves it.
 *
 * @returns `null` where none is set
 */
export function createEmbedder(config: Config, log: Log): QueryEmbedder | null {
  const { model } = config;
  if (model === null || model.embeddingModel === null) return null;
  const { embeddingModel, embeddingDimensions } = model;
  const embedder = createOpenAIEmbedder({
    ...model,
    model: embeddingModel,
    dimensions: embeddingDimensions,
  });
  const redact = createRedact(config.redactPatterns);
  return withQueries(
    {
      model: embedder.model,
      embed: (texts, signal) => embedder.embed(texts.map(redact), signal),
    },
    log,
    steadyClock,
  );
}

type Store = { fillVectors?(signal: AbortSignal): Promise<number> };

/** Gives what has no vector yet one, now and then, as long as the process lives. */
export function createVectorFilling(stores: Store[], log: Log) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      for (const store of stores) {
        try {
          await store.fillVectors?.(signal);
        } catch (error) {
          if (!signal.aborted) log.warn({ error }, "vectors are missing");
        }
      }
      await sleep(lookedAfterMs, signal);
    }
  };

  return {
    start() {
      running ??= run();
    },
    /** Resolves when nothing more is written. */
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
