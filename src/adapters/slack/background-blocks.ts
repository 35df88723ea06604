import type { types } from "@slack/bolt";
import { languageName } from "../../core/language-name.ts";
import type { Background } from "../../core/reviewing/review-background.ts";
import { label, mrkdwn, plain } from "./card-blocks.ts";
import { cutText } from "./cut-text.ts";
import { escapeMrkdwn } from "./escape-mrkdwn.ts";
import type { PackedDraft } from "./pack-draft.ts";
import { channelWords, labels, mrkdwnBackground, mrkdwnTimeAgo, speakerWords } from "./wording.ts";

const saidLimit = 350;
const mostSaid = 4;
const channelLimit = 40;
const nameLimit = 60;

/** Since when the customer waits, how they wrote, and in which language. */
export function whereBlocks(
  { kind, language }: Pick<PackedDraft, "kind" | "language">,
  { waitingSince, channel }: Background,
): types.KnownBlock[] {
  const isWaiting = kind === "review" && waitingSince !== null;
  const facts = [
    isWaiting ? mrkdwnBackground.waitingSince(mrkdwnTimeAgo(waitingSince)) : null,
    channel === null ? null : escapeMrkdwn(cutText(channelWords(channel), channelLimit)),
    languageName(language),
  ].filter((fact) => fact !== null);
  if (facts.length === 0) return [];
  const text = facts.join(" · ");
  return [{ type: "context", elements: [{ type: "mrkdwn", text, verbatim: true }] }];
}

/** Why the draft before this one was refused. */
export function rejectionBlocks({ rejection }: Background): types.KnownBlock[] {
  if (rejection === null) return [];
  const { by, reason } = rejection;
  return [
    mrkdwn(mrkdwnBackground.rejectedEarlier(cutText(by, 80), reason && cutText(reason, 300))),
  ];
}

/** The last exchange: a customer who writes again got an answer that did not help. */
export function beforeBlocks({ before }: Background): types.KnownBlock[] {
  const said = before
    .filter(({ text }) => text.trim() !== "")
    .slice(-mostSaid)
    .map(({ role, name, text }) => {
      const words = text.replace(/\s*\n\s*/g, "\n").trim();
      const called = name && cutText(name, nameLimit);
      return `${speakerWords(role, called)}: ${cutText(words, saidLimit)}`;
    });
  return said.length === 0 ? [] : [label(labels.before), ...plain(said.join("\n\n"))];
}
