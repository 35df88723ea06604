/** What a tool answered: JSON, or words. */
export type LookupAnswer = { json: unknown } | { text: string };

/** Why a tool told nothing, in words without a word of the customer. */
export class LookupError extends Error {
  override readonly name = "LookupError";
}
