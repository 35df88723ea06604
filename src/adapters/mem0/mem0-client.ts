/**
 * What the answer memory needs of Mem0. The hosted platform and the self-hosted server have
 * different routes for it.
 *
 * A memory belongs to one `userId` (within which is searched) and one `scope` (by which everything
 * of a conversation is found again).
 */
export type Mem0Client = {
  /**
   * Stores the text word for word.
   * @returns its id, or `null` when Mem0 has the very same text of that user already.
   * @throws UpstreamError, also from all others here.
   */
  add(memory: Mem0Memory, signal: AbortSignal): Promise<string | null>;
  /** Best first. */
  search(query: string, userId: string, limit: number, signal: AbortSignal): Promise<Mem0Record[]>;
  listScope(scope: string, signal: AbortSignal): Promise<Mem0Record[]>;
  /**
   * Every memory of that kind, whoever it belongs to.
   * @throws UpstreamError, not retryable, where Mem0 cannot be asked so
   */
  listKind(kind: string, signal: AbortSignal): Promise<Mem0Record[]>;
  listUser(userId: string, limit: number, signal: AbortSignal): Promise<Mem0Record[]>;
  /** @returns `null` when there is no memory with that id. */
  read(id: string, signal: AbortSignal): Promise<Mem0Record | null>;
  /** One that is gone already is no failure. */
  remove(id: string, signal: AbortSignal): Promise<void>;
};

type Mem0Memory = {
  text: string;
  userId: string;
  scope: string;
  metadata: Record<string, unknown>;
};

export type Mem0Record = {
  id: string;
  text: string;
  /** 0 to 1; `null` where nothing was searched for. */
  score: number | null;
  /** Whose it is, where Mem0 says so. */
  userId: string | null;
  metadata: unknown;
};
