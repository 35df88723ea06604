import type { types } from "@slack/bolt";
import { isBlank } from "../../core/blank.ts";
import { explainReviewWithRating, isUrgent } from "../../core/judging/wording.ts";
import { actionIds } from "./action-ids.ts";
import {
  button,
  type CardDraft,
  type CardMessage,
  heading,
  label,
  messageBlocks,
  mrkdwn,
  onlyLink,
  openButton,
  plain,
  textLength,
} from "./card-blocks.ts";
import { packInto } from "./card-values.ts";
import { cutText, splitText } from "./cut-text.ts";
import { escapedLength, escapeMrkdwn } from "./escape-mrkdwn.ts";
import { knownBlocks } from "./known-blocks.ts";
import { messageTextLimit, sectionTextLimit } from "./limits.ts";
import { mrkdwnNotification } from "./notification-line.ts";
import type { PackedDraft, Packer } from "./pack-draft.ts";
import { sourceBlocks } from "./source-blocks.ts";
import { cardNotices, labels, urgentMark } from "./wording.ts";

const reasoningLimit = 400;
/** Of a draft that cannot be shown whole. */
const draftBeginning = 2000;

/**
 * The card that asks a person. It shows the whole draft or has no Approve: nobody approves what
 * they have not seen. A draft too large to travel in the card leaves only the way to Intercom.
 *
 * Whatever a customer, an article or the model wrote is plain text in blocks of its own.
 * @param messages what the customer wrote and nobody answered
 * @param mrkdwnNotice a sentence of ours about what happened before
 */
export function reviewCard(
  draft: CardDraft,
  messages: string[],
  packer: Packer,
  mrkdwnNotice: string | null = null,
): CardMessage & { holdsDraft: boolean } {
  // A form has no room for the longest drafts: what comes back from one may have lost it.
  const isLost = isBlank(draft.draft);
  const values = isLost ? null : packInto(draft, packer);
  const around: types.KnownBlock[] = [
    heading(labels[draft.kind], draft),
    ...(mrkdwnNotice === null ? [] : [mrkdwn(mrkdwnNotice)]),
    ...whyBlocks(draft),
    ...knownBlocks(draft),
    ...messageBlocks(messages, draft),
    label(labels.draft),
    ...sourceBlocks(draft),
  ];
  const reserve = escapedLength(cardNotices.tooLongToPack) + 200;
  const room = messageTextLimit - textLength(around) - reserve;
  const pieces =
    escapedLength(draft.draft) <= room ? splitText(draft.draft, sectionTextLimit) : null;
  const isWhole = pieces !== null;
  const shown = pieces ?? [cutText(draft.draft, Math.min(draftBeginning, room))];

  const sources = around.splice(around.length - sourceBlocks(draft).length);
  const blocks = [
    ...around,
    ...shown.flatMap(plain),
    ...(isWhole || values === null ? [] : [mrkdwn(cardNotices.tooLongToShow)]),
    ...(values === null ? [mrkdwn(isLost ? cardNotices.lost : cardNotices.tooLongToPack)] : []),
    ...sources,
    values === null ? onlyLink(draft) : reviewActions(draft, values, isWhole),
  ];
  return { text: mrkdwnNotification(draft, "asking"), blocks, holdsDraft: values !== null };
}

/** Why a person is asked, and what the model says about its draft. */
export function whyBlocks(draft: CardDraft): types.KnownBlock[] {
  // The name of a rule is the operator's own text.
  const why = escapeMrkdwn(explainReviewWithRating(draft, draft));
  return [
    mrkdwn(isUrgent(draft) ? `${urgentMark} *${why}*` : `*${why}*`),
    ...plain(cutText(draft.reasoning.trim(), reasoningLimit)),
  ];
}

function reviewActions(
  draft: PackedDraft,
  [first, second, third]: [string, string, string],
  mayApprove: boolean,
): types.KnownBlock {
  return {
    type: "actions",
    elements: [
      mayApprove
        ? { ...button(actionIds.approve, labels.approve, first), style: "primary" }
        : openButton(draft, first),
      button(actionIds.edit, labels.edit, second),
      { ...button(actionIds.reject, labels.reject, third), style: "danger" },
      {
        type: "overflow",
        action_id: actionIds.more,
        options: [
          { text: { type: "plain_text", text: labels.redraft }, value: actionIds.redraft },
          { text: { type: "plain_text", text: labels.takeOver }, value: actionIds.takeOver },
        ],
      },
    ],
  };
}
