import { contentHash } from "./content-hash.ts";

/**
 * Tells a passage from the others of its article by its words, so that a link to it leads nowhere else
 * when the article is changed.
 *
 * @returns 12 characters of base64url
 */
export function passageKey(text: string): string {
  return contentHash(text.trim()).slice(0, 12);
}
