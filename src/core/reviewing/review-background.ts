import { markOf } from "../note-marks.ts";
import { isOurReply, recentHistory } from "../turn.ts";
import type { Author, Conversation, Turn } from "../types.ts";
import { type Rejection, rejectionOn } from "./rejections.ts";

/** What somebody who decides a draft must know of the conversation, to know enough in ten seconds. */
export type Background = {
  /** What the customer wrote and nobody answered, oldest first. */
  messages: string[];
  /** How it came, in Intercom's words; `null` if not said. */
  channel: string | null;
  /** When the oldest of the messages came, in milliseconds since 1970. */
  waitingSince: number | null;
  /** The last exchange before them: among it our reply that did not help. */
  before: { role: Author["role"]; name: string | null; text: string }[];
  /** Our own reply that is to be corrected. */
  sent: string | null;
  /** The rejection of an earlier draft for the same messages. */
  rejection: Rejection | null;
};

/** Where the conversation could not be read: nothing is known. */
export const noBackground: Background = {
  messages: [],
  channel: null,
  waitingSince: null,
  before: [],
  sent: null,
  rejection: null,
};

export function backgroundOf(conversation: Conversation, turn: Turn): Background {
  return {
    messages: turn.messages.map(({ text }) => text),
    channel: conversation.channel,
    waitingSince: turn.messages[0]?.at ?? null,
    before: recentHistory(turn, 1).map(({ author, text }) => ({
      role: author.role,
      name: author.name,
      text,
    })),
    sent: sentReply(conversation, turn),
    rejection: lastRejection(conversation, turn),
  };
}

/** Of a turn that was answered, the base is our reply itself. */
function sentReply({ parts }: Conversation, { basePartId }: Turn): string | null {
  const base = parts.find(({ id }) => id === basePartId);
  return base !== undefined && isOurReply(base) ? base.text : null;
}

function lastRejection(conversation: Conversation, { messages }: Turn): Rejection | null {
  const ids = new Set(messages.map(({ id }) => id));
  const rejected = conversation.parts
    .map(markOf)
    .findLast((mark) => mark?.outcome === "rejected" && ids.has(mark.basePartId));
  return rejected?.cardId ? rejectionOn(rejected.cardId, conversation) : null;
}
