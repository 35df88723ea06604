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
  preview,
} from "./card-blocks.ts";
import { packInto } from "./card-values.ts";
import { type CardSubject, mrkdwnNotification } from "./notification-line.ts";
import { type PackedDraft, type Packer, toButtonValues } from "./pack-draft.ts";
import { labels } from "./wording.ts";

/**
 * The card while a verdict is being carried out. Should the process die on the way, its button is
 * what a person can act on.
 * @param draft with `heldSince` set, the generation that may be claimed next, and as draft the text
 *   that is being sent
 */
export function workingCard(draft: CardDraft, mrkdwnSentence: string, packer: Packer): CardMessage {
  const values = packInto(draft, packer);
  return {
    text: mrkdwnNotification(draft, "working"),
    blocks: [
      heading(titleOf(draft), draft),
      mrkdwn(mrkdwnSentence),
      ...preview(labels.draft, draft.draft),
      values === null ? onlyLink(draft) : checkActions(draft, values),
    ],
  };
}

/** The card after a verdict: no buttons, but what was decided, by whom, when, and about what. */
export function decidedCard(
  draft: CardSubject & Pick<PackedDraft, "url" | "whyUrl">,
  mrkdwnSentence: string,
  shown: {
    messages: string[];
    label: string;
    text: string;
    /** What a person said in its place. */
    shouldHaveSaid?: string | null;
  } | null,
): CardMessage {
  return {
    text: mrkdwnNotification(draft, "decided"),
    blocks: [
      heading(titleOf(draft), draft),
      mrkdwn(mrkdwnSentence),
      ...(shown === null
        ? []
        : [
            ...messageBlocks(shown.messages, draft),
            ...preview(shown.label, shown.text),
            ...preview(labels.shouldHaveSaid, shown.shouldHaveSaid ?? ""),
          ]),
    ],
  };
}

/** The button of a private answer: the way out when a card is stuck. `null` if it cannot carry it. */
export function stuckActions(draft: PackedDraft, packer: Packer): types.KnownBlock | null {
  const values = toButtonValues(packer.pack(draft));
  if (values === null || !values[0].startsWith("1.1:")) return null;
  return {
    type: "actions",
    elements: [button(actionIds.checkAndRetry, labels.checkAndRetry, values[0])],
  };
}

function titleOf({ kind, needsAnswer }: CardSubject): string {
  return needsAnswer === true ? labels.unanswered : labels[kind];
}

function checkActions(
  draft: PackedDraft,
  [first, second, third]: [string, string, string],
): types.KnownBlock {
  return {
    type: "actions",
    elements: [
      button(actionIds.checkAndRetry, labels.checkAndRetry, first),
      openButton(draft, second),
      button(actionIds.takeOver, labels.takeOver, third),
    ],
  };
}
