import { fuse } from "../full-text/rank-fusion.ts";
import type { FullTextHit } from "../full-text/ranking.ts";
import type { QueryEmbedder } from "./embedder.ts";

/** So many of the best by words and of the nearest by meaning are ranked together. */
const considered = 100;

/** What a store finds of a query, by words and by the query's vector. */
export type Searched = {
  byWords(limit: number): FullTextHit[] | Promise<FullTextHit[]>;
  /**
   * The nearest rows, likest first, `likeness` from 0 to 1.
   *
   * @param words of which `hasVector` must be able to tell
   * @throws UpstreamError when the vector cannot belong to the model of those stored, or those stored
   *   cannot be read: words are what is left then
   */
  byMeaning(
    vector: Float32Array,
    limit: number,
    words: FullTextHit[],
  ): Promise<{ near: { row: number; likeness: number }[]; hasVector(row: number): boolean }>;
};

/**
 * Searches by words and by meaning at once; by words alone while the model is away, or gives what
 * cannot be compared.
 *
 * @throws the signal's reason when the caller has given up meanwhile
 */
export async function searchBoth(
  embedder: QueryEmbedder,
  query: string,
  limit: number,
  signal: AbortSignal,
  { byWords, byMeaning }: Searched,
): Promise<FullTextHit[]> {
  const ranked = Math.max(limit, considered);
  // Asked first, so that the words are looked for while the model thinks.
  const asked = embedder.query(query);
  const words = await byWords(ranked);
  const vector = await asked;
  signal.throwIfAborted();
  if (vector === null) return words.slice(0, limit);
  try {
    const { near, hasVector } = await byMeaning(vector, ranked, words);
    return fuse(words, near, hasVector).slice(0, limit);
  } catch (error) {
    signal.throwIfAborted();
    embedder.unusable(error);
    return words.slice(0, limit);
  }
}
