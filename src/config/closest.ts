/** Beyond so many slips of the keyboard two words are different words. */
const mostSlips = 2;

/**
 * What somebody who wrote `given` probably meant: the known word that it begins with or is the
 * beginning of ("europe" → "eu"), or that it misspells; `null` where none is near.
 */
export function closest(given: string, known: readonly string[]): string | null {
  if (given === "") return null;
  const beginning = known.find((word) => given.startsWith(word) || word.startsWith(given));
  return beginning ?? misspelt(given, known);
}

/** The known word that `given` differs from by a letter or two; `null` where none is so near. */
export function misspelt(given: string, known: readonly string[]): string | null {
  const [nearest] = known
    .map((word) => ({ word, slips: slipsBetween(given, word) }))
    // In a short word two slips make another word.
    .filter(({ word, slips }) => slips <= Math.min(mostSlips, word.length / 3))
    .sort((one, other) => one.slips - other.slips);
  return nearest?.word ?? null;
}

/** Letters to add, drop, replace or swap with their neighbour (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + same,
        isSwapped && row > 1 && column > 1
          ? (beforeLast[column - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
