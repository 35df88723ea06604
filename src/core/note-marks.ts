import type { Conversation, Part, Turn } from "./types.ts";

/** What a note of ours says about the customer's turn that it names. */
export const markedOutcomes = [
  "in-review",
  "noted",
  "rejected",
  "no-answer-needed",
  "taken-over",
  "handing-over",
  "offered",
] as const;
export type MarkedOutcome = (typeof markedOutcomes)[number];

/** The last line of each note of ours; how a later reading knows that a turn is taken care of. */
export type NoteMark = {
  basePartId: string;
  outcome: MarkedOutcome;
  /** The card that asks a person about the draft, if there is one. */
  cardId: string | null;
  /** The card asks for facts that the draft lacks: the customer's language, ISO 639-1. */
  lacksIn?: string | undefined;
  /** With `handing-over` and `offered`: what is to be done after the note. */
  next?: {
    rule: string;
    /** A target's text. */
    to: string;
    /** ISO 639-1, in which the customer is told. */
    language: string;
  };
};

const pattern =
  /ref: part=(\S+) outcome=([a-z-]+)(?: card=(\S+))?(?: lacks=([a-z]{2,3}))?(?: rule=(\S+) to=(\S+) language=(\S+))?\s*$/;

/** Writes a mark; it must be the last line of its note. Ids must not contain white space. */
export function markLine(mark: NoteMark): string {
  const card = mark.cardId === null ? "" : ` card=${mark.cardId}`;
  return `ref: part=${mark.basePartId} outcome=${mark.outcome}${card}${lacksOf(mark)}${nextOf(mark)}`;
}

/**
 * The marks of our own notes, oldest first.
 *
 * Only the end of a note counts: a draft quoted in it may contain anything.
 */
export function marksIn(conversation: Conversation): NoteMark[] {
  return conversation.parts.map(markOf).filter((mark) => mark !== null);
}

/** The mark of a part, if it is a note of ours that carries one. */
export function markOf(part: Part): NoteMark | null {
  return part.kind === "note" && part.author.role === "us" ? readMark(part.text) : null;
}

/** Whether people were already asked about one of the turn's messages, and nobody answered yet. */
export function isWithPeople(conversation: Conversation, turn: Turn): boolean {
  const ids = new Set(turn.messages.map(({ id }) => id));
  return marksIn(conversation).some(
    ({ basePartId, outcome }) => ids.has(basePartId) && outcome !== "no-answer-needed",
  );
}

function readMark(text: string): NoteMark | null {
  const found = pattern.exec(text);
  const outcome = markedOutcomes.find((known) => known === found?.[2]);
  const basePartId = found?.[1];
  if (outcome === undefined || basePartId === undefined) return null;
  const [, , , cardId = null, lacksIn, rule, to, language] = found ?? [];
  const mark = { basePartId, outcome, cardId, ...(lacksIn === undefined ? {} : { lacksIn }) };
  if (rule === undefined || to === undefined || language === undefined) return mark;
  return { ...mark, next: { rule: plainName(rule), to, language } };
}

function lacksOf({ lacksIn }: NoteMark): string {
  if (lacksIn === undefined) return "";
  return ` lacks=${/^[a-z]{2,3}$/.test(lacksIn) ? lacksIn : "en"}`;
}

function nextOf({ next }: NoteMark): string {
  if (next === undefined) return "";
  return ` rule=${encodeURIComponent(next.rule)} to=${next.to} language=${next.language || "en"}`;
}

/** A mark that somebody changed by hand must not stop the reading of its conversation. */
function plainName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
