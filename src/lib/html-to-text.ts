import { compile, type DomNode, type FormatCallback, type SelectorDefinition } from "html-to-text";

/** Longer bodies are cut: far beyond what a person writes, and converting blocks the process. */
const maximumCharacters = 250_000;

const formatImage: FormatCallback = (_image, _walk, builder) => {
  builder.addInline("[image]");
};

/** A heading as Markdown writes it, so that a reader of the text still sees where sections begin. */
const formatHeading: FormatCallback = (heading, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addInline(`${"#".repeat(Number(heading.name?.at(1)) || 1)} `);
  walk(heading.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

/** Code between fences, as Markdown writes it: whoever cuts the text sees where it begins and ends. */
const formatCode: FormatCallback = (code, walk, builder) => {
  builder.openBlock({ isPre: true, leadingLineBreaks: 2 });
  walk(code.children, builder);
  builder.closeBlock({
    trailingLineBreaks: 2,
    blockTransform: (text) => (text.includes("```") ? text : `\`\`\`\n${text.trimEnd()}\n\`\`\``),
  });
};

const isCell = ({ name }: DomNode) => name === "td" || name === "th";

/**
 * One line for each row, its cells beside each other; spans are not drawn. A row of one cell is
 * mere layout, as mails use it, and keeps its paragraphs.
 */
const formatTableRow: FormatCallback = (row, walk, builder) => {
  const isLayout = row.children.filter(isCell).length < 2;
  builder.openBlock({ leadingLineBreaks: 1 });
  for (const child of row.children) {
    if (!isCell(child)) {
      walk([child], builder);
      continue;
    }
    builder.openBlock({ leadingLineBreaks: 1 });
    walk(isLayout ? child.children : child.children.flatMap(withoutMargins), builder);
    builder.closeBlock({ blockTransform: (text) => (isLayout ? text : onOneLine(text)) });
  }
  builder.closeBlock({ blockTransform: (text) => (isLayout ? text : besideEachOther(text)) });
};

/** Intercom wraps a cell's words in paragraphs, which would set the rows apart. */
function withoutMargins(node: DomNode): DomNode[] {
  if (node.name !== "p" && node.name !== "div") return [node];
  return [...node.children, { type: "text", data: " " } as DomNode];
}

/** A blank where there are no words, so that an empty cell keeps its place. */
function onOneLine(cell: string): string {
  const lines = cell.split("\n").map((line) => line.trim());
  return lines.filter(Boolean).join(" ") || " ";
}

function besideEachOther(cells: string): string {
  return cells.trim() === "" ? "" : cells.split(/\n+/).join(" | ");
}

const headings = ["h1", "h2", "h3", "h4", "h5", "h6"];

const selectors: SelectorDefinition[] = [
  { selector: "a", options: { linkBrackets: ["(", ")"], hideLinkHrefIfSameAsText: true } },
  { selector: "img", format: "image" },
  // Intercom's messenger writes one such paragraph per line.
  {
    selector: "p.no-margin",
    format: "paragraph",
    options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
  },
  { selector: "ul", options: { itemPrefix: "- ", leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  { selector: "ol", options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  // The library's own tables reserve what a colspan claims: one cell could take all memory.
  { selector: "table", format: "block" },
  { selector: "tr", format: "tableRow" },
  ...headings.map((selector) => ({ selector, options: { uppercase: false } })),
];
const shared = {
  wordwrap: false as const,
  formatters: {
    image: formatImage,
    markedHeading: formatHeading,
    fencedCode: formatCode,
    tableRow: formatTableRow,
  },
};
const convert = compile({ ...shared, selectors });
const convertArticle = compile({
  ...shared,
  selectors: [
    ...selectors,
    { selector: "pre", format: "fencedCode" },
    ...headings.map((selector) => ({ selector, format: "markedHeading" })),
  ],
});

/** Signs of no script, at the beginning of lines that a mail program put around a quotation. */
export const quoteMarks = { quoted: "\uE001", historyBegins: "\uE000" };

const formatQuotation: FormatCallback = (container, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(container.children, builder);
  builder.closeBlock({
    trailingLineBreaks: 1,
    blockTransform: (text) => text.replace(/^(?!\uE001)/gm, quoteMarks.quoted),
  });
};

const formatHistory: FormatCallback = (container, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addInline(quoteMarks.historyBegins);
  walk(container.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** Around a quotation, by program: Gmail, Apple Mail, Thunderbird, Yahoo, Proton, GMX, Zoho, Spark. */
const quotations = [
  ".gmail_quote",
  "blockquote[type=cite]",
  ".moz-cite-prefix",
  ".yahoo_quoted",
  ".protonmail_quote",
  "div[name=quote]",
  ".zmail_extra",
  "div[name=messageReplySection]",
];
/** Above the history, of which nothing marks the end: Outlook in a browser, on a phone, on a desktop. */
const histories = [
  "#divRplyFwdMsg",
  "#appendonsend",
  '[style*="border-top:solid #E1E1E1"]',
  '[style*="border-top:solid #B5C4DF"]',
];
const signatures = [
  ".gmail_signature",
  ".moz-signature",
  "#Signature",
  "#ms-outlook-mobile-signature",
  ".protonmail_signature_block",
];
const convertMail = compile({
  ...shared,
  formatters: { ...shared.formatters, quotation: formatQuotation, history: formatHistory },
  selectors: [
    ...selectors,
    ...quotations.map((selector) => ({ selector, format: "quotation" })),
    ...histories.map((selector) => ({ selector, format: "history" })),
    ...signatures.map((selector) => ({ selector, format: "skip" })),
  ],
});
/** Quotations within quotations: each level walks its lines once more. */
const maximumQuotationDepth = 200;

/** Deeper nesting is an accident or an attack; the parser takes seconds for it. */
const maximumDepth = 2_000;

/**
 * The readable text of an HTML body: entities decoded, line breaks, lists, tables and code kept in
 * shape, links as `label (url)`, images as `[image]`. Never throws, however broken the HTML is.
 */
export function htmlToText(html: string): string {
  return convertedBy(convert, html);
}

/** The same for an article, with its headings and its code marked as in Markdown (`## Refunds`). */
export function articleText(html: string): string {
  // A heading without words would be a line of signs.
  return tidy(convertedBy(convertArticle, html).replace(/^#{1,6}$/gm, ""));
}

/**
 * The same for a mail, without its signature, the lines that its program quoted beginning with
 * `quoteMarks.quoted`, and the one from which on all is history with `quoteMarks.historyBegins`.
 */
export function mailHtmlToText(html: string): string {
  const isDeep = depthOf(html.slice(0, maximumCharacters)) > maximumQuotationDepth;
  return convertedBy(isDeep ? convert : convertMail, html.replace(/[\uE000\uE001]/g, ""));
}

/** Whether a body is so long that only its beginning is converted. */
export function isTooLongForText(html: string): boolean {
  return html.length > maximumCharacters;
}

function convertedBy(converter: (html: string) => string, html: string): string {
  const bounded = html.slice(0, maximumCharacters);
  if (depthOf(bounded) > maximumDepth) return tidy(withoutTags(bounded));
  try {
    return tidy(converter(bounded));
  } catch {
    return tidy(withoutTags(bounded));
  }
}

function depthOf(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, closing, name = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (closing) depth -= 1;
    else if (!/^(?:br|hr|img|wbr|input|col|meta|link)$/i.test(name)) depth += 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function tidy(text: string): string {
  return (
    text
      .replaceAll("\u00a0", " ")
      .split("\n")
      // The converter sets the numbers of a list off by a blank.
      .map((line) => line.trimEnd().replace(/^ (?=\d+\. )/, ""))
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim()
  );
}

function withoutTags(html: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: " " };
  return html
    .replace(/<[^<>]*>/g, " ")
    .replace(/&(lt|gt|amp|quot|nbsp);/g, (_entity, name: string) => entities[name] ?? "");
}
