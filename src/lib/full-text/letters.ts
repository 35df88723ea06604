/** Which letters a word has, a bit each; letters beyond the 32nd share theirs. */
export function lettersOf(word: string): number {
  let letters = 0;
  for (let index = 0; index < word.length; index++) letters |= 1 << (word.charCodeAt(index) % 32);
  return letters;
}

/**
 * How many letters one word has and the other does not (the bits of a number counted in parallel,
 * https://graphics.stanford.edu/~seander/bithacks.html#CountBitsSetParallel).
 */
export function differingLetters(one: number, other: number): number {
  let bits = one ^ other;
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
