import type { types } from "@slack/bolt";
import { cutText } from "./cut-text.ts";
import { escapedLength } from "./escape-mrkdwn.ts";

// In rich text nothing that somebody wrote is read as markup: what is bold, a list or a link is said
// by its structure. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block

export type RichText = types.RichTextBlock;
export type RichTextPart = types.RichTextBlockElement;
export type Run = types.RichTextText | types.RichTextLink;

/** Beyond it a link would crowd out everything else. */
const urlLimit = 1000;

export function richText(elements: RichTextPart[]): RichText {
  return { type: "rich_text", elements };
}

export function runsSection(elements: Run[]): types.RichTextSection {
  return { type: "rich_text_section", elements };
}

export function quoteOf(text: string): types.RichTextQuote {
  return { type: "rich_text_quote", elements: [run(text)] };
}

/** Words as they are. */
export function run(text: string, style: types.RichTextText["style"] = {}): types.RichTextText {
  return { type: "text", text, ...(Object.keys(style).length === 0 ? {} : { style }) };
}

/** A link; the words alone, where the address is too long or none that may be opened. */
export function linkRun(address: string, words: string, style: Run["style"] = {}): Run {
  const url = URL.parse(address);
  const isOpenable = url !== null && /^(?:https?|mailto):$/.test(url.protocol);
  if (!isOpenable || url.href.length > urlLimit) return run(words, style);
  return { ...run(words, style), type: "link", url: url.href };
}

/** What stands beside words to say where they lead or what is wrong with them; never a draft's own. */
export function annotation(text: string): types.RichTextText {
  return run(text, { code: true });
}

/** The host of an address, as people read it; for an e-mail address the address itself. */
export function hostOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return "";
  return url.protocol === "mailto:" ? cutText(url.pathname, 100) : url.host;
}

/** How much of what Slack allows in a message the block takes, in characters; addresses count too. */
export function richTextLength({ elements }: RichText): number {
  return elements.reduce((sum, part) => sum + partLength(part), 0);
}

function partLength(part: RichTextPart): number {
  if (part.type === "rich_text_list") {
    return part.elements.reduce((sum, item) => sum + partLength(item), 0);
  }
  return part.elements.reduce((sum, element) => {
    const text = "text" in element ? escapedLength(element.text ?? "") : 0;
    return sum + text + ("url" in element ? escapedLength(element.url ?? "") : 0);
  }, 0);
}
