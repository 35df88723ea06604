import { styles } from "../backtest/styles.ts";
import type { Preview, PreviewedCase } from "../core/proving/preview.ts";
import { previewSentences, sideWords } from "../core/proving/preview-wording.ts";
import { escapeHtml } from "../lib/escape-html.ts";

/** Nothing is loaded and nothing runs; the style stands in the file. */
const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Everything that would change, side by side, as one HTML file that needs nothing else. */
export function previewHtml(
  change: string,
  previews: { title: string; preview: Preview }[],
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Preview of ${escapeHtml(change)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<h1>What would change with ${escapeHtml(change)}</h1>
${previews.map(section).join("\n")}
</main>
</body>
</html>
`;
}

function section({ title, preview }: { title: string; preview: Preview }): string {
  const sentences = previewSentences(preview).map((text) => `<p>${escapeHtml(text)}</p>`);
  return `<section>
<h2>${escapeHtml(title)}</h2>
${sentences.join("\n")}
${preview.flips.map(flip).join("\n")}
</section>`;
}

function flip({ conversationId, url, question, answer, before, after }: PreviewedCase): string {
  const name = escapeHtml(`Conversation ${conversationId}`);
  const heading = /^https?:\/\//i.test(url) ? `<a href="${escapeHtml(url)}">${name}</a>` : name;
  const said = (title: string, text: string | null) =>
    text === null || text === ""
      ? ""
      : `<h4>${escapeHtml(title)}</h4><p class="words">${escapeHtml(text)}</p>`;
  const side = (title: string, one: PreviewedCase["before"]) =>
    `<div><h4>${title}: ${escapeHtml(sideWords(one))}</h4><p class="words">${escapeHtml(one.reply ?? "")}</p></div>`;
  return `<article class="case">
<h3>${heading}</h3>
${said("The customer", question)}
<div class="sides">${side("Before", before)}${side("After", after)}</div>
${said("The teammate", answer)}
</article>`;
}
