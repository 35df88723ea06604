import type { Source } from "../types.ts";

/**
 * The texts whose links a reply may hold: of every source that a customer may see, its address and
 * its words. What a customer once wrote is no source for a link: anybody could plant one there.
 */
export function linkableTexts(sources: readonly Source[]): string[] {
  return sources
    .filter((source) => !source.isInternal && source.kind !== "conversation")
    .flatMap(({ url, title, text }) => (url === null ? [title, text] : [url, title, text]));
}
