import type { DatabaseSync } from "node:sqlite";

import type { QueryEmbedder } from "../../lib/by-meaning/embedder.ts";
import { createFilling, type Filling } from "../../lib/by-meaning/fill.ts";
import { searchBoth } from "../../lib/by-meaning/hybrid-search.ts";
import type { FullTextHit } from "../../lib/full-text/ranking.ts";
import { createVectors, type Embedded, type Vectors } from "./vectors.ts";

/** A table that is searched by words, and by meaning where there is an embeddings model. */
export type HybridSearch = {
  search(query: string, limit: number, signal: AbortSignal): Promise<FullTextHit[]>;
  /** `null` where there is no embeddings model. */
  meaning: { vectors: Vectors; filling: Filling } | null;
};

/**
 * @param options.byWords searches the table's words
 * @param options.what the table's rows, for the log
 */
export function createHybridSearch(
  database: DatabaseSync,
  options: {
    embedded: Embedded;
    embedder: QueryEmbedder | null;
    byWords(query: string, limit: number): FullTextHit[];
    what: string;
    /** Needed where there is an embedder. */
    log: Parameters<typeof createFilling>[2]["log"] | null;
  },
): HybridSearch {
  const { embedder, byWords, what, log } = options;
  if (embedder === null || log === null) {
    return { meaning: null, search: async (query, limit) => byWords(query, limit) };
  }
  const vectors = createVectors(database, options.embedded, embedder.model);
  const filling = createFilling(embedder, vectors, { what, log });

  return {
    meaning: { vectors, filling },
    search: (query, limit, signal) =>
      searchBoth(embedder, query, limit, signal, {
        byWords: (most) => byWords(query, most),
        async byMeaning(vector, most) {
          vectors.check([vector], 1);
          const near = await vectors.nearest(vector, most);
          signal.throwIfAborted();
          if (near === null) return { near: [], hasVector: () => false };
          return { near, hasVector: vectors.has };
        },
      }),
  };
}
