import type { Conversation } from "../types.ts";
import type { AnswerMemory } from "./answer-memory.ts";

const checkpointKey = "forgotten-contacts";

/** Contacts of whom nothing may be learnt again, with the time (ms) up to which that holds. */
export type ForgottenContacts = ReadonlyMap<string, number>;

/** @throws UpstreamError */
export async function readForgottenContacts(
  memory: Pick<AnswerMemory, "readCheckpoint">,
  signal: AbortSignal,
): Promise<ForgottenContacts> {
  const kept = await memory.readCheckpoint(checkpointKey, signal);
  return new Map(kept === null ? [] : (Object.entries(JSON.parse(kept)) as [string, number][]));
}

/**
 * Keeps that a contact was forgotten, by their id alone: what they wrote until now is still in
 * Intercom, and the next backfill would learn it again.
 * @throws UpstreamError
 */
export async function markForgotten(
  contactId: string,
  at: number,
  memory: Pick<AnswerMemory, "readCheckpoint" | "writeCheckpoint">,
  signal: AbortSignal,
): Promise<void> {
  const forgotten = new Map(await readForgottenContacts(memory, signal));
  forgotten.set(contactId, at);
  const kept = JSON.stringify(Object.fromEntries(forgotten));
  await memory.writeCheckpoint(checkpointKey, kept, signal);
}

/** Whether somebody who was forgotten wrote in it before that. */
export function isOfForgotten(conversation: Conversation, forgotten: ForgottenContacts): boolean {
  return conversation.parts.some(
    ({ author, at }) => author.role === "customer" && at <= (forgotten.get(author.id) ?? -1),
  );
}
