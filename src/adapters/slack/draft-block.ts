import type { types } from "@slack/bolt";
import { linkKey } from "../../lib/link-key.ts";
import { linksIn } from "../../lib/links.ts";
import { attribute, parsedReply } from "../../lib/reply-html.ts";
import {
  annotation,
  hostOf,
  linkRun,
  type RichText,
  type RichTextPart,
  type Run,
  richText,
  run,
  runsSection,
} from "./rich-text.ts";
import { cardNotices } from "./wording.ts";

type Token = ReturnType<typeof parsedReply>[number];
type Style = { bold?: boolean; italic?: boolean };

/** Slack's own limit on how deep a list stands. */
const deepest = 8;

/**
 * A draft as the customer will see it: paragraphs, bold and italic words, lists and links, by the
 * same reading of Markdown as the reply itself. Beside each link stands where it leads, and a link
 * or claim that no source has is marked.
 *
 * @param unknownLinks as the draft's checks name them
 * @param unsupported the words or sentences that no source carries, as they stand in the draft
 * @returns `null` where the customer would see nothing
 */
export function draftBlock(
  markdown: string,
  unknownLinks: string[] = [],
  unsupported: string[] = [],
): RichText | null {
  const unknown: Objections = { links: new Set(unknownLinks.map(linkKey)), unsupported };
  const parts: RichTextPart[] = [];
  const lists: ("bullet" | "ordered")[] = [];
  /** The list item or paragraph that is being read. */
  let item: Run[] | null = null;
  let isHeading = false;
  /** Cells of a table's row stand on one line. */
  let cell: "none" | "row" | "first" | "next" = "none";

  for (const token of parsedReply(markdown)) {
    switch (token.type) {
      case "bullet_list_open":
      case "ordered_list_open":
        item = null;
        lists.push(token.type === "bullet_list_open" ? "bullet" : "ordered");
        break;
      case "bullet_list_close":
      case "ordered_list_close":
        item = null;
        lists.pop();
        break;
      case "list_item_open":
        item = addItem();
        break;
      case "heading_open":
        isHeading = true;
        break;
      case "heading_close":
        isHeading = false;
        break;
      case "inline":
        addText(inlineRuns(token.children ?? [], isHeading ? { bold: true } : {}, unknown));
        break;
      case "fence":
      case "code_block":
      case "lone_number":
        addText(markedRuns(token.content.trimEnd(), {}, unknown));
        break;
      case "tr_open":
        cell = "row";
        break;
      case "th_open":
      case "td_open":
        cell = cell === "row" ? "first" : "next";
        break;
      case "table_close":
        cell = "none";
        break;
      default:
        break;
    }
  }
  const shown = parts.map(withoutEmpty).filter((part) => part.elements.length > 0);
  return shown.length === 0 ? null : richText(shown);

  function addItem(): Run[] {
    const style = lists.at(-1) ?? "bullet";
    const indent = Math.min(deepest, lists.length - 1);
    const last = parts.at(-1);
    const isSame =
      last?.type === "rich_text_list" && last.style === style && (last.indent ?? 0) === indent;
    const elements: Run[] = [];
    if (isSame) last.elements.push(runsSection(elements));
    else parts.push({ type: "rich_text_list", style, indent, elements: [runsSection(elements)] });
    return elements;
  }

  /** Paragraphs stand apart by an empty line; in a list item they begin a new line. */
  function addText(runs: Run[]): void {
    if (runs.length === 0 && cell === "none") return;
    const last = parts.at(-1);
    if (item !== null) {
      item.push(...(item.length === 0 ? [] : [run(separator())]), ...runs);
    } else if (last?.type === "rich_text_section") {
      last.elements.push(run(separator()), ...runs);
    } else {
      parts.push(runsSection([...runs]));
    }
  }

  function separator(): string {
    if (cell === "next") return " | ";
    return cell === "none" && item === null ? "\n\n" : "\n";
  }
}

function inlineRuns(tokens: Token[], base: Style, unknown: Objections): Run[] {
  const runs: Run[] = [];
  const style: Style = { ...base };
  let link: { url: string; words: string } | null = null;
  for (const token of tokens) {
    switch (token.type) {
      case "strong_open":
        style.bold = true;
        break;
      case "strong_close":
        style.bold = base.bold ?? false;
        break;
      case "em_open":
        style.italic = true;
        break;
      case "em_close":
        style.italic = false;
        break;
      case "link_open":
        link = { url: attribute(token, "href"), words: "" };
        break;
      case "link_close":
        if (link !== null) runs.push(...linkRuns(link.url, link.words, style, unknown));
        link = null;
        break;
      case "image": {
        const source = attribute(token, "src");
        if (link === null) runs.push(...linkRuns(source, token.content || source, style, unknown));
        else link.words += token.content;
        break;
      }
      default: {
        const words = token.type.endsWith("break") ? "\n" : token.content;
        if (link !== null) link.words += words;
        else if (words !== "") runs.push(...markedRuns(words, style, unknown));
      }
    }
  }
  return runs;
}

/** A link, where it leads unless its words say so, and whether any source has it. */
function linkRuns(url: string, words: string, style: Style, unknown: Objections): Run[] {
  // `[label]()` leads nowhere and stays words.
  if (url === "") return markedRuns(words, style, unknown);
  const host = hostOf(url);
  const isUnknown = unknown.links.has(linkKey(url));
  const isPlain = words
    .replace(/^https?:\/\//i, "")
    .toLowerCase()
    .startsWith(host.toLowerCase());
  const notes = [
    ...(isPlain || host === "" ? [] : [host]),
    ...(isUnknown ? [cardNotices.unknownLink] : []),
  ];
  return [
    linkRun(url, words || url, shown(style)),
    ...(notes.length === 0 ? [] : [run(" "), annotation(notes.join(", "))]),
  ];
}

/** What the checks object to. */
type Objections = { links: Set<string>; unsupported: string[] };

/** Words in which what no source has is marked: claims, and addresses that nobody made a link of. */
function markedRuns(text: string, style: Style, unknown: Objections): Run[] {
  const claim = unknown.unsupported.find((words) => words !== "" && text.includes(words));
  if (claim === undefined) return markedAddresses(text, style, unknown);
  const end = text.indexOf(claim) + claim.length;
  return [
    ...markedAddresses(text.slice(0, end), style, unknown),
    run(" "),
    annotation(cardNotices.unsupportedClaim),
    ...markedRuns(text.slice(end), style, unknown),
  ];
}

function markedAddresses(text: string, style: Style, unknown: Objections): Run[] {
  if (text === "") return [];
  if (unknown.links.size === 0) return [run(text, shown(style))];
  const runs: Run[] = [];
  let plain = "";
  for (const word of text.split(/(\s+)/)) {
    plain += word;
    if (!/[.@]/.test(word)) continue;
    if (!linksIn(word).some((link) => unknown.links.has(linkKey(link)))) continue;
    runs.push(run(`${plain} `, shown(style)), annotation(cardNotices.unknownLink));
    plain = "";
  }
  return plain === "" ? runs : [...runs, run(plain, shown(style))];
}

function shown({ bold, italic }: Style): types.RichTextText["style"] {
  return { ...(bold ? { bold } : {}), ...(italic ? { italic } : {}) };
}

/** Slack refuses a list item or a section without words. */
function withoutEmpty(part: RichTextPart): RichTextPart {
  if (part.type !== "rich_text_list") return part;
  return { ...part, elements: part.elements.filter(({ elements }) => elements.length > 0) };
}
