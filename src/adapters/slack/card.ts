import type { types } from "@slack/bolt";
import { isBlank } from "../../core/blank.ts";
import { explainReviewWithRating, isUrgent } from "../../core/judging/wording.ts";
import { languageName } from "../../core/language-name.ts";
import type { Background } from "../../core/reviewing/review-background.ts";
import type { Translation } from "../../core/types.ts";
import { actionIds } from "./action-ids.ts";
import { beforeBlocks, rejectionBlocks, whereBlocks } from "./background-blocks.ts";
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
  preview,
  textLength,
} from "./card-blocks.ts";
import { packInto } from "./card-values.ts";
import { cutText } from "./cut-text.ts";
import { draftBlock } from "./draft-block.ts";
import { escapedLength, escapeMrkdwn } from "./escape-mrkdwn.ts";
import { knownBlocks } from "./known-blocks.ts";
import { messageTextLimit } from "./limits.ts";
import { mrkdwnNotification } from "./notification-line.ts";
import type { CardSource, PackedDraft, Packer } from "./pack-draft.ts";
import { quoteOf, richText, run, runsSection } from "./rich-text.ts";
import { otherBlocks, sourceBlocks } from "./source-blocks.ts";
import { cardNotices, labels, mrkdwnBackground, urgentMark, warningMark } from "./wording.ts";

const reasoningLimit = 400;
const linksLimit = 600;
const claimsLimit = 900;
const listLimit = 600;
const summaryLimit = 400;
const nameLimit = 60;
/** Of what is translated. */
const messagesLimit = 1200;
const replyLimit = 2000;
const sentLimit = 1200;
/** As much of it travels in the card. */
export const shouldHaveSaidLimit = 600;
/** Of a draft that cannot be shown whole. */
const draftBeginning = 2000;

/**
 * The card that asks a person. It shows the whole draft or has no Approve: nobody approves what
 * they have not seen. A draft too large to travel in the card leaves only the way to Intercom.
 *
 * Whatever a customer, an article or the model wrote is no markup: plain or rich text.
 * @param background what was said before, and since when the customer waits
 * @param mrkdwnNotice a sentence of ours about what happened before
 * @param beside what was found for the draft and not used, and what it says in the team's language
 */
export function reviewCard(
  draft: CardDraft,
  background: Background,
  packer: Packer,
  mrkdwnNotice: string | null = null,
  beside: Beside = {},
): CardMessage & { holdsDraft: boolean } {
  // A form has no room for the longest drafts: what comes back from one may have lost it.
  const isLost = isBlank(draft.draft);
  const values = isLost ? null : packInto(draft, packer);
  const notice = mrkdwnNotice === null ? [] : [mrkdwn(mrkdwnNotice)];
  const frames = [
    frameOf(draft, background, notice, beside),
    // Where the draft is long, it goes before what is only good to know.
    frameOf(withoutQuotes(draft), { ...background, before: [] }, notice, {}),
  ];
  const frame = frames.find((one) => fits(draft, one)) ?? frames.at(-1) ?? emptyFrame;
  const whole = fits(draft, frame) ? draftBlocks(draft) : null;
  const beginning = cutText(draft.draft, Math.max(1, Math.min(draftBeginning, roomIn(frame))));

  const blocks = [
    ...frame.above,
    ...(whole ?? draftBlocks({ ...draft, draft: beginning })),
    ...(whole !== null || values === null ? [] : [mrkdwn(cardNotices.tooLongToShow)]),
    ...(values === null ? [mrkdwn(isLost ? cardNotices.lost : cardNotices.tooLongToPack)] : []),
    ...frame.below,
    values === null
      ? onlyLink(draft)
      : reviewActions(draft, values, {
          mayApprove: whole !== null,
          isAfterOurs: draft.kind === "review" && background.before.at(-1)?.role === "us",
        }),
  ];
  return { text: mrkdwnNotification(draft, "asking"), blocks, holdsDraft: values !== null };
}

/** What is good to know and need not travel in the card. */
export type Beside = {
  others?: CardSource[];
  translation?: Translation | undefined;
  /** What the draft promises, and the matter in two sentences, both in the model's words. */
  promises?: string[] | undefined;
  summary?: string | undefined;
};

/** Clearly apart from what will be sent: said so, and quoted. */
function translationBlocks(
  translation: Translation | undefined,
  text = "",
  limit: number,
): types.KnownBlock[] {
  if (translation === undefined || isBlank(text)) return [];
  const language = languageName(translation.language) ?? translation.language;
  return [
    richText([
      runsSection([run(cardNotices.translated(language), { italic: true })]),
      quoteOf(cutText(text.trim(), limit)),
    ]),
  ];
}

/** What the model lists for the teammate, in its words. */
function listBlocks(title: string, entries: string[] = []): types.KnownBlock[] {
  if (entries.length === 0) return [];
  const list = entries.map((entry) => `• ${entry}`).join("\n");
  return [label(title), ...plain(cutText(list, listLimit))];
}

/** Where nothing was said before, the messages say it themselves. */
function summaryBlocks(summary = "", { before }: Background): types.KnownBlock[] {
  if (before.length === 0 || isBlank(summary)) return [];
  return [label(labels.summary), ...plain(cutText(summary.trim(), summaryLimit))];
}

