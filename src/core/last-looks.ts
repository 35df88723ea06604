import type { WaitingConversation } from "./ports.ts";
import type { Conversation } from "./types.ts";

const maxConversations = 20_000;
/** Intercom's times count whole seconds: a message in the same second as the reading could hide. */
const clockGrainMs = 2000;

/** What this process has already looked at, so that the sweep does not read it again and again. */
export type LastLooks = {
  looked(conversation: Conversation): void;
  isUnchanged(found: WaitingConversation): boolean;
};

export function createLastLooks(): LastLooks {
  const looks = new Map<string, number>();
  return {
    looked({ id, updatedAt, readAt }) {
      looks.delete(id);
      if (readAt - updatedAt < clockGrainMs) return;
      looks.set(id, updatedAt);
      const oldest = looks.keys().next();
      if (looks.size > maxConversations && !oldest.done) looks.delete(oldest.value);
    },
    isUnchanged: ({ id, updatedAt }) => updatedAt <= (looks.get(id) ?? Number.NEGATIVE_INFINITY),
  };
}
