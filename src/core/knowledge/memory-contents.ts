import type { ForWhom } from "../for-whom.ts";
import type { RememberedTurn } from "../ports.ts";
import type { StoredAnswer } from "./answer-memory.ts";
import type { ArticleChange } from "./article-changes.ts";
import type { Passage } from "./passages.ts";

/** An answer with every field that is kept of it. */
export type KeptAnswer = Omit<StoredAnswer, "score">;

/** A turn with what it was written from, in the order of the alphabet. */
export type KeptTurn = Required<RememberedTurn>;

/** An article with its passages, as far as they are kept: of what found them only the words are. */
export type KeptArticle = {
  id: string;
  articleId: string;
  kind: string;
  title: string;
  url: string | null;
  language: string | null;
  updatedAt: number | null;
  isInternal: boolean;
  /** What the source wants to know of it at its next reading. */
  version: string | null;
  passages: Pick<Passage, "text" | "anchor" | "lead">[];
};

/** Whose questions the articles of a kind answer, where it is not everybody's. */
export type KeptSource = { kind: string; forWhom: ForWhom };

/** A place to which something has come, such as the backfill. */
export type KeptCheckpoint = { key: string; value: string };

/** Everything of one kind that a memory holds, each with a key that it has in any memory. */
export type Contents<T> = {
  keyOf(one: T): string;
  count(signal: AbortSignal): Promise<number>;
  /**
   * The next behind a place, in the order in which they were stored.
   *
   * @param after the `last` of the page before; `null`: from the beginning
   */
  page(
    after: number | null,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ items: T[]; last: number | null }>;
  /** Those with these keys that are there, in any order. */
  find(keys: string[], signal: AbortSignal): Promise<T[]>;
  /** Stores all of them or none; what has the same key is replaced. */
  put(items: T[], signal: AbortSignal): Promise<void>;
  remove(keys: string[], signal: AbortSignal): Promise<void>;
};

/**
 * All that a memory holds, to be carried to another one. What follows from it is not among it: the
 * indexes, and vectors, which a model makes anew.
 */
export type MemoryContents = {
  answers: Contents<KeptAnswer>;
  turns: Contents<KeptTurn>;
  sources: Contents<KeptSource>;
  articles: Contents<KeptArticle>;
  changes: Contents<ArticleChange>;
  checkpoints: Contents<KeptCheckpoint>;
  /** How this memory would keep a thing, where it cannot keep every character. */
  asKept<T>(one: T): T;
  close(): Promise<void>;
};

/**
 * The checkpoint by which a memory is known as a copy of another one that nobody uses yet. Whoever
 * opens it to use it takes the mark away, so that no older copy is ever put over what is new.
 */
export const copyMark = "copied-from";

/** A turn is its part of its conversation. */
export function turnKey({ conversationId, partId }: KeptTurn): string {
  return JSON.stringify([conversationId, partId]);
}

export function partOfTurn(key: string): [conversationId: string, partId: string] {
  return JSON.parse(key);
}

/** An article may be changed several times at what it says is one moment. */
export function changeKey({ articleId, at, differences }: ArticleChange): string {
  return JSON.stringify([articleId, at, differences]);
}

export function articleOfChange(key: string): string {
  return (JSON.parse(key) as [string])[0];
}
