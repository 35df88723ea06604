/** Country, two check digits, up to thirty more signs in groups; checked by ISO 7064 (mod 97). */
export function maskIbans(text: string): string {
  return text.replace(
    /(?<![\p{L}\p{N}])[a-z]{2}\d{2}(?:[ \u00a0-]?[a-z0-9]){11,38}(?![\p{L}\p{N}])/giu,
    (run) => maskGroups(run, { from: 15, to: 34, isIt: isIban, mask: "[IBAN]" }),
  );
}

function isIban(signs: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/i.test(signs)) return false;
  const rotated = signs.slice(4) + signs.slice(0, 4);
  let rest = 0;
  for (const sign of rotated) {
    for (const digit of String(Number.parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

/** A telephone number with its country, at most: ITU-T E.164. */
const longestTelephoneNumber = 15;

/**
 * 13 to 19 digits, in groups or not, with a right check digit (ISO/IEC 7812-1, Luhn). One telephone
 * number in ten has a right one by chance; with a plus in front it is no card.
 */
export function maskCardNumbers(text: string): string {
  return text.replace(/(?<!\d)\d(?:[ \u00a0.-]?\d){12,}(?!\d)/g, (run, at: number) =>
    text[at - 1] === "+" && run.replace(/\D/g, "").length <= longestTelephoneNumber
      ? run
      : maskGroups(run, { from: 13, to: 19, isIt: isCardNumber, mask: "[card number]" }),
  );
}

function isCardNumber(digits: string): boolean {
  if (!/^[2-6]\d+$/.test(digits)) return false;
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/**
 * Masks the longest stretches of whole groups that pass the check: a number may stand right behind
 * another one ("12 4111 1111 1111 1111").
 */
function maskGroups(
  run: string,
  {
    from,
    to,
    isIt,
    mask,
  }: { from: number; to: number; isIt(signs: string): boolean; mask: string },
): string {
  const groups = run.split(/([ \u00a0.-])/);
  const kept: string[] = [];
  for (let start = 0; start < groups.length; ) {
    const end = longestFrom(groups, start, from, to, isIt);
    kept.push(end === null ? (groups[start] ?? "") : mask);
    start = end === null ? start + 1 : end;
  }
  return kept.join("");
}

/** Where the longest stretch ends that begins with this group and passes, or `null`. */
function longestFrom(
  groups: string[],
  start: number,
  from: number,
  to: number,
  isIt: (signs: string) => boolean,
): number | null {
  let signs = "";
  let longest: number | null = null;
  // Groups and the separators between them alternate.
  for (let index = start; start % 2 === 0 && index < groups.length; index += 2) {
    signs += groups[index];
    if (signs.length > to) break;
    if (signs.length >= from && isIt(signs)) longest = index + 1;
  }
  return longest;
}
