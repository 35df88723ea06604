import type { types } from "@slack/bolt";
import type { Background } from "../../core/reviewing/review-background.ts";
import { actionIds } from "./action-ids.ts";
import { beforeBlocks, rejectionBlocks, whereBlocks } from "./background-blocks.ts";
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
import { knownBlocks } from "./known-blocks.ts";
import { mrkdwnNotification } from "./notification-line.ts";
import type { CardSource, Packer } from "./pack-draft.ts";
import { foundBlocks } from "./source-blocks.ts";
import { cardNotices, labels, urgentMark } from "./wording.ts";

const reasoningLimit = 400;

/**
 * The card for a customer whom only a person can answer: there is no draft, or it was rejected. It
 * stays until somebody owns it, by writing the reply, by taking over, or in Intercom.
 *
 * @param draft as draft what somebody wrote and could not be sent yet, or ""
 * @param background what was said before, and since when the customer waits
 * @param mrkdwnNotice a sentence of ours about what happened before; without one, why there is no draft
 * @param shown.rejected the draft that was rejected, to be read
 * @param shown.others what was found and may help whoever answers
 */
export function unansweredCard(
  draft: CardDraft,
  background: Background,
  packer: Packer,
  mrkdwnNotice: string | null = null,
  { rejected = "", others = [] }: { rejected?: string; others?: CardSource[] } = {},
): CardMessage {
  const values = packInto(draft, packer);
  const why = mrkdwn(mrkdwnNotice ?? `${urgentMark} *${escapeMrkdwn(cardNotices.noDraft)}*`);
  return {
    text: mrkdwnNotification(draft, "asking"),
    blocks: [
      heading(labels.unanswered, draft),
      why,
      ...(mrkdwnNotice === null ? plain(cutText(draft.reasoning.trim(), reasoningLimit)) : []),
      ...whereBlocks(draft, background),
      // The notice tells of the rejection itself.
      ...(rejected === "" ? rejectionBlocks(background) : []),
      ...knownBlocks(draft),
      ...beforeBlocks(background),
      ...messageBlocks(background.messages, draft),
      ...preview(labels.rejectedDraft, rejected),
      ...preview(labels.unsentText, draft.draft),
      ...foundBlocks(others),
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
