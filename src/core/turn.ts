import type { Conversation, Part, Turn } from "./types.ts";

/** The words that customer and company said to each other, oldest first. */
export function comments(conversation: Conversation): Part[] {
  return conversation.parts.filter((part) => part.kind === "comment");
}

/** "We got your message and will get back to you": what bots say so, with hours and excuses. */
const longestAcknowledgement = 300;

/**
 * Whether a comment answers what the customer wrote before it. People and we always do; a bot does
 * when it is an answering machine, or says more than an acknowledgement would.
 */
export function isAnswer({ author, isAiAnswer, text }: Part): boolean {
  if (author.role !== "bot") return author.role !== "customer";
  return isAiAnswer || text.length > longestAcknowledgement || /https?:\/\//i.test(text);
}

/**
 * The customer's messages that nobody has answered, or `null` when there are none. What Fin said when
 * it left the customer to people is no answer either.
 */
export function unansweredTurn(conversation: Conversation): Turn | null {
  const said = comments(conversation);
  const newestMessage = said.findLastIndex((part) => part.author.role === "customer");
  const isGivenUp = ({ author }: Part, index: number) =>
    conversation.fin === "handed-over" && author.role === "bot" && index > newestMessage;
  const lastAnswer = said.findLastIndex((part, index) => isAnswer(part) && !isGivenUp(part, index));
  const messages = said.slice(lastAnswer + 1).filter(({ author }) => author.role === "customer");
  const newest = messages.at(-1);
  if (newest === undefined) return null;
  return { basePartId: newest.id, messages, earlier: said.slice(0, lastAnswer + 1) };
}

/** What the customer said last, as if nobody had answered it. */
export function newestTurn(conversation: Conversation): Turn | null {
  const said = comments(conversation);
  const last = said.findLastIndex(({ author }) => author.role === "customer");
  if (last === -1) return null;
  const before = said.slice(0, last + 1);
  const start = before.findLastIndex(({ author }) => author.role !== "customer") + 1;
  const messages = before.slice(start);
  const newest = messages.at(-1);
  if (newest === undefined) return null;
  return { basePartId: newest.id, messages, earlier: said.slice(0, start) };
}

/** Whether we said it to the customer. */
export function isOurReply({ kind, author }: Part): boolean {
  return kind === "comment" && author.role === "us";
}

/** The newest of the messages that wait; a turn without one does not exist. */
export function newestMessage(turn: Turn): Part {
  const newest = turn.messages.at(-1);
  if (newest === undefined) throw new Error("a turn without a message");
  return newest;
}

/** Whose words a part is: the customer's id, or `null` where Intercom gives none. */
export function contactIdOf(part: Part | undefined): string | null {
  return part?.author.role === "customer" ? part.author.id || null : null;
}

/** Of whose brand an answer is that is learnt in a conversation: nothing where nobody knows it. */
export function brandOf({ asker }: Conversation): { brand?: string } {
  const brand = asker?.brand ?? null;
  return brand === null ? {} : { brand };
}

/** The id of the newest thing the customer said. */
export function newestCustomerPartId(conversation: Conversation): string | null {
  return comments(conversation).findLast((part) => part.author.role === "customer")?.id ?? null;
}

/** The newest earlier exchanges (a customer's messages and the answers to them), for the prompt. */
export function recentHistory(turn: Turn, exchanges: number): Part[] {
  let start = turn.earlier.length;
  for (let found = 0; found < exchanges && start > 0; found++) {
    const answered = turn.earlier.slice(0, start);
    const lastQuestion = answered.findLastIndex((part) => part.author.role === "customer");
    const before = answered.slice(0, lastQuestion + 1);
    start = before.findLastIndex((part) => part.author.role !== "customer") + 1;
  }
  return turn.earlier.slice(start);
}

/** How often we have replied since the customer last opened the conversation again. */
export function repliesSinceOpened({ parts }: Conversation): number {
  const opened = parts.findLastIndex(({ opens, author }) => opens && author.role === "customer");
  return parts.slice(opened + 1).filter(isOurReply).length;
}
