import MarkdownIt, { type Renderer, type Token } from "markdown-it";
import { keepAsWritten } from "./as-written.ts";

const clickable = /^(?:https?:\/\/|mailto:)/i;

/**
 * The HTML of a reply or note: paragraphs, line breaks, strong, em, links and lists, which is what
 * Intercom shows everywhere from Messenger to e-mail. Its documentation names no full list, so
 * everything else is mapped to these or escaped; only http(s) and mailto links are made clickable.
 *
 * People and models write for people: what merely looks like Markdown ("3. May", `2*3*4`) stays as
 * it was written (`keepAsWritten`), and headings and tables become lines.
 */
export function replyHtml(markdown: string): string {
  // Outside code, which brings its own, the renderer's line feeds only lie between blocks.
  return rendererFor(markdown).render(markdown).replaceAll("\n", "");
}

/** The blocks of a reply as `replyHtml` sees them. */
export function parsedReply(markdown: string): Token[] {
  return rendererFor(markdown).parse(markdown, {});
}

/**
 * Nobody writes a longer reply, and reading 200 KB of brackets as Markdown blocks the process for a
 * third of a second: such a text becomes paragraphs of what it says.
 */
const longestMarkdown = 50_000;

function rendererFor(markdown: string): InstanceType<typeof MarkdownIt> {
  return markdown.length > longestMarkdown ? plainRenderer : renderer;
}

function createRenderer() {
  const markdownIt = new MarkdownIt({ html: false, breaks: true, linkify: true });
  // `config.py` is a file here, not a site in Paraguay; whole URLs are enough to be made clickable.
  markdownIt.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
  // A reference definition would vanish from the text.
  markdownIt.disable(["strikethrough", "reference", "lheading"]);
  keepAsWritten(markdownIt);
  markdownIt.validateLink = (url) => clickable.test(url.trim());
  const { normalizeLink } = markdownIt;
  // Its Punycode tells upper case from lower, which no name server does.
  markdownIt.normalizeLink = (url) =>
    normalizeLink(url.replace(/^https?:\/\/[^/?#@]+(?![^/?#]*@)/i, (host) => host.toLowerCase()));

  /** The target of the link that is open; links do not nest. */
  let openLink: string | null = null;

  const { escapeHtml } = markdownIt.utils;
  const lines = (code: string) =>
    code
      .trimEnd()
      .split("\n")
      // Indentation carries meaning in code, and HTML would swallow it.
      .map((line) => line.replace(/^[ \t]+/, (indent) => "\u00a0".repeat(indent.length)))
      .map((line) => escapeHtml(line))
      .join("<br>");
  const block = (tokens: Token[], index: number) => `<p>${lines(tokens[index]?.content ?? "")}</p>`;

  const rules: Renderer["rules"] = {
    heading_open: () => "<p><strong>",
    heading_close: () => "</strong></p>",
    blockquote_open: () => "",
    blockquote_close: () => "",
    hr: () => "",
    fence: block,
    code_block: block,
    code_inline: (tokens, index) => escapeHtml(tokens[index]?.content ?? ""),
    hardbreak: () => "<br>",
    softbreak: () => "<br>",
    link_open: (tokens, index) => {
      openLink = attribute(tokens[index], "href");
      return linkOpen(openLink);
    },
    link_close: () => {
      const url = openLink ?? "";
      openLink = null;
      return linkClose(url);
    },
    image: (tokens, index) => {
      const alternative = escapeHtml(tokens[index]?.content ?? "");
      const source = attribute(tokens[index], "src");
      if (openLink !== null) return alternative;
      return `${linkOpen(source)}${alternative || escapeHtml(source)}${linkClose(source)}`;
    },
    ...tableAsLines,
  };
  Object.assign(markdownIt.renderer.rules, rules);
  return markdownIt;

  // `[label]()` leads nowhere and stays words.
  function linkOpen(url: string): string {
    return url === "" ? "" : `<a href="${escapeHtml(url)}">`;
  }
  function linkClose(url: string): string {
    return url === "" ? "" : "</a>";
  }
}

/** A row a line, its cells apart by bars. */
const tableAsLines: Renderer["rules"] = {
  table_open: () => "<p>",
  table_close: () => "</p>",
  thead_open: () => "",
  thead_close: () => "",
  tbody_open: () => "",
  tbody_close: () => "",
  tr_open: (tokens, index) => (tokens[index - 1]?.type === "thead_open" ? "" : "<br>"),
  tr_close: () => "",
  th_open: cellOpen,
  th_close: () => "",
  td_open: cellOpen,
  td_close: () => "",
};

function cellOpen(tokens: Token[], index: number): string {
  return tokens[index - 1]?.type === "tr_open" ? "" : " | ";
}

const renderer = createRenderer();
const plainRenderer = new MarkdownIt("zero", { breaks: true }).enable("newline");

/** An attribute of a token, or nothing. */
export function attribute(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? "");
}
