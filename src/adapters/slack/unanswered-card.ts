import type { types } from "@slack/bolt";
import { actionIds } from "./action-ids.ts";
import {
  button,
  type CardDraft,
  type CardMessage,
  heading,
  messageBlocks,
  mrkdwn,
  onlyLink,
  openButton,
  plain,
  preview,
} from "./card-blocks.ts";
import { packInto } from "./card-values.ts";
import { cutText } from "./cut-text.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";
import { mrkdwnNotification } from "./notification-line.ts";
import type { Packer } from "./pack-draft.ts";
import { cardNotices, labels, urgentMark } from "./wording.ts";

const reasoningLimit = 400;

/**
 * The card for a customer whom only a person can answer: there is no draft, or it was rejected. It
 * stays until somebody owns it, by writing the reply, by taking over, or in Intercom.
 *
 * @param draft as draft what somebody wrote and could not be sent yet, or ""
 * @param messages what the customer wrote and nobody answered
 * @param mrkdwnNotice a sentence of ours about what happened before; without one, why there is no draft
 * @param rejected the draft that was rejected, to be read
 */
export function unansweredCard(
  draft: CardDraft,
  messages: string[],
  packer: Packer,
  mrkdwnNotice: string | null = null,
  rejected: string | null = null,
): CardMessage {
  const values = packInto(draft, packer);
  const why = mrkdwn(mrkdwnNotice ?? `${urgentMark} *${escapeMrkdwn(cardNotices.noDraft)}*`);
  return {
    text: mrkdwnNotification(draft, "asking"),
    blocks: [
      heading(labels.unanswered, draft),
      why,
      ...(mrkdwnNotice === null ? plain(cutText(draft.reasoning.trim(), reasoningLimit)) : []),
      ...messageBlocks(messages, draft),
      ...preview(labels.rejectedDraft, rejected ?? ""),
      ...preview(labels.unsentText, draft.draft),
      ...(values === null ? [onlyLink(draft)] : [unansweredActions(draft, values)]),
    ],
  };
}

function unansweredActions(
  draft: CardDraft,
  [first, second, third]: [string, string, string],
): types.KnownBlock {
  return {
    type: "actions",
    elements: [
      { ...button(actionIds.write, labels.writeReply, first), style: "primary" },
      button(actionIds.takeOver, labels.takeOver, second),
      openButton(draft, third),
    ],
  };
}