/** What stands around the draft. */
type Frame = { above: types.KnownBlock[]; below: types.KnownBlock[] };

const emptyFrame: Frame = { above: [], below: [] };

function frameOf(
  draft: CardDraft,
  background: Background,
  notice: types.KnownBlock[],
  { others = [], translation, promises, summary }: Beside,
): Frame {
  return {
    above: [
      heading(labels[draft.kind], draft),
      ...unsupportedBlocks(draft),
      ...notice,
      ...whyBlocks(draft),
      ...listBlocks(cardNotices.lacks, draft.missing),
      ...listBlocks(cardNotices.promises, promises),
      ...whereBlocks(draft, background),
      ...rejectionBlocks(background),
      ...knownBlocks(draft),
      ...summaryBlocks(summary, background),
      ...beforeBlocks(background),
      ...messageBlocks(background.messages, draft),
      ...translationBlocks(translation, translation?.messages, messagesLimit),
      ...wrongBlocks(draft, background),
      label(labels.draft),
    ],
    below: [
      ...translationBlocks(translation, translation?.reply, replyLimit),
      ...sourceBlocks(draft),
      ...otherBlocks(others),
    ],
  };
}

function roomIn({ above, below }: Frame): number {
  const reserve = escapedLength(cardNotices.tooLongToPack) + 200;
  return messageTextLimit - textLength([...above, ...below]) - reserve;
}

function fits(draft: CardDraft, frame: Frame): boolean {
  return textLength(draftBlocks(draft)) <= roomIn(frame);
}

/** The draft as the customer will see it; as it is written, where they would see nothing. */
function draftBlocks({ draft, unknownLinks, unsupported }: CardDraft): types.KnownBlock[] {
  const block = draftBlock(draft, unknownLinks, unsupported);
  return block === null ? plain(draft) : [block];
}

/** Before everything else, because nothing that follows can be trusted then. */
function unsupportedBlocks({ kind, sources }: CardDraft): types.KnownBlock[] {
  if (kind !== "review" || sources.length > 0) return [];
  const { nothingSupports, nothingSupportsMore } = cardNotices;
  return [mrkdwn(`${warningMark} *${nothingSupports}*${nothingSupportsMore}`)];
}

/** What a correction puts right: the reply that was sent, and what should have been said instead. */
function wrongBlocks({ kind, wrong }: CardDraft, { sent }: Background): types.KnownBlock[] {
  if (kind !== "correction") return [];
  const instead = wrong?.shouldHaveSaid.trim() ?? "";
  return [
    ...preview(labels.sentWrong, cutText(sent ?? "", sentLimit)),
    ...(instead === ""
      ? []
      : [label(labels.shouldHaveSaid), ...plain(cutText(instead, shouldHaveSaidLimit))]),
  ];
}

function withoutQuotes(draft: CardDraft): CardDraft {
  return { ...draft, sources: draft.sources.map(({ quote: _quote, ...source }) => source) };
}

/** Why a person is asked, and what the model says about its draft. */
export function whyBlocks(draft: CardDraft): types.KnownBlock[] {
  if (draft.wrong !== undefined) {
    return [
      mrkdwn(mrkdwnBackground.foundWrong(cutText(draft.wrong.by, nameLimit))),
      ...plain(cutText(draft.reasoning.trim(), reasoningLimit)),
    ];
  }
  // The name of a rule is the operator's own text.
  const { unknownLinks = [], claims = [], rule, reason } = draft;
  const isAboutLinks = rule === undefined && reason === "unknown-link";
  const why = escapeMrkdwn(explainReviewWithRating(draft, draft));
  return [
    mrkdwn(isUrgent(draft) ? `${urgentMark} *${why}*` : `*${why}*`),
    ...plain(cutText((isAboutLinks ? unknownLinks : []).join("\n"), linksLimit)),
    ...plain(cutText(claims.map((claim) => `• ${claim}`).join("\n"), claimsLimit)),
    ...plain(cutText(draft.reasoning.trim(), reasoningLimit)),
  ];
}

function reviewActions(
  draft: PackedDraft,
  [first, second, third]: [string, string, string],
  { mayApprove, isAfterOurs }: { mayApprove: boolean; isAfterOurs: boolean },
): types.KnownBlock {
  return {
    type: "actions",
    elements: [
      mayApprove
        ? { ...button(actionIds.approve, labels.approve, first), style: "primary" }
        : openButton(draft, first),
      button(actionIds.edit, labels.edit, second),
      { ...button(actionIds.reject, labels.reject, third), style: "danger" },
      // What it needs stands in the values of the others.
      ...((draft.missing ?? []).length === 0 ? [] : [button(actionIds.fillIn, labels.fillIn, "")]),
      {
        type: "overflow",
        action_id: actionIds.more,
        options: [
          { text: { type: "plain_text", text: labels.redraft }, value: actionIds.redraft },
          { text: { type: "plain_text", text: labels.takeOver }, value: actionIds.takeOver },
          // What the customer wrote may show that our reply before it was wrong.
          ...(isAfterOurs
            ? [
                {
                  text: { type: "plain_text" as const, text: labels.replyWasWrong },
                  value: actionIds.replyWasWrong,
                },
              ]
            : []),
        ],
      },
    ],
  };
}
