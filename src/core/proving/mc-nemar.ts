/**
 * The exact test of two paired yes-or-no measurements: of the pairs in which they differ, each way is
 * equally likely if nothing but chance is at work (McNemar, 1947; exact by the binomial distribution).
 *
 * @param gained pairs that were no and are yes
 * @param lost pairs that were yes and are no
 * @returns the two-sided p, 0 to 1; 1 where no pair differs
 */
export function mcNemar(gained: number, lost: number): number {
  const count = gained + lost;
  let term = Math.log(0.5) * count;
  let tail = 0;
  for (let fewer = 0; fewer <= Math.min(gained, lost); fewer += 1) {
    tail += Math.exp(term);
    term += Math.log(count - fewer) - Math.log(fewer + 1);
  }
  return Math.min(1, 2 * tail);
}
