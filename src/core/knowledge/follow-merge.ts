import type { Contacts, Log } from "../ports.ts";
import type { AnswerMemory } from "./answer-memory.ts";

const followTimeoutMs = 120_000;

/**
 * Gives what is stored of contacts who were merged into this one to them.
 *
 * Intercom's notification names only who remains
 * (https://community.intercom.com/api-webhooks-23/how-to-get-id-of-lead-merged-to-user-7045), so
 * whoever else something is stored of in their conversations is asked for.
 *
 * @returns how many turns have changed hands
 * @throws UpstreamError
 */
export async function followMerge(
  contactId: string,
  { memory, contacts, log }: { memory: AnswerMemory; contacts: Contacts; log: Log },
): Promise<number> {
  const signal = AbortSignal.timeout(followTimeoutMs);
  const others = new Set<string>();
  for (const conversationId of await contacts.conversationsOf(contactId)) {
    const { turns } = await memory.findConversation(conversationId, signal);
    for (const turn of turns) if (turn.contactId !== contactId) others.add(turn.contactId);
  }
  let moved = 0;
  for (const other of others) {
    if ((await contacts.mergedInto(other)) !== contactId) continue;
    const turns = await memory.findTurns({ contactId: other }, Number.POSITIVE_INFINITY, signal);
    await memory.rememberTurns(
      turns.map((turn) => ({ ...turn, contactId })),
      signal,
    );
    moved += turns.length;
    log.info({ from: other, into: contactId, turns: turns.length }, "history follows the merge");
  }
  return moved;
}

/** Contacts were merged in Intercom. Never throws: until the next backfill their history is apart. */
export async function followMergedContact(
  contactId: string,
  ports: { memory: AnswerMemory; contacts: Contacts | null; log: Log },
): Promise<void> {
  const { contacts, log } = ports;
  if (contacts === null) return;
  try {
    await followMerge(contactId, { ...ports, contacts });
  } catch (error) {
    log.warn({ contactId, error }, "history did not follow a merge; the next backfill moves it");
  }
}
