import { type HandOffTarget, targetOf, targetText } from "../hand-off.ts";
import { markOf, type NoteMark } from "../note-marks.ts";
import { isOurReply } from "../turn.ts";
import type { Conversation, Part, Policy, Turn } from "../types.ts";
import { isGivenBack } from "./patience.ts";
import { asksForPerson } from "./person-phrases.ts";
import { plainWords } from "./phrases.ts";

// A hand-off and an offer are two writes: a note that says what is to be done, and the doing. What was
// noted and is not done yet is done by whoever looks next, so that a process may die between them.

/** What a note of ours says is to be done, with what is needed to do it. */
export type Begun = {
  action: "hand-off" | "offer";
  rule: string;
  target: HandOffTarget;
  language: string;
};

type MarkWithNext = NoteMark & NonNullable<NoteMark["next"]>;

/** What was noted for this turn and is not done yet. */
export function begunFor(conversation: Conversation, turn: Turn): Begun | null {
  const parts = sinceClosed(conversation);
  const ids = new Set(turn.messages.map(({ id }) => id));
  const noted = newestMark(parts, ({ basePartId }) => ids.has(basePartId));
  if (noted === null) return null;
  const { mark, target } = noted;
  const { rule, language } = mark;
  if (mark.outcome === "handing-over") {
    const isDone = doneFor(parts, noted) !== undefined;
    return isDone ? null : { action: "hand-off", rule, target, language };
  }
  // What the customer wrote since may be no question any more.
  return mark.basePartId === turn.basePartId ? { action: "offer", rule, target, language } : null;
}

/**
 * Whether we have handed the conversation over and nobody has given it back: by closing it, by
 * assigning it to us, or by the policy's tag.
 */
export function isHandedOver(
  conversation: Conversation,
  { handBackTag }: Pick<Policy, "handBackTag">,
): boolean {
  const parts = sinceClosed(conversation);
  const noted = newestMark(parts, ({ outcome }) => outcome === "handing-over");
  const done = noted === null ? undefined : doneFor(parts, noted);
  if (done === undefined) return false;
  if (parts.some((part) => isGivenBack(part) && part.at >= done.at)) return false;
  // An older tag is of an earlier hand-off.
  return taggedAt(conversation, handBackTag) < done.at;
}

/** Whether we have offered a person in this conversation, ever: one offer is enough. */
export function wasOffered({ parts }: Conversation): boolean {
  return newestMark(parts, ({ outcome }) => outcome === "offered") !== null;
}

/** Our offer to which the customer's messages say yes, or `null`. */
export function acceptedOffer(conversation: Conversation, turn: Turn): Begun | null {
  const noted = newestMark(sinceClosed(conversation), ({ outcome }) => outcome === "offered");
  const before = turn.earlier.at(-1);
  if (noted === null || before === undefined) return null;
  const isOffer = isOurReply(before) && before.at >= noted.part.at;
  if (!isOffer || !saysYes(turn.messages)) return null;
  const { mark, target } = noted;
  return { action: "hand-off", rule: mark.rule, target, language: mark.language };
}

/** When the conversation got the tag, in milliseconds by Intercom's clock; never: 0. */
function taggedAt(conversation: Conversation, tag: string | null): number {
  const tags = [...(conversation.taggedAt ?? [])];
  const wanted = tag?.toLowerCase();
  return Math.max(0, ...tags.filter(([name]) => name.toLowerCase() === wanted).map(([, at]) => at));
}

type Noted = { part: Part; mark: MarkWithNext; target: HandOffTarget };

function newestMark(parts: Part[], isWanted: (mark: MarkWithNext) => boolean): Noted | null {
  for (const part of parts.toReversed()) {
    const mark = markWithNext(part);
    const target = targetOf(mark?.to ?? "");
    if (mark !== null && target !== null && isWanted(mark)) return { part, mark, target };
  }
  return null;
}

/** By time, because our words are put behind the message that they answer, before the note. */
function doneFor(parts: Part[], { part, target }: Noted): Part | undefined {
  return parts.find(
    ({ author, assigns, at }) =>
      author.role === "us" && assigns === targetText(target) && at >= part.at,
  );
}

function sinceClosed({ parts }: Conversation): Part[] {
  return parts.slice(parts.findLastIndex(({ closes }) => closes) + 1);
}

function markWithNext(part: Part): MarkWithNext | null {
  const mark = markOf(part);
  return mark?.next === undefined ? null : { ...mark, ...mark.next };
}

/** "yes, please": more words than that say something of their own. */
const longestYes = 6;
const yes = [
  "yes|yes please|yeah|yep|yup|sure|ok|okay|of course|please|please do|absolutely|definitely|id like that|that would be great",
  "ja|jawohl|gerne|ja gerne|ja bitte|bitte|klar|natürlich|auf jeden fall",
  "oui|volontiers|daccord|bien sûr|sil vous plaît|avec plaisir",
  "sí|si|claro|por favor|vale|de acuerdo|sim|pode ser|certo|com certeza",
  "sì|certo|volentieri|per favore|va bene|graag|jazeker|alsjeblieft|prima",
  "tak|poproszę|pewnie|tak proszę|ano|jo|prosím|igen|kérem|da|vă rog|evet|lütfen|olur",
  "ja tack|gärna|ja tak|gerne|ja takk|kyllä|joo|kiitos",
  "да|конечно|пожалуйста|так|будь ласка|ναι|παρακαλώ|نعم|כן",
  "はい|お願いします|是|是的|好|好的|可以|要|네|예|부탁",
]
  .join("|")
  .split("|")
  .map(plainWords);
const no =
  /(?<!\p{L})(?:no|not|dont|nope|nein|nicht|non|pas|nao|nie|nee|niet|nej|ikke|ei|ne|nem|nu|hayir|нет|не|ні|όχι)(?!\p{L})|不|いいえ|아니/u;

/** Whether the answer to the offer is a yes; "No, I need a human" is one too. */
function saysYes(messages: Part[]): boolean {
  const text = messages.map((message) => message.text).join("\n");
  if (asksForPerson(text)) return true;
  const words = plainWords(text);
  if (no.test(words) || /[?？]/u.test(text) || words.split(" ").length > longestYes) return false;
  return yes.some((one) => words === one || words.startsWith(`${one} `));
}
