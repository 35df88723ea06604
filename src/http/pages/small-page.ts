import { createHash } from "node:crypto";
import type { Request, Response } from "express";
import { escapeHtml } from "../../lib/escape-html.ts";

/** What stands under one title of a page, a line each. */
export type PageSection = { title?: string; lines: string[] };

const style = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.25rem; }
p { margin: 0.25rem 0; white-space: pre-wrap; }
`;
const styleHash = createHash("sha256").update(style).digest("base64");

/** Nothing is loaded, run, framed or sent on: there is text, a style of our own, and links. */
const headers = {
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Whether a person sits before it: browsers ask for HTML first, programs for JSON or anything. */
export function wantsPage(request: Request): boolean {
  return request.accepts(["json", "html"]) === "html";
}

/**
 * Sends a page of text with the status that was set; everything in it is shown as it is written.
 *
 * @param link where more stands: its address, http or https, and its words
 */
export function sendPage(
  response: Response,
  title: string,
  sections: PageSection[],
  link: { url: string; words: string } | null = null,
): void {
  const body = sections
    .map((section) => {
      const heading = section.title === undefined ? "" : `<h2>${escapeHtml(section.title)}</h2>\n`;
      return `${heading}${section.lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("\n")}`;
    })
    .join("\n");
  response
    .set(headers)
    .type("html")
    .send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<h1>${escapeHtml(title)}</h1>
${link === null ? "" : linkTo(link)}${body}
</html>
`);
}

function linkTo({ url, words }: { url: string; words: string }): string {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) return "";
  return `<p><a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(words)}</a></p>\n`;
}
