import type { types } from "@slack/bolt";
import { explainDecision, percent, repliesSoFar } from "../../core/judging/wording.ts";
import type { HandOff } from "../../core/ports.ts";
import { askedInOneLine } from "../../core/reviewing/asked.ts";
import {
  type CardMessage,
  heading,
  label,
  messageBlocks,
  mrkdwn,
  onlyLink,
  plain,
  preview,
} from "./card-blocks.ts";
import { cutText } from "./cut-text.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";
import { knownBlocks } from "./known-blocks.ts";
import { askedLimit, mrkdwnNotification } from "./notification-line.ts";
import { cardSource, otherBlocks, sourceBlocks } from "./source-blocks.ts";
import { cardNotices, labels } from "./wording.ts";

const toldLimit = 600;
const summaryLimit = 400;
const signsLimit = 300;
const triedLimit = 500;
const listLimit = 600;
const reasoningLimit = 400;
const translationLimit = 1000;

/** What was handed over, for people to know: the same as on the note. Nothing can be decided here. */
export function handOffCard({ conversation, turn, sheet }: HandOff): CardMessage {
  const { decision, suggested, tried, translation } = sheet;
  const messages = turn.messages.map(({ text }) => text);
  const about = {
    kind: "review" as const,
    customerName: conversation.contact.name,
    asked: cutText(askedInOneLine(messages), askedLimit),
    reason: "escalated" as const,
    rule: decision.rule,
    url: conversation.url,
    ...(conversation.whyUrl === undefined ? {} : { whyUrl: conversation.whyUrl }),
  };
  const reply = suggested?.reply ?? "";
  return {
    text: mrkdwnNotification(about, "asking"),
    blocks: [
      heading(labels.handedOver, about),
      mrkdwn(`*${escapeMrkdwn(explainDecision(decision))}*`),
      ...titled(labels.told, cutText(decision.told ?? cardNotices.toldNothing, toldLimit)),
      ...titled(labels.summary, cutText(sheet.summary, summaryLimit)),
      ...messageBlocks(messages, conversation),
      ...titled(labels.translated, cutText(translation?.messages ?? "", translationLimit)),
      ...titled(labels.tried, cutText(`${repliesSoFar(tried)}\n${tried.last}`.trim(), triedLimit)),
      ...titled(labels.signs, cutText(sheet.signs.join(" · "), signsLimit)),
      ...knownBlocks({ known: sheet.customer }),
      ...titled(cardNotices.lacks, cutText(listed(sheet.missing), listLimit)),
      ...preview(labels.suggested, reply),
      ...(suggested === null ? [] : plain(cutText(sureness(suggested), reasoningLimit))),
      ...titled(labels.translatedDraft, cutText(translation?.reply ?? "", translationLimit)),
      ...sourceBlocks({ sources: sheet.sources.map((source) => cardSource(source, reply)) }),
      ...otherBlocks(sheet.consulted.map((source) => cardSource(source, reply || sheet.question))),
      onlyLink(conversation),
    ],
  };
}

const listed = (entries: string[]) => entries.map((entry) => `• ${entry}`).join("\n");

const sureness = ({ confidence, reasoning }: { confidence: number; reasoning: string }) =>
  `${percent(confidence)}: ${reasoning}`;

function titled(title: string, text: string): types.KnownBlock[] {
  return text.trim() === "" ? [] : [label(title), ...plain(text.trim())];
}
