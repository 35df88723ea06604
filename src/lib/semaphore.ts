/** Lets a fixed number of holders in at a time, the others in the order in which they asked. */
export function createSemaphore(places: number) {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    /** Calls `enter` when there is a place, at once if there is one now; who entered must release. */
    acquire(enter: () => void): void {
      if (free === 0) {
        waiting.push(enter);
        return;
      }
      free -= 1;
      enter();
    },
    release(): void {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      // Not at once: thousands who leave as soon as they enter would be a stack as deep.
      else queueMicrotask(next);
    },
  };
}
