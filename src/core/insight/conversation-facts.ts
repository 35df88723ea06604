import { reviewReasons } from "../judging/wording.ts";
import { markOf, type NoteMark } from "../note-marks.ts";
import { isAnswer } from "../turn.ts";
import type { Conversation, Part, ReviewReason } from "../types.ts";

/** What became of a customer's messages up to the first answer to them. */
export const turnOutcomes = [
  "automatic",
  "reviewed",
  "teammate",
  "handed-over",
  "offered",
  "other-bot",
  "no-answer-needed",
  "unanswered",
  "waiting",
] as const;
export type TurnOutcome = (typeof turnOutcomes)[number];

/** A reason of the service's own, or a rule by its name. */
export type AskedReason = ReviewReason | `rule ${string}`;

export type TurnFacts = {
  /** When the customer wrote the first of them, in milliseconds since 1970. */
  askedAt: number;
  /** When somebody first answered; `null`: nobody did. */
  answeredAt: number | null;
  outcome: TurnOutcome;
  /** Why people were asked, by our note on it; `null`: they were not, or it does not say. */
  reason: AskedReason | null;
  /** When a card asked people, and when they decided it, as far as it shows in Intercom. */
  cardAt: number | null;
  decidedAt: number | null;
  decision: "sent" | "rejected" | "taken-over" | null;
};

/** What a conversation says about the service: times, counts and names of outcomes. */
export type ConversationFacts = {
  id: string;
  url: string;
  channel: string | null;
  updatedAt: number;
  turns: TurnFacts[];
  /** Comments, by whose words they are. */
  said: { customer: number; teammate: number; bot: number; us: number };
  isOpen: boolean;
  /** The last time that it was closed, and whether the customer wrote or it was opened after that. */
  closedAt: number | null;
  wasOpenedAgain: boolean;
  /** When it was first closed after the first message. */
  firstClosedAt: number | null;
  /** The customer's rating, 1 to 5. */
  rating: number | null;
  /** The newest messages of a turn for which nothing fitted, shortened, secrets masked. */
  gap: string | null;
};

const gapReasons: AskedReason[] = [
  "no-draft",
  "low-confidence",
  "not-calibrated",
  "needs-human",
  "rule confidence_floor",
];
const longestGap = 160;
/** How the note begins that asks for an answer where there is no draft. */
const noDraftWords = "No drafted reply";

/** @param redact masks secrets in the little that is kept of a customer's words */
export function conversationFacts(
  conversation: Conversation,
  redact: (text: string) => string,
): ConversationFacts {
  const { parts, state, id, url, channel, updatedAt } = conversation;
  const comments = parts.filter(({ kind }) => kind === "comment");
  const count = (role: Part["author"]["role"]) =>
    comments.filter(({ author }) => author.role === role).length;
  const closings = parts.filter(({ closes }) => closes);
  const closedAt = closings.at(-1)?.at ?? (state === "closed" ? updatedAt : null);
  const turns = turnsOf(comments);
  const facts = turns.map((turn) => turnFacts(turn, conversation));
  const gap = turns.find((_, index) => isGap(facts[index]));
  return {
    id,
    url,
    channel,
    updatedAt,
    turns: facts,
    said: {
      customer: count("customer"),
      teammate: count("teammate"),
      bot: count("bot"),
      us: count("us"),
    },
    isOpen: state !== "closed",
    closedAt,
    wasOpenedAgain: closings.some(({ at }) =>
      parts.some((part) => part.at > at && (part.opens || isCustomers(part))),
    ),
    firstClosedAt: closings[0]?.at ?? closedAt,
    rating: conversation.rating ?? null,
    gap:
      gap === undefined ? null : shortened(redact(gap.messages.map(({ text }) => text).join(" "))),
  };
}

type ToldTurn = { messages: Part[]; answer: Part | null };

/** The customer's messages in a row, with the first answer to them. */
function turnsOf(comments: Part[]): ToldTurn[] {
  const turns: ToldTurn[] = [];
  let messages: Part[] = [];
  for (const part of comments) {
    if (isCustomers(part)) messages.push(part);
    else if (messages.length > 0 && isAnswer(part)) {
      turns.push({ messages, answer: part });
      messages = [];
    }
  }
  if (messages.length > 0) turns.push({ messages, answer: null });
  return turns;
}

function turnFacts({ messages, answer }: ToldTurn, { parts, state }: Conversation): TurnFacts {
  const ids = new Set(messages.map(({ id }) => id));
  const notes = parts.flatMap((part) => {
    const mark = markOf(part);
    return mark !== null && ids.has(mark.basePartId) ? [{ part, mark }] : [];
  });
  const of = (outcome: NoteMark["outcome"]) => notes.find(({ mark }) => mark.outcome === outcome);
  const card = of("in-review");
  const rejected = of("rejected");
  const takenOver = of("taken-over");
  const isSent = card !== undefined && answer?.author.role === "us";
  const asked = notes.find(({ mark }) => mark.outcome === "in-review" || mark.outcome === "noted");
  return {
    askedAt: messages[0]?.at ?? 0,
    answeredAt: answer?.at ?? null,
    outcome: outcomeOf(answer, { notes, isClosed: state === "closed" }),
    reason: asked === undefined ? null : reasonIn(asked.part.text),
    cardAt: card?.part.at ?? null,
    decidedAt: rejected?.part.at ?? takenOver?.part.at ?? (isSent ? (answer?.at ?? null) : null),
    decision: decisionOf({ isSent, isRejected: !!rejected, isTakenOver: !!takenOver }),
  };
}

function decisionOf(found: { isSent: boolean; isRejected: boolean; isTakenOver: boolean }) {
  if (found.isRejected) return "rejected" as const;
  if (found.isTakenOver) return "taken-over" as const;
  return found.isSent ? ("sent" as const) : null;
}

function outcomeOf(
  answer: Part | null,
  { notes, isClosed }: { notes: { mark: NoteMark }[]; isClosed: boolean },
): TurnOutcome {
  const has = (outcome: NoteMark["outcome"]) => notes.some(({ mark }) => mark.outcome === outcome);
  if (has("handing-over")) return "handed-over";
  if (has("offered")) return "offered";
  if (answer === null) {
    if (has("no-answer-needed")) return "no-answer-needed";
    return isClosed ? "unanswered" : "waiting";
  }
  if (answer.author.role === "us") return has("in-review") ? "reviewed" : "automatic";
  return answer.author.role === "teammate" ? "teammate" : "other-bot";
}

/** Our notes say why in a sentence of ours, first; what they quote comes below it. */
function reasonIn(note: string): AskedReason | null {
  const [first = ""] = note.split("\n");
  const rule = /\(rule ([\w-]{1,80})\)|\brule “([^”]{1,80})”/.exec(first);
  const name = rule?.[1] ?? rule?.[2];
  if (name !== undefined) return `rule ${name}`;
  if (first.includes(noDraftWords)) return "no-draft";
  const found = Object.entries(reviewReasons).find(([, words]) => first.includes(words));
  return found === undefined ? null : (found[0] as ReviewReason);
}

function isGap(turn: TurnFacts | undefined): boolean {
  return turn !== undefined && turn.reason !== null && gapReasons.includes(turn.reason);
}

function isCustomers({ kind, author }: Part): boolean {
  return kind === "comment" && author.role === "customer";
}

function shortened(text: string): string {
  const plain = text.replace(/\s+/g, " ").trim();
  return plain.length > longestGap ? `${plain.slice(0, longestGap - 1)}…` : plain;
}
