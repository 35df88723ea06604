import { escapeHtml } from "../../lib/escape-html.ts";

const fence = "```";

/**
 * The text of an article as the index keeps it, as HTML: its headings (`## Refunds`), code between
 * fences, and every other line as it is. All of it is escaped.
 */
export function linesHtml(text: string): string {
  const blocks: string[] = [];
  let lines: string[] = [];
  let isCode = false;
  const end = (wrap: (html: string) => string) => {
    const words = lines.join("\n");
    if (words.trim() !== "") blocks.push(wrap(escapeHtml(words)));
    lines = [];
  };
  const paragraph = () => end((html) => `<p>${html.trim()}</p>`);
  // What is wider than the page is scrolled, also by whoever has no mouse.
  const code = () => end((html) => `<pre tabindex="0"><code>${html}</code></pre>`);
  for (const line of text.split("\n")) {
    const heading = isCode ? null : /^#{1,6}\s+(\S.*)$/.exec(line);
    if (line.startsWith(fence)) {
      if (isCode) code();
      else paragraph();
      isCode = !isCode;
    } else if (heading !== null) {
      paragraph();
      lines = [heading[1] ?? ""];
      end((html) => `<h2>${html}</h2>`);
    } else if (!isCode && line.trim() === "") paragraph();
    else lines.push(line);
  }
  // Code that is longer than a passage goes on in the next one.
  if (isCode) code();
  else paragraph();
  return `${blocks.join("\n")}\n`;
}
