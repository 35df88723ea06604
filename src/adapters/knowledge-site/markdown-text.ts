import { textOf } from "../../lib/file-text.ts";
import { headingSlugs } from "./heading-slugs.ts";
import type { PageText } from "./page-text.ts";

/** Reads a page that is given as Markdown, which says less about itself than HTML. */
export function markdownText(content: string): PageText {
  const { text, title, language } = textOf(content, ".md");
  return {
    title,
    text: headingSlugs(text),
    language,
    canonical: null,
    translations: [],
    links: [],
    updatedAt: null,
  };
}
