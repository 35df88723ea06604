/** A page as `llms-full.txt` holds it. */
export type FullPage = { address: string; text: string };

/** The links of an `llms.txt` (https://llmstxt.org), in their order. */
export function linksOfLlmsTxt(text: string, from: string): string[] {
  const links: string[] = [];
  for (const [, link = ""] of text.matchAll(/\]\(<?([^\s()<>]+)/g)) {
    const address = URL.parse(link, from)?.href;
    if (address !== undefined) links.push(address);
  }
  return links;
}

/**
 * The pages of an `llms-full.txt`, where each says its address under its title, as most that write
 * such files do (`Source: https://…`).
 */
export function pagesOfLlmsFull(text: string): FullPage[] {
  const pages: FullPage[] = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  let title: string | null = null;
  for (const line of lines) {
    const address = /^(?:\*\*)?(?:source|url)(?:\*\*)?:(?:\*\*)? *<?(https?:\/\/[^\s<>]+)>?$/i.exec(
      line,
    )?.[1];
    if (address !== undefined && title !== null) {
      const before = pages.at(-1);
      // The title stood at the end of what came before.
      if (before !== undefined) before.text = before.text.slice(0, before.text.lastIndexOf(title));
      pages.push({ address, text: `${title}\n` });
      title = null;
      continue;
    }
    const last = pages.at(-1);
    if (last !== undefined) last.text += `${line}\n`;
    if (/^# \S/.test(line)) title = line;
    else if (line.trim() !== "") title = null;
  }
  return pages;
}
