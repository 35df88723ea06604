/** Lets a fixed number of holders in at a time, the others in the order in which they asked. */
export function createSemaphore(places: number) {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    /** Resolves when there is a place. */
    async acquire(): Promise<void> {
      if (free > 0) {
        free -= 1;
        return;
      }
      await new Promise<void>((enter) => waiting.push(enter));
    },
    release(): void {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}
