import type { types } from "@slack/bolt";
import { isBlank } from "../../core/blank.ts";
import type { ShownFact } from "../../core/customer.ts";
import { explainReviewWithRating, isUrgent } from "../../core/judging/wording.ts";
import { actionIds } from "./action-ids.ts";
import { cutText, splitText } from "./cut-text.ts";
import { escapedLength, escapeMrkdwn, mrkdwnLink } from "./escape-mrkdwn.ts";
import { messageTextLimit, sectionTextLimit } from "./limits.ts";
import { customerIn, mrkdwnNotification } from "./notification-line.ts";
import { type PackedDraft, type Packer, toButtonValues } from "./pack-draft.ts";
import { cardNotices, labels, urgentMark } from "./wording.ts";

/** A message as Slack takes it: what notifications show, and the card itself. */
export type CardMessage = { text: string; blocks: types.KnownBlock[] };

/** A draft that surely is there. */
export type CardDraft = PackedDraft & { draft: string };

const messagesLimit = 1500;
const reasoningLimit = 400;
const sourcesLimit = 1500;
const titleLimit = 120;
const knownLimit = 600;
const knownValueLimit = 120;
/** Of a draft that cannot be shown whole. */
const draftBeginning = 2000;
/** Of a preview on a card that is decided. */
const previewLimit = 2500;
/** What a retried card keeps of what is only there to be read. */
const packedReasoningLimit = 300;
const packedSources = 5;
const packedTitleLimit = 80;
const packedFacts = 6;

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
    heading(draft),
    ...(mrkdwnNotice === null ? [] : [mrkdwn(mrkdwnNotice)]),
    mrkdwn(mrkdwnWhy(draft)),
    ...plain(cutText(draft.reasoning.trim(), reasoningLimit)),
    ...knownBlocks(draft),
    label(labels.customerWrote),
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

/** The card about a reply that was sent already; `null` when it is too large to travel in a card. */
export function auditCard(
  draft: CardDraft,
  messages: string[],
  packer: Packer,
): CardMessage | null {
  const values = packInto(draft, packer);
  if (values === null) return null;
  const [first, second, third] = values;
  return {
    text: mrkdwnNotification(draft, "asking"),
    blocks: [
      heading(draft),
      mrkdwn(mrkdwnWhy(draft)),
      ...plain(cutText(draft.reasoning.trim(), reasoningLimit)),
      label(labels.customerWrote),
      ...messageBlocks(messages, draft),
      label(labels.sentText),
      ...plain(cutText(draft.draft, previewLimit)),
      ...sourceBlocks(draft),
      {
        type: "actions",
        elements: [
          button(actionIds.good, labels.good, first),
          button(actionIds.wrong, labels.wrong, second),
          openButton(draft, third),
        ],
      },
    ],
  };
}

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
      heading(draft),
      mrkdwn(mrkdwnSentence),
      ...plain(cutText(draft.draft, previewLimit)),
      values === null ? onlyLink(draft) : checkActions(draft, values),
    ],
  };
}

