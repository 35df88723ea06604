/**
 * Collects what is to be done within one turn of the event loop and does it together, in the order
 * in which it came. Doing one thing many times in a row keeps its code in the processor's caches,
 * which under load is much of its cost (docs/benchmarks.md); otherwise nothing waits longer.
 *
 * @returns a function that takes note of work, which must not throw: nobody would hear of it
 */
export function inBursts(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const doAll = () => {
    const burst = waiting;
    waiting = [];
    for (const work of burst) work();
  };
  return (work) => {
    if (waiting.push(work) === 1) setImmediate(doAll);
  };
}
