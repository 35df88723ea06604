import type { Log, Memory, RememberedTurn } from "../ports.ts";
import { contactIdOf } from "../turn.ts";
import type { Conversation, Drafting, Outcome, Part, Turn } from "../types.ts";

const rememberTimeoutMs = 2000;

/** Keeps what the customer said and what we answered in the conversation's own memory. */
export async function rememberTurn(
  said: { conversation: Conversation; turn: Turn; drafting: Drafting; outcome: Outcome },
  { memory, log }: { memory: Memory; log: Log },
): Promise<void> {
  const { conversation, turn, drafting, outcome } = said;
  const remembered = (
    speaker: RememberedTurn["speaker"],
    contactId: string | null,
    { id, text, at }: Pick<Part, "id" | "text" | "at">,
  ): RememberedTurn[] => {
    // Whoever has no id cannot be told from others without one: nothing is kept for them.
    if (contactId === null) return [];
    return [{ conversationId: conversation.id, contactId, partId: id, speaker, text, at }];
  };
  const turns = turn.messages.flatMap((message) =>
    remembered("customer", contactIdOf(message), message),
  );
  if (outcome.kind === "replied" && "draft" in drafting) {
    const reply = { id: outcome.replyId, text: drafting.draft.reply, at: conversation.readAt };
    const draftedFrom = drafting.draft.usedSources.map(({ id }) => id);
    const replies = remembered("us", contactIdOf(turn.messages.at(-1)), reply);
    turns.push(...replies.map((one) => ({ ...one, draftedFrom })));
  }
  if (turns.length === 0) return;
  try {
    await memory.rememberTurns(turns, AbortSignal.timeout(rememberTimeoutMs));
  } catch (error) {
    log.warn({ conversationId: conversation.id, error }, "not remembered");
  }
}
