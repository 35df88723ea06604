import type { WaitingConversation } from "../ports.ts";
import type { Conversation } from "../types.ts";

const maxConversations = 20_000;
/** Intercom's times count whole seconds: a message in the same second as the reading could hide. */
const clockGrainMs = 2000;

/** What this process has already looked at, so that the sweep does not read it again and again. */
export type ObservedVersions = {
  note(conversation: Conversation): void;
  isUnchanged(found: WaitingConversation): boolean;
};

export function createObservedVersions(): ObservedVersions {
  const versions = new Map<string, number>();
  return {
    note({ id, updatedAt, readAt }) {
      versions.delete(id);
      if (readAt - updatedAt < clockGrainMs) return;
      versions.set(id, updatedAt);
      const oldest = versions.keys().next();
      if (versions.size > maxConversations && !oldest.done) versions.delete(oldest.value);
    },
    isUnchanged: ({ id, updatedAt }) => updatedAt <= (versions.get(id) ?? Number.NEGATIVE_INFINITY),
  };
}
