import type { Facts } from "../facts.ts";
import { isOurReply } from "../turn.ts";
import type { Conversation, Draft, Part, Turn } from "../types.ts";
import { unknown } from "../unknown.ts";
import { describedIntent } from "./described-intent.ts";
import { isSameAgain } from "./same-again.ts";

/**
 * What the rules may look at.
 *
 * @param draft `null` before there is one
 */
export function factsOf(conversation: Conversation, turn: Turn, draft: Draft | null): Facts {
  // What was said before the last close is another matter.
  const closed = conversation.parts.findLastIndex(({ closes }) => closes);
  const since = conversation.parts.slice(closed + 1);
  const ids = new Set(since.map(({ id }) => id));
  const messages = turn.messages.filter(({ id }) => ids.has(id));
  const text = messages.map((message) => message.text).join("\n");
  return {
    conversationId: conversation.id,
    at: conversation.readAt,
    text,
    attachments: messages.flatMap(({ attachments }) => attachments.map(({ kind }) => kind)),
    channel: conversation.channel,
    pageUrl: conversation.pageUrl,
    tags: conversation.tags,
    teamId: conversation.teamId,
    assigneeId: conversation.assigneeId,
    attributes: conversation.attributes,
    customer: conversation.customer ?? unknown,
    schedules: conversation.schedules ?? unknown,
    // Only few rules ask.
    get isSameAgain() {
      return isSameAgain(conversation, turn);
    },
    customerTurns: customerTurns(since),
    get questionsBack() {
      if (draft === null) return unknown;
      return draft.asksBack === true ? 1 + questionsBefore(since) : 0;
    },
    confidence: draft?.confidence ?? unknown,
    language: draft?.language ?? unknown,
    get intent() {
      if (draft === null) return unknown;
      return [draft.intent, describedIntent(draft, text)].filter((name) => name !== null);
    },
    sentences: draft?.sentences ?? unknown,
    sentiment: draft?.sentiment ?? unknown,
    urgency: draft?.urgency ?? unknown,
    topic: draft?.topic === undefined ? unknown : draft.topic,
  };
}

/** How many of our last replies in a row ask something, in any script. */
function questionsBefore(parts: Part[]): number {
  const replies = parts.filter(isOurReply);
  const lastAnswer = replies.findLastIndex(({ text }) => !/[?？؟]/u.test(text));
  return replies.length - 1 - lastAnswer;
}

/** Messages in a row are one turn. */
function customerTurns(parts: Part[]): number {
  const said = parts.filter(({ kind }) => kind === "comment");
  return said.filter(
    ({ author }, index) =>
      author.role === "customer" && said[index - 1]?.author.role !== "customer",
  ).length;
}
