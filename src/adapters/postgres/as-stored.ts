/**
 * A value as PostgreSQL can keep it: without the character NUL, which its texts cannot hold, and
 * without halves of characters.
 */
export function asStored<T>(value: T): T {
  return JSON.parse(jsonOf(value));
}

/** The same as JSON text, for a column of JSON or for rows in one parameter. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === "string" ? textOf(part) : part));
}

/** One text, likewise. */
export function textOf(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}
