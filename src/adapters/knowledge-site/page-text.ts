import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { articleText } from "../../lib/html-to-text.ts";

/** What a page says, and what it says about itself. */
export type PageText = {
  title: string | null;
  /** Plain text of its main part, headings as in Markdown with their anchors. */
  text: string;
  /** ISO 639-1. */
  language: string | null;
  /** Under which address it wants to be known. */
  canonical: string | null;
  /** The same page in other languages, itself included: their addresses. */
  translations: string[];
  /** Where it leads to, absolute. */
  links: string[];
  /** When it was changed last, in milliseconds since 1970, if it says so. */
  updatedAt: number | null;
};

/** Of the parser's nodes what is used here: the compiler knows no browser. */
type Node = {
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
};
type Element = Node & {
  readonly localName: string;
  readonly parentElement: Element | null;
  textContent: string | null;
  innerHTML: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(text: string): void;
  remove(): void;
};
type Document = Node & {
  readonly documentElement: Element | null;
  cloneNode(deep: boolean): Document;
};
/** What `Readability` wants to be given. */
type ReadableDocument = ConstructorParameters<typeof Readability>[0];

/** What stands on every page of a site, what nobody sees, and what says nothing in words. */
const notContent = [
  "head, title, script, style, noscript, template, svg, iframe, object, canvas, video, audio, img, picture",
  "nav, aside, footer, form, button, input, select, dialog, [hidden], [aria-hidden=true]",
  "[role=navigation], [role=banner], [role=contentinfo], [role=search], [role=complementary]",
  ".toc, #toc, .table-of-contents, .breadcrumb, .breadcrumbs, .pagination, .sidebar, .skip-link",
  ".headerlink, .hash-link, .anchor-link, .edit-this-page, .prev-next",
].join(", ");
const headings = "h1, h2, h3, h4, h5, h6";
/** Less is no main part but what was left of one. */
const leastCharacters = 140;
const maximumElements = 60_000;

/**
 * Reads the main part of a page.
 *
 * @param address the page's own, for what is relative in it
 * @throws whatever a page can make a parser throw; runs in a thread of its own
 */
export function pageText(html: string, address: string): PageText {
  // The parser adds no body of its own.
  const whole = /<body\b/i.test(html) ? html : `<html><body>${html}</body></html>`;
  const document: Document = parseHTML(whole).document;
  const base = URL.parse(document.querySelector("base[href]")?.getAttribute("href") ?? "", address);
  const absolute = (link: string | null) =>
    link === null ? null : (URL.parse(link, base?.href ?? address)?.href ?? null);
  const attribute = (selector: string, name: string) =>
    document.querySelector(selector)?.getAttribute(name)?.trim() || null;

  const links = hrefsIn(document, "a[href]").flatMap((link) => absolute(link) ?? []);
  const translations = hrefsIn(document, "link[rel~=alternate][hreflang]").flatMap(
    (link) => absolute(link) ?? [],
  );
  const changed = Date.parse(
    attribute('meta[property="article:modified_time"]', "content") ??
      attribute("[itemprop=dateModified]", "datetime") ??
      attribute("[itemprop=dateModified]", "content") ??
      "",
  );
  const pageTitle = document.querySelector("title")?.textContent?.trim() || null;
  const language =
    document.documentElement?.getAttribute("lang") ??
    attribute('meta[http-equiv="content-language" i]', "content");
  const canonical = absolute(attribute("link[rel~=canonical]", "href"));

  const main = mainOf(document);
  const text = main === null ? "" : textOf(main, address, absolute);
  return {
    title:
      main
        ?.querySelector("h1")
        ?.textContent?.replace(/\s*\{#\S*\}$/, "")
        .trim() || pageTitle,
    text,
    language: /^[a-z]{2}(?=$|[-_])/i.exec(language?.trim() ?? "")?.[0].toLowerCase() ?? null,
    canonical,
    translations,
    links,
    updatedAt: Number.isNaN(changed) ? null : changed,
  };
}

function hrefsIn(document: Document, selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((link) => link.getAttribute("href") ?? "");
}

function mainOf(document: Document): Element | null {
  const marked = [...document.querySelectorAll("main, [role=main]")];
  const [largest] = marked.sort((one, other) => lengthOf(other) - lengthOf(one));
  if (largest !== undefined) {
    const articles = [...largest.querySelectorAll("article")];
    const [only] = articles;
    const main = articles.length === 1 && only !== undefined ? only : largest;
    strip(main);
    if (lengthOf(main) >= leastCharacters || marked.length === 1) return main;
  }
  const readable = readableOf(document);
  if (readable !== null) return readable;
  const body = document.querySelector("body");
  if (body !== null) strip(body);
  return body;
}

/** What a reader's view shows of a page that does not mark its main part. */
function readableOf(document: Document): Element | null {
  const copy = document.cloneNode(true);
  for (const element of copy.querySelectorAll("script, style, noscript, svg")) element.remove();
  const found = new Readability(copy as unknown as ReadableDocument, {
    charThreshold: leastCharacters,
    maxElemsToParse: maximumElements,
  }).parse();
  if (found?.content === undefined || found.content === null) return null;
  const read: Document = parseHTML(`<html><body>${found.content}</body></html>`).document;
  const body = read.querySelector("body");
  if (body === null || lengthOf(body) < leastCharacters) return null;
  strip(body);
  return body;
}

function strip(element: Element): void {
  for (const part of element.querySelectorAll(notContent)) part.remove();
}

function lengthOf(element: Element): number {
  return element.textContent?.trim().length ?? 0;
}

function textOf(
  main: Element,
  address: string,
  absolute: (link: string | null) => string | null,
): string {
  const page = address.split("#", 1)[0];
  for (const heading of main.querySelectorAll(headings)) {
    const anchor = anchorOf(heading);
    for (const link of heading.querySelectorAll("a")) link.removeAttribute("href");
    // Signs that show a link to the heading itself: ¶, #, §, 🔗.
    heading.textContent = `${heading.textContent ?? ""}`.replace(/^[#¶§🔗\s]+|[#¶§🔗\s]+$/gu, "");
    if (anchor !== null && heading.textContent !== "") heading.append(` {#${anchor}}`);
  }
  for (const link of main.querySelectorAll("a[href]")) {
    const target = absolute(link.getAttribute("href"));
    const leadsOn = /^(?:https?:|mailto:)/.test(target ?? "") && target?.split("#", 1)[0] !== page;
    if (leadsOn && target !== null) link.setAttribute("href", target);
    else link.removeAttribute("href");
  }
  return articleText(main.innerHTML);
}

/** The id of a heading, of something in it, or of the section that it opens. */
function anchorOf(heading: Element): string | null {
  const inner = heading.querySelector("[id], a[name]");
  const section = heading.parentElement;
  const opens = section?.querySelector(headings) === heading;
  const id =
    heading.getAttribute("id") ??
    inner?.getAttribute("id") ??
    inner?.getAttribute("name") ??
    (opens && section?.localName === "section" ? section.getAttribute("id") : null);
  if (id === null || id === undefined || !/^[^\s{}]+$/.test(id)) return null;
  return encodeURI(id);
}
