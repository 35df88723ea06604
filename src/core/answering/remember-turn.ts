import type { Log, Memory, RememberedTurn } from "../ports.ts";
import type { Conversation, Drafting, Outcome, Part, Turn } from "../types.ts";

const rememberTimeoutMs = 2000;

/** Keeps what the customer said and what we answered in the conversation's own memory. */
export async function rememberTurn(
  said: { conversation: Conversation; turn: Turn; drafting: Drafting; outcome: Outcome },
  { memory, log }: { memory: Memory; log: Log },
): Promise<void> {
  const { conversation, turn, drafting, outcome } = said;
  const remembered = (part: Pick<Part, "id" | "text" | "at">): Omit<RememberedTurn, "speaker"> => ({
    conversationId: conversation.id,
    contactId: conversation.contact.id,
    partId: part.id,
    text: part.text,
    at: part.at,
  });
  const turns: RememberedTurn[] = turn.messages.map((message) => ({
    ...remembered(message),
    speaker: "customer",
  }));
  if (outcome.kind === "replied" && "draft" in drafting) {
    const reply = { id: outcome.replyId, text: drafting.draft.reply, at: conversation.readAt };
    turns.push({ ...remembered(reply), speaker: "us" });
  }
  try {
    await memory.rememberTurns(turns, AbortSignal.timeout(rememberTimeoutMs));
  } catch (error) {
    log.warn({ conversationId: conversation.id, error }, "not remembered");
  }
}
