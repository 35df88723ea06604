import { whyQuiet } from "../judging/why-quiet.ts";
import { unansweredTurn } from "../turn.ts";
import type { Conversation, Part, Policy, Turn } from "../types.ts";

/** A customer's turn of the past that a teammate answered. */
export type PastTurn = {
  /** As it was when the customer had written. */
  conversation: Conversation;
  turn: Turn;
  /** What teammates then said, before the customer wrote again. */
  answer: string;
  answerPartIds: string[];
  /** When the customer wrote, in milliseconds since 1970. */
  askedAt: number;
};

/** A customer who waits that long gets an automatic reply if the draft is good enough. */
const waitedMs = 60_000;

/**
 * The turns of a conversation that would have been drafted for, had the service been there.
 *
 * What came after the customer's message is cut off. So is what Intercom shows only as it is today
 * (state, team, assignee, attributes, and what is known of the customer), and what was written among
 * teammates. Tags are taken as they are today: nobody knows when they were set.
 */
export function pastTurns(conversation: Conversation, policy: Policy): PastTurn[] {
  const { parts } = conversation;
  return parts.flatMap((part, index) => {
    // A bot may have said something in between.
    const next = parts.slice(index + 1).find(isBetweenPeople);
    const isAnswered = isComment(part, "customer") && next?.author.role === "teammate";
    if (!isAnswered) return [];
    const then = asItWas(conversation, parts.slice(0, index + 1), part.at);
    const turn = unansweredTurn(then);
    if (turn === null || whyQuiet(then, policy) !== null) return [];
    const answers = answersAfter(parts, index);
    return [
      {
        conversation: then,
        turn,
        answer: answers.map(({ text }) => text).join("\n\n"),
        answerPartIds: answers.map(({ id }) => id),
        askedAt: part.at,
      },
    ];
  });
}

function asItWas(conversation: Conversation, parts: Part[], at: number): Conversation {
  const author = parts.at(-1)?.author;
  return {
    ...conversation,
    state: "open",
    contact:
      author === undefined ? conversation.contact : { id: author.id || null, name: author.name },
    customer: null,
    shownFacts: [],
    attributes: {},
    teamId: null,
    assigneeId: null,
    fin: "absent",
    parts: parts.filter(({ kind }) => kind === "comment"),
    lastTeammateReplyAt: null,
    updatedAt: at,
    readAt: at + waitedMs,
  };
}

function isBetweenPeople({ kind, author }: Part): boolean {
  return kind === "comment" && author.role !== "bot";
}

function answersAfter(parts: Part[], index: number): Part[] {
  const after = parts.slice(index + 1);
  const end = after.findIndex((part) => isComment(part, "customer"));
  return after
    .slice(0, end === -1 ? after.length : end)
    .filter((part) => isComment(part, "teammate") && part.text.trim() !== "");
}

function isComment({ kind, author }: Part, role: Part["author"]["role"]): boolean {
  return kind === "comment" && author.role === role;
}
