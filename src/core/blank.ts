/**
 * Whether a text shows nothing to a reader: white space of every kind, invisible characters, and
 * HTML's names for them.
 */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Z}\p{Cf}\p{DI}\p{Cc}\u2800]/u.test(text.replace(blankEntities, ""));
}

const blankEntities =
  /&(?:nbsp|ensp|emsp|thinsp|zwnj|zwj|shy|#(?:160|173|8203|8204|8205|8288|65279)|#x(?:a0|ad|200b|200c|200d|2060|feff));/gi;
