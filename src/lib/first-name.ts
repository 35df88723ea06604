const titles = new Set(
  "mr mrs ms miss mx dr prof professor sir madam herr frau monsieur madame m mme mlle sr sra señor señora don doña dott ing".split(
    " ",
  ),
);

/**
 * How to address somebody, from the name that Intercom knows.
 *
 * @returns `null` where the name is none to greet with: an e-mail address, a number, a handle.
 */
export function firstName(name: string | null): string | null {
  const cleaned = (name ?? "").normalize("NFC").replace(/\s+/g, " ").trim();
  // "Lovelace, Ada"
  const [family, given] = cleaned.split(",", 2);
  const words = (given?.trim() || family || "").split(" ");
  const first = words.find((word) => !titles.has(word.toLowerCase().replace(/\.$/, "")));
  const isName = first !== undefined && /^\p{L}[\p{L}\p{M}'’.-]{0,39}$/u.test(first);
  return isName ? first : null;
}
