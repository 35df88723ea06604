/**
 * How many typing errors lie between two words: a letter left out, put in or exchanged, or two
 * neighbours swapped, counts one each (optimal string alignment).
 *
 * @param most what lies further apart is not counted out
 * @returns at most `most + 1`
 */
export function editDistance(one: string, other: string, most: number): number {
  const width = other.length;
  if (Math.abs(one.length - width) > most || width >= maxLength) return most + 1;
  let [beforeLast, last, row] = rows;
  for (let j = 0; j <= width; j++) last[j] = j;
  for (let i = 1; i <= one.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j <= width; j++) {
      const isSame = one.charCodeAt(i - 1) === other.charCodeAt(j - 1);
      let distance = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (isSame ? 0 : 1),
      );
      const isSwapped =
        i > 1 &&
        j > 1 &&
        one.charCodeAt(i - 1) === other.charCodeAt(j - 2) &&
        one.charCodeAt(i - 2) === other.charCodeAt(j - 1);
      if (isSwapped) distance = Math.min(distance, at(beforeLast, j - 2) + 1);
      row[j] = distance;
      if (distance < least) least = distance;
    }
    if (least > most) return most + 1;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return Math.min(at(last, width), most + 1);
}

/** Longer words are never compared. */
const maxLength = 64;
/** Used again for every comparison: there are hundreds of thousands in one search. */
const rows: [Uint8Array, Uint8Array, Uint8Array] = [
  new Uint8Array(maxLength),
  new Uint8Array(maxLength),
  new Uint8Array(maxLength),
];

function at(row: Uint8Array, index: number): number {
  return row[index] ?? 0;
}
