import type { types } from "@slack/bolt";
import { diffWordsWithSpace } from "diff";
import { cutText, splitText } from "./cut-text.ts";
import { sectionTextLimit } from "./limits.ts";
import { thread } from "./wording.ts";

/** Beyond it, a comparison is no longer something to read. */
const readableLength = 6000;
const diffTimeoutMs = 500;
const earlierDraftLimit = 9000;

/** What a person changed in a draft, word by word, as a message for the card's thread. */
export function differenceMessage(
  draft: string | null,
  sent: string,
): { text: string; blocks?: types.KnownBlock[] } {
  const isReadable = draft !== null && draft.length + sent.length <= readableLength;
  const changes = isReadable ? diffWordsWithSpace(draft, sent, { timeout: diffTimeoutMs }) : null;
  if (!changes) return { text: thread.editWithoutDifference };
  // In rich text the words of others are never read as markup.
  const elements = changes.map(
    ({ added, removed, value }): types.RichTextElement => ({
      type: "text",
      text: value,
      ...(added ? { style: { bold: true } } : {}),
      ...(removed ? { style: { strike: true } } : {}),
    }),
  );
  return {
    text: thread.editDifference,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: thread.editDifference } },
      { type: "rich_text", elements: [{ type: "rich_text_section", elements }] },
    ],
  };
}

/** The draft that a new one replaced, for the card's thread. */
export function earlierDraftMessage(draft: string): { text: string; blocks: types.KnownBlock[] } {
  const pieces = splitText(cutText(draft, earlierDraftLimit), sectionTextLimit) ?? [];
  return {
    text: thread.earlierDraft,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: thread.earlierDraft } },
      ...pieces
        .filter((piece) => piece.trim() !== "")
        .map(
          (text): types.KnownBlock => ({
            type: "section",
            text: { type: "plain_text", text, emoji: false },
          }),
        ),
    ],
  };
}
