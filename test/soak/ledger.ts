import { markedOutcomes, type NoteMark } from "../../src/core/note-marks.ts";
import type { IntercomStandIn } from "../stand-ins/intercom.ts";

/** One thing that was said, in the order in which Intercom took it. */
type Entry = {
  partId: string;
  by: "customer" | "teammate" | "us" | "note";
  text: string;
  /** Milliseconds; Intercom's own times are too coarse to judge a race. */
  at: number;
};

export type Verdict = {
  customerParts: number;
  replies: number;
  notes: number;
  /** Customer's messages that ended in nothing. */
  lost: string[];
  /** Replies and notes of ours about nothing that one before had not taken care of. */
  doubled: string[];
  /** Replies of ours that came well after a teammate's answer, with no new message between. */
  talkedOver: string[];
};

/** A reply that left within one round trip of a teammate's answer could not have known it. */
const roundTripMs = 500;

/** Keeps what happened in the stand-in, and judges it at the end. */
export function createLedger(intercom: () => IntercomStandIn) {
  const conversations = new Map<string, Entry[]>();
  return {
    noted(conversationId: string, partId: string): void {
      const entries = conversations.get(conversationId) ?? [];
      conversations.set(conversationId, entries);
      const entry = entryOf(intercom(), conversationId, partId);
      if (entry !== null) entries.push(entry);
    },
    /** Messages that are not answered by anybody yet. */
    open: () => [...conversations.values()].flatMap((entries) => uncovered(entries)).length,
    judge: (): Verdict => judge([...conversations.values()]),
  };
}

function entryOf(intercom: IntercomStandIn, conversationId: string, partId: string): Entry | null {
  const conversation = intercom.conversation(conversationId);
  const at = Date.now();
  if (conversation.source.id === partId) {
    return { partId, by: "customer", text: conversation.source.body, at };
  }
  const part = conversation.conversation_parts.conversation_parts.find(({ id }) => id === partId);
  if (part === undefined || part.body === null) return null;
  const text = part.body;
  if (part.part_type === "note") return { partId, by: "note", text, at };
  if (part.author.type !== "admin") return { partId, by: "customer", text, at };
  return { partId, by: part.author.id === intercom.adminId ? "us" : "teammate", text, at };
}

/** The token that the customer's text carries and the model's reply quotes. */
const tokenOf = (entry: Entry) => /token-\d+/.exec(entry.text)?.[0] ?? "";

function markOf(entry: Entry): NoteMark | null {
  const [, basePartId, outcome] = /ref: part=(\S+) outcome=([a-z-]+)/.exec(entry.text) ?? [];
  const known = markedOutcomes.find((one) => one === outcome);
  if (basePartId === undefined || known === undefined) return null;
  return { basePartId, outcome: known, cardId: null };
}

/** Whether something that was said or noted takes care of a customer's message. */
function covers(entry: Entry, message: Entry, entries: Entry[]): boolean {
  if (entry.by === "us") return entry.text.includes(`${tokenOf(message)};`);
  const position = entries.indexOf(message);
  if (entry.by === "teammate") return entries.indexOf(entry) > position;
  if (entry.by !== "note") return false;
  const base = markOf(entry)?.basePartId;
  return entries.findIndex(({ partId }) => partId === base) >= position;
}

function uncovered(entries: Entry[]): Entry[] {
  const messages = entries.filter(({ by }) => by === "customer");
  return messages.filter((message) => !entries.some((entry) => covers(entry, message, entries)));
}

function judge(conversations: Entry[][]): Verdict {
  const count = (by: Entry["by"]) => conversations.flat().filter((entry) => entry.by === by).length;
  return {
    customerParts: count("customer"),
    replies: count("us"),
    notes: count("note"),
    lost: conversations.flatMap(uncovered).map(tokenOf),
    doubled: conversations.flatMap((entries) => doubledIn(entries)),
    talkedOver: conversations.flatMap((entries) => talkedOverIn(entries)),
  };
}

/** What we wrote that took care of no message that was not taken care of before, with how it came. */
function doubledIn(entries: Entry[]): string[] {
  const messages = entries.filter(({ by }) => by === "customer");
  const takenCareOf = new Set<Entry>();
  return entries
    .filter((entry) => {
      if (entry.by !== "us" && entry.by !== "note") return false;
      const covered = messages.filter((message) => covers(entry, message, entries));
      const isNew = covered.some((message) => !takenCareOf.has(message));
      for (const message of covered) takenCareOf.add(message);
      return !isNew;
    })
    .map((entry) => `${entry.partId} in ${inShort(entries)}`);
}

function talkedOverIn(entries: Entry[]): string[] {
  const said = entries.filter(({ by }) => by !== "note");
  return said
    .filter((entry, index) => {
      const before = said[index - 1];
      return entry.by === "us" && before?.by === "teammate" && entry.at - before.at > roundTripMs;
    })
    .map(({ partId }) => partId);
}

/** Who said what when, in milliseconds since the first message, for whoever looks into a finding. */
function inShort(entries: Entry[]): string {
  const startedAt = entries[0]?.at ?? 0;
  return entries
    .map(({ partId, by, text, at }) => {
      const tokens = text.match(/token-\d+/g) ?? [];
      return `${at - startedAt}:${by}:${partId}:${tokens.join("+")}`;
    })
    .join(" ");
}
