import type { Source } from "../types.ts";

/**
 * The texts whose links a reply may hold: of every source that a customer may see, its address and
 * its words. What a customer once wrote is no source for a link: anybody could plant one there. Nor is
 * what was looked up, unless the operator says so: a note on an order is somebody's words as well.
 */
export function linkableTexts(sources: readonly Source[]): string[] {
  return sources
    .filter(({ isInternal, kind, mayLink = kind !== "lookup" }) => {
      return !isInternal && kind !== "conversation" && mayLink;
    })
    .flatMap(({ url, title, text }) => (url === null ? [title, text] : [url, title, text]));
}
