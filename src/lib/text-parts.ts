/** Cutting so much into passages takes about a tenth of a second. */
const partCharacters = 100_000;

/** A book in parts, each short enough to be cut into passages between two answers. */
export function textParts(text: string): string[] {
  if (text.length <= partCharacters) return [text];
  const parts: string[] = [];
  let part = "";
  for (const line of text.split(/(?<=\n)/)) {
    const isFull = part.length >= partCharacters;
    if (isFull && (line.startsWith("#") || line.trim() === "")) {
      parts.push(part);
      part = "";
    }
    part += line;
  }
  return [...parts, part];
}
