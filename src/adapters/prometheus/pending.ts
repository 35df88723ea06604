/** More are not kept: the oldest is dropped, and the figure becomes too small, never too large. */
const maxEntries = 10_000;

/** Things that wait, with the time since when; the first one told is the oldest. */
export type Pending = {
  /** Keeps the time of an id that waits already. */
  add(id: string, at: number): void;
  /** @returns since when it has waited, or `null` where it did not wait */
  remove(id: string): number | null;
  count(): number;
  /** For how long the oldest has waited, in seconds; 0 where nothing waits. */
  oldestSeconds(now: number): number;
};

export function createPending(): Pending {
  const since = new Map<string, number>();
  return {
    add(id, at) {
      if (!since.has(id)) since.set(id, at);
      const oldest = since.keys().next();
      if (since.size > maxEntries && !oldest.done) since.delete(oldest.value);
    },
    remove(id) {
      const at = since.get(id) ?? null;
      since.delete(id);
      return at;
    },
    count: () => since.size,
    oldestSeconds(now) {
      const oldest = since.values().next();
      return oldest.done ? 0 : Math.max(0, now - oldest.value) / 1000;
    },
  };
}
