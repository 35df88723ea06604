import type { Slot } from "../ports.ts";
import type { Conversation } from "../types.ts";

/**
 * Watches for messages that the customer sends while an answer is being written.
 *
 * A repeated notification about a known part changes nothing; each new part interrupts once, so
 * that even a notification about a part that does not exist cannot keep us from answering.
 */
export function watchForNewerMessages(slot: Pick<Slot, "onHint">) {
  const known = new Set<string>();
  let interruption = new AbortController();

  slot.onHint(({ partId }) => {
    if (partId === null || known.has(partId)) return;
    known.add(partId);
    interruption.abort(new Error("the customer wrote again"));
  });

  return {
    /** A signal that aborts as soon as a message is announced that this reading does not hold. */
    since(conversation: Conversation): AbortSignal {
      for (const part of conversation.parts) known.add(part.id);
      interruption = new AbortController();
      return interruption.signal;
    },
  };
}

export type NewerMessages = ReturnType<typeof watchForNewerMessages>;