/** The card after a verdict: no buttons, but what was decided, by whom, when, and about what. */
export function decidedCard(
  draft: Pick<PackedDraft, "kind" | "customerName" | "asked" | "url">,
  mrkdwnSentence: string,
  shown: { messages: string[]; label: string; text: string } | null,
): CardMessage {
  return {
    text: mrkdwnNotification(draft, "decided"),
    blocks: [
      heading(draft),
      mrkdwn(mrkdwnSentence),
      ...(shown === null
        ? []
        : [
            ...(shown.messages.length === 0
              ? []
              : [label(labels.customerWrote), ...messageBlocks(shown.messages, draft)]),
            label(shown.label),
            ...plain(cutText(shown.text, previewLimit)),
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

/** Why a person is asked; the name of a rule is the operator's own text. */
function mrkdwnWhy(draft: CardDraft): string {
  const why = escapeMrkdwn(explainReviewWithRating(draft, draft.confidence));
  return isUrgent(draft.reason) ? `${urgentMark} *${why}*` : `*${why}*`;
}

/** The draft as it travels: with what is there only to be read, as far as there is room for it. */
function packInto(draft: CardDraft, packer: Packer): [string, string, string] | null {
  const readable = {
    ...draft,
    reasoning: cutText(draft.reasoning, packedReasoningLimit),
    sources: draft.sources.map((source, index) =>
      index < packedSources
        ? { ...source, title: cutText(source.title, packedTitleLimit) }
        : { id: source.id, title: "", url: null },
    ),
    ...(draft.known && { known: draft.known.slice(0, packedFacts).map(shortFact) }),
  };
  const { known: _known, ...rest } = readable;
  const bare = {
    ...rest,
    reasoning: "",
    sources: draft.sources.map(({ id }) => ({ id, title: "", url: null })),
  };
  const withoutBasis = { ...bare, basis: undefined };
  return (
    toButtonValues(packer.pack(readable)) ??
    toButtonValues(packer.pack(bare)) ??
    toButtonValues(packer.pack(withoutBasis))
  );
}

function heading(draft: Pick<PackedDraft, "kind" | "customerName" | "url">): types.KnownBlock {
  const name = escapeMrkdwn(customerIn(draft));
  return mrkdwn(
    `*${labels[draft.kind]}* · ${name} · ${mrkdwnLink(draft.url, labels.openInIntercom)}`,
  );
}

function messageBlocks(messages: string[], { url }: Pick<PackedDraft, "url">): types.KnownBlock[] {
  const text = messages
    .map((message) => message.trim())
    .filter((message) => message !== "")
    .join("\n\n");
  const isCut = escapedLength(text) > messagesLimit;
  return [
    ...plain(cutText(text, messagesLimit)),
    ...(isCut ? [mrkdwn(mrkdwnLink(url, cardNotices.messagesCut))] : []),
  ];
}

/** What is known of the customer: their company's and their own words, so plain text. */
function knownBlocks({ known = [] }: CardDraft): types.KnownBlock[] {
  const facts = known.map(shortFact).map(({ name, value }) => `${name}: ${value}`);
  if (facts.length === 0) return [];
  return [label(labels.known), ...plain(cutText(facts.join("\n"), knownLimit))];
}

function shortFact({ name, value }: ShownFact): ShownFact {
  return { name, value: cutText(value.replace(/\s+/g, " "), knownValueLimit) };
}

function sourceBlocks({ sources }: Pick<PackedDraft, "sources">): types.KnownBlock[] {
  const titled = sources.filter(({ title }) => title !== "");
  const lines: string[] = [];
  let length = 0;
  for (const [index, { title, url }] of titled.entries()) {
    const name = escapeMrkdwn(cutText(title.replace(/\s+/g, " "), titleLimit));
    // The label is ours: a title that looks like an address must not seem to be where it leads.
    const link = url === null ? "" : ` · ${mrkdwnLink(url, "open")}`;
    const line = `${index + 1}. ${name}${link}`;
    length += line.length + 1;
    if (length > sourcesLimit) break;
    lines.push(line);
  }
  const left = sources.length - lines.length;
  if (sources.length === 0) lines.push(labels.noSources);
  else if (left > 0) lines.push(cardNotices.moreSources(left));
  return [mrkdwn([`*${labels.sources}*`, ...lines].join("\n"))];
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

function onlyLink(draft: PackedDraft): types.KnownBlock {
  return { type: "actions", elements: [openButton(draft, "")] };
}

function openButton({ url }: PackedDraft, value: string): types.Button {
  const isLink = URL.canParse(url) && url.length <= 3000;
  return {
    ...button(actionIds.open, labels.openInIntercom, value),
    ...(isLink ? { url } : {}),
  };
}

function button(action_id: string, text: string, value: string): types.Button {
  return {
    type: "button",
    action_id,
    text: { type: "plain_text", text, emoji: false },
    ...(value === "" ? {} : { value }),
  };
}

function label(text: string): types.KnownBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text: `*${text}*`, verbatim: true }] };
}

/** Markup of our own, everything else in it escaped. */
function mrkdwn(text: string): types.KnownBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

/** Somebody else's words: no markup, no mention, no emoji code is understood in them. */
function plain(text: string): types.KnownBlock[] {
  if (text.trim() === "") return [];
  return [{ type: "section", text: { type: "plain_text", text, emoji: false } }];
}

function textLength(blocks: types.KnownBlock[]): number {
  return blocks.reduce((sum, block) => {
    if (block.type === "section") return sum + escapedLength(block.text?.text ?? "");
    if (block.type !== "context") return sum;
    const texts = block.elements.map((element) => ("text" in element ? element.text : ""));
    return sum + escapedLength(texts.join(""));
  }, 0);
}
