/**
 * Gives the headings of a Markdown page the anchors that documentation sites make of them, as GitHub
 * does: small letters, blanks as hyphens, without punctuation, a number behind one that comes again.
 * Where a site does it in another way, the link opens the page at its top.
 */
export function headingSlugs(text: string): string {
  const seen = new Map<string, number>();
  return text
    .split("\n")
    .map((line) => {
      const words = /^#{1,6} (?<words>\S.*)/.exec(line)?.groups?.words;
      if (words === undefined || line.trimEnd().endsWith("}")) return line;
      const slug = words
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
        .trim()
        .replaceAll(" ", "-");
      if (slug === "") return line;
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      return `${line} {#${encodeURI(count === 0 ? slug : `${slug}-${count}`)}}`;
    })
    .join("\n");
}
