import type { Clock, Contacts, Log } from "../ports.ts";
import type { AnswerMemory } from "./answer-memory.ts";
import { type CardPorts, emptyCards } from "./empty-cards.ts";
import { followMerge } from "./follow-merge.ts";
import { forgetForGood } from "./forgotten-answers.ts";
import { markForgotten } from "./forgotten-contacts.ts";

export type ForgetPorts = {
  memory: AnswerMemory;
  /** `null` where there is no Intercom to ask: only what is stored under their id is found then. */
  contacts: Contacts | null;
  /** `null` where there are no cards. */
  cards: CardPorts | null;
  /** Removes what is kept of a conversation beside memory and cards. Never throws. */
  forgetBeside(conversationId: string): Promise<void>;
  clock: Clock;
  log: Log;
};

/** What was removed of a contact. */
export type ForgottenContact = {
  contact: string;
  /** Conversations of theirs in which something was stored. */
  conversations: number;
  /** What they said and heard. */
  turns: number;
  /** Answers that were learnt from their conversations, with the questions they asked. */
  answers: number;
  /** Cards in Slack that were emptied. */
  cards: number;
};

/** Everybody who wants it done waits for it; it is several calls for each conversation. */
const forgetTimeoutMs = 120_000;

/**
 * Removes everything that is stored of a contact, and keeps it from being learnt again. Can be
 * repeated: what is gone already counts as nothing.
 *
 * @throws UpstreamError when the memory or Intercom fails; a part may be removed by then
 */
export async function forgetContact(
  contactId: string,
  { memory, contacts, cards, forgetBeside, clock, log }: ForgetPorts,
): Promise<ForgottenContact> {
  const signal = AbortSignal.timeout(forgetTimeoutMs);
  // First: whatever happens next, nothing comes back.
  await markForgotten(contactId, clock(), memory, signal);
  const conversationIds = new Set((await contacts?.conversationsOf(contactId)) ?? []);
  if (contacts !== null) await followMerge(contactId, { memory, contacts, log });

  const turns = await memory.findTurns({ contactId }, Number.POSITIVE_INFINITY, signal);
  for (const turn of turns) conversationIds.add(turn.conversationId);
  const conversations = new Set(turns.map((turn) => turn.conversationId));
  const removed = { conversations, answers: 0, cards: 0 };
  for (const conversationId of conversationIds) {
    await forgetBeside(conversationId);
    if (cards !== null) removed.cards += await emptyCards(conversationId, cards, log);
    const { answers } = await memory.findConversation(conversationId, signal);
    for (const { id } of answers) {
      if (!(await forgetForGood(id, memory, clock(), signal))) continue;
      removed.answers += 1;
      removed.conversations.add(conversationId);
    }
  }
  const forgotten = {
    contact: contactId,
    conversations: removed.conversations.size,
    turns: await memory.forgetTurns(turns, signal),
    answers: removed.answers,
    cards: removed.cards,
  };
  log.info(forgotten, "contact forgotten");
  return forgotten;
}

/** A contact was deleted in Intercom. Never throws: what could not be done is said in the log. */
export async function forgetDeletedContact(contactId: string, ports: ForgetPorts): Promise<void> {
  try {
    await forgetContact(contactId, ports);
  } catch (error) {
    ports.log.error(
      { contactId, error },
      "a contact was deleted in Intercom and is not forgotten yet: npm run forget -- --contact ID",
    );
  }
}
