import type { types } from "@slack/bolt";
import { actionIds } from "./action-ids.ts";
import { cutText } from "./cut-text.ts";
import { draftBlock } from "./draft-block.ts";
import { escapedLength, mrkdwnLink } from "./escape-mrkdwn.ts";
import { customerIn } from "./notification-line.ts";
import type { PackedDraft } from "./pack-draft.ts";
import { linkRun, richText, richTextLength, run, runsSection } from "./rich-text.ts";
import { cardNotices, labels } from "./wording.ts";

// What all cards are made of. Whatever a customer, an article or the model wrote is plain text in
// blocks of its own.

const messagesLimit = 1500;
const previewLimit = 2500;
const urlLimit = 3000;

/** A message as Slack takes it: what notifications show, and the card itself. */
export type CardMessage = { text: string; blocks: types.KnownBlock[] };

/** A draft that surely is there; "" where there is none to decide. */
export type CardDraft = PackedDraft & { draft: string };

/**
 * The first line of a card: what it is, about whom, and the way to the conversation. Each state of a
 * card begins with it in rich text, because Slack may refuse to put a message without any in the place
 * of one that has some (`block_mismatch`: https://docs.slack.dev/reference/methods/chat.update).
 */
export function heading(
  title: string,
  draft: Pick<PackedDraft, "customerName" | "url" | "whyUrl">,
): types.KnownBlock {
  const { whyUrl } = draft;
  return richText([
    runsSection([
      run(title, { bold: true }),
      run(` · ${customerIn(draft)} · `),
      linkRun(draft.url, labels.openInIntercom),
      ...(whyUrl === undefined ? [] : [run(" · "), linkRun(whyUrl, labels.why)]),
    ]),
  ]);
}

/** What the customer wrote, with its label; nothing where they wrote nothing. */
export function messageBlocks(
  messages: string[],
  { url }: Pick<PackedDraft, "url">,
): types.KnownBlock[] {
  const text = messages
    .map((message) => message.trim())
    .filter((message) => message !== "")
    .join("\n\n");
  if (text === "") return [];
  const isCut = escapedLength(text) > messagesLimit;
  return [
    label(labels.customerWrote),
    ...plain(cutText(text, messagesLimit)),
    ...(isCut ? [mrkdwn(mrkdwnLink(url, cardNotices.messagesCut))] : []),
  ];
}

export function button(action_id: string, text: string, value: string): types.Button {
  return {
    type: "button",
    action_id,
    text: { type: "plain_text", text, emoji: false },
    ...(value === "" ? {} : { value }),
  };
}

export function openButton({ url }: Pick<PackedDraft, "url">, value: string): types.Button {
  const isLink = URL.canParse(url) && url.length <= urlLimit;
  return {
    ...button(actionIds.open, labels.openInIntercom, value),
    ...(isLink ? { url } : {}),
  };
}

export function onlyLink(draft: Pick<PackedDraft, "url">): types.KnownBlock {
  return { type: "actions", elements: [openButton(draft, "")] };
}

export function label(text: string): types.KnownBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text: `*${text}*`, verbatim: true }] };
}

/** Markup of our own, everything else in it escaped. */
export function mrkdwn(text: string): types.KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

/** Somebody else's words: no markup, no mention, no emoji code is understood in them. */
export function plain(text: string): types.KnownBlock[] {
  if (text.trim() === "") return [];
  return [{ type: "section", text: { type: "plain_text", text, emoji: false } }];
}

/** A reply with its label, as far as it is needed to know it again; nothing where it is empty. */
export function preview(title: string, markdown: string): types.KnownBlock[] {
  const block = draftBlock(cutText(markdown, previewLimit));
  return block === null ? [] : [label(title), block];
}

/** How much of what Slack allows in a message the blocks take, in characters. */
export function textLength(blocks: types.KnownBlock[]): number {
  return blocks.reduce((sum, block) => {
    if (block.type === "rich_text") return sum + richTextLength(block);
    if (block.type === "section") return sum + escapedLength(block.text?.text ?? "");
    if (block.type !== "context") return sum;
    const texts = block.elements.map((element) => ("text" in element ? element.text : ""));
    return sum + escapedLength(texts.join(""));
  }, 0);
}
