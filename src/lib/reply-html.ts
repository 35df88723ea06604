import MarkdownIt, { type Renderer, type Token } from "markdown-it";

const clickable = /^(?:https?:\/\/|mailto:)/i;

/**
 * The HTML of a reply or note: paragraphs, line breaks, strong, em, links and lists, which is what
 * Intercom shows everywhere from Messenger to e-mail. Its documentation names no full list, so
 * everything else is mapped to these or escaped; only http(s) and mailto links are made clickable.
 */
export function replyHtml(markdown: string): string {
  // Outside code, which brings its own, the renderer's line feeds only lie between blocks.
  return renderer.render(markdown).replaceAll("\n", "");
}

/**
 * Every link, bare domain and e-mail address that a customer would see in the reply, each once:
 * addresses in lower case without `mailto:`, links as `https://…` with the host in lower case and
 * without a slash at the end, so that two ways of writing one place compare as equal.
 */
export function linksIn(markdown: string): string[] {
  const found = renderer
    .parse(markdown, {})
    .flatMap((block) => [
      ...targetsIn(block.children ?? []).flatMap(normalised),
      ...shownIn(visibleText(block)).flatMap(normalised),
    ]);
  return [...new Set(found)];
}

const renderer = createRenderer();

/** Also sees `example.com`, which many mail programs make clickable by themselves. */
const finder = new MarkdownIt().linkify.set({ fuzzyLink: true, fuzzyEmail: true }).tlds(
  [
    "app blog cloud club company dev email finance help life link live media network news one",
    "online page pay shop site software store support systems team tech tools top website work",
    "world xyz zone",
  ].flatMap((line) => line.split(" ")),
  true,
);

function createRenderer() {
  const markdownIt = new MarkdownIt({ html: false, breaks: true, linkify: true });
  // `config.py` is a file here, not a site in Paraguay; whole URLs are enough to be made clickable.
  markdownIt.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
  // A reference definition would vanish from the text; a table is legible as it was written.
  markdownIt.disable(["table", "strikethrough", "reference", "lheading"]);
  markdownIt.validateLink = (url) => clickable.test(url.trim());

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
    link_open: (tokens, index) => linkOpen(attribute(tokens[index], "href")),
    image: (tokens, index) => {
      const alternative = escapeHtml(tokens[index]?.content ?? "");
      const source = attribute(tokens[index], "src");
      if (isInsideLink(tokens, index)) return alternative;
      return `${linkOpen(source)}${alternative || escapeHtml(source)}</a>`;
    },
  };
  Object.assign(markdownIt.renderer.rules, rules);
  return markdownIt;

  function linkOpen(url: string): string {
    return `<a href="${escapeHtml(url)}">`;
  }
}

function isInsideLink(tokens: Token[], index: number): boolean {
  const before = tokens.slice(0, index);
  const opened = before.filter((token) => token.type === "link_open").length;
  return opened > before.filter((token) => token.type === "link_close").length;
}

function targetsIn(tokens: Token[]): string[] {
  return tokens
    .map((token) => attribute(token, "href") || attribute(token, "src"))
    .filter((target) => target !== "");
}

function attribute(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? "");
}

/** What the block shows, with its formatting gone: `exam**ple.com**` reads as one address. */
function visibleText(block: Token): string {
  if (block.children === null) return block.content;
  return block.children
    .map((token) => (token.type.endsWith("break") ? "\n" : token.content))
    .join("");
}

/**
 * What in a text may be taken for an address by a reader, a mail program or Messenger. Rather one
 * too many, which costs a look by a person, than one too few, which reaches a customer.
 */
function shownIn(text: string): string[] {
  // Invisible characters end an address for us, but not for whoever makes it clickable.
  const visible = text.replace(/\p{Cf}/gu, "").replace(/[\u3002\uff0e\uff61]/g, ".");
  const linked = (finder.match(visible) ?? []).map(({ url }) => url);
  const bare = [...visible.matchAll(bareAddress)].map(([found]) => found);
  const hosts = bare.filter((found) => !isFileOrSentence(found));
  return [...linked, ...hosts.map((found) => `https://${found}`)];
}

/** A host name or an IPv4 address, with port and path where there are any. */
const bareAddress =
  /(?<![\w@./:-])(?:(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?(?:\/[^\s<>()]*)?(?![\w@])/gu;

const fileEndings =
  /\.(?:c|conf|cpp|css|csv|dmg|docx?|env|exe|gif|go|html?|ini|java|jpe?g|js|json|log|md|pdf|php|png|pptx?|py|rb|rs|rtf|sh|sql|svg|tar|toml|ts|tsx?|txt|wav|webp|xlsx?|xml|ya?ml|zip)$/i;

/** `notes.txt`, `Node.js`, and two sentences without a space between them: "Done.Then go on". */
function isFileOrSentence(found: string): boolean {
  if (/[/:]/.test(found) || /^www\./i.test(found)) return false;
  return fileEndings.test(found) || /\.\p{Lu}\p{Ll}+$/u.test(found);
}

function normalised(target: string): string[] {
  if (/^mailto:/i.test(target)) {
    // `mailto:a@x?bcc=b@y` names two addresses.
    const pieces = decoded(target.slice("mailto:".length))
      .split(/[?&=,;]/)
      .join("\n");
    const addresses = finder.match(pieces) ?? [];
    return addresses.map((match) => match.url.replace(/^mailto:/i, "").toLowerCase());
  }
  const url = URL.parse(target.replace(/^(?:http:)?\/\//i, "https://"));
  if (url === null) return [target];
  return [url.href.replace(/\/(?=$|[?#])/, "")];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
