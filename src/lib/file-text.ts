import MarkdownIt, { type Token } from "markdown-it";
import { parse } from "yaml";
import { articleText, isTooLongForText } from "./html-to-text.ts";

/** What a file says, and what it says about itself; `null` where it does not. */
export type FileText = {
  /** Plain text, headings marked as in Markdown. */
  text: string;
  title: string | null;
  /** Under which customers find it. */
  url: string | null;
  /** ISO 639-1. */
  language: string | null;
  /** What of it could not be read, for the log. */
  problems: string[];
};

const forms: Record<string, (content: string) => FileText> = {
  ".md": markdownFile,
  ".markdown": markdownFile,
  ".mdx": (content) => markdownFile(content, withoutCode),
  ".html": htmlFile,
  ".htm": htmlFile,
  ".txt": plainFile,
};

/** Whether files of this kind are read. @param extension in small letters, with its dot */
export function isReadable(extension: string): boolean {
  return extension in forms;
}

/**
 * Reads what a file says.
 *
 * @param extension one that `isReadable`
 */
export function textOf(content: string, extension: string): FileText {
  return (forms[extension] ?? plainFile)(content.replaceAll("\r\n", "\n"));
}

function plainFile(content: string): FileText {
  return { text: content.trim(), title: null, url: null, language: null, problems: [] };
}

function htmlFile(content: string): FileText {
  const main = /<main\b[^>]*>.*<\/main\s*>/is.exec(content)?.[0];
  const shown = (main ?? content).replace(notContent, "");
  const { text, isCut } = converted(shown);
  const title = /<title\b[^>]*>(?<title>[^<]*)/i.exec(content)?.groups?.title ?? "";
  const language = /<html\b[^>]*\blang="?(?<language>[a-z]{2})\b/i.exec(content)?.groups?.language;
  return {
    text,
    title: firstHeading(text) ?? (articleText(title) || null),
    url: null,
    language: language?.toLowerCase() ?? null,
    problems: isCut ? [tooLong] : [],
  };
}

/** What stands on every page of a site, and what nobody sees. */
const notContent =
  /<(head|title|script|style|nav|header|footer|aside|template)\b[^>]*>.*?<\/\1\s*>/gis;

function markdownFile(content: string, prepare = (body: string) => body): FileText {
  const [all = "", head = ""] = /^---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|$)/s.exec(content) ?? [];
  const body = content.slice(all.length);
  const about = aboutIn(head);
  // Section by section: a converter that is given a whole book reads its beginning only.
  const sections = sectionsOf(markdown.parse(prepare(body), {})).map((tokens) =>
    converted(markdown.renderer.render(tokens, markdown.options, {})),
  );
  const texts = sections.map(({ text }) => text).filter((text) => text !== "");
  const text = texts.join("\n\n");
  const url = stringIn(about ?? {}, "url");
  return {
    text,
    title: stringIn(about ?? {}, "title") ?? firstHeading(text),
    url: url !== null && URL.canParse(url) && /^https?:\/\//i.test(url) ? url : null,
    language:
      /^[a-z]{2}\b/i.exec(stringIn(about ?? {}, "language") ?? "")?.[0].toLowerCase() ?? null,
    problems: [
      ...(about === null ? ["front matter is no YAML: read without it"] : []),
      ...(sections.some(({ isCut }) => isCut) ? [tooLong] : []),
    ],
  };
}

const tooLong = "section too long: only its beginning read";
const markdown = new MarkdownIt({ html: true });

/** @returns `null` where it cannot be read */
function aboutIn(head: string): Record<string, unknown> | null {
  try {
    const about: unknown = parse(head);
    return typeof about === "object" && about !== null ? { ...about } : {};
  } catch {
    return null;
  }
}

function stringIn(about: Record<string, unknown>, key: string): string | null {
  const value = about[key];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function sectionsOf(tokens: Token[]): Token[][] {
  const sections: Token[][] = [[]];
  for (const token of tokens) {
    if (token.type === "heading_open" && token.level === 0) sections.push([]);
    sections.at(-1)?.push(token);
  }
  return sections;
}

/** MDX without its imports and exports at the top, and without its comments. */
function withoutCode(body: string): string {
  const blocks = body.trimStart().split(/\n{2,}/);
  const first = blocks.findIndex((block) => !/^(?:import|export)\s/.test(block));
  const rest = first === -1 ? [] : blocks.slice(first);
  return rest.join("\n\n").replace(/\{\/\*.*?\*\/\}/gs, "");
}

function converted(html: string): { text: string; isCut: boolean } {
  // A link from file to file leads nowhere in a reply; pasted pictures say nothing.
  const plain = html
    .replace(/\shref=(?:"(?!https?:|mailto:)[^"]*"|'(?!https?:|mailto:)[^']*')/gi, "")
    .replace(/data:[^"'\s)>]*/g, "");
  return { text: articleText(plain), isCut: isTooLongForText(plain) };
}

function firstHeading(text: string): string | null {
  const heading = /^#{1,6} (?<heading>.+)$/m.exec(text)?.groups?.heading?.trim();
  // `## Refunds {#refunds}`
  return heading?.replace(/\{#[^\s{}]*\}$/, "").trim() ?? null;
}
