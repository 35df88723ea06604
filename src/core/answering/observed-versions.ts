import type { Clock, WaitingConversation } from "../ports.ts";
import type { Conversation } from "../types.ts";

const maxConversations = 20_000;
/** Intercom's times count whole seconds: a message in the same second as the reading could hide. */
const clockGrainMs = 2000;

/** What has already been looked at, so that the sweep does not read it again and again. */
export type ObservedVersions = {
  /**
   * @param lookAgainInMs after which it must be looked at again although nothing happens in it;
   *   `null`: only when something happens
   */
  note(conversation: Conversation, lookAgainInMs?: number | null): void;
  /** Those of them that are new, or in which something happened since they were looked at. */
  changedAmong(found: WaitingConversation[]): Promise<WaitingConversation[]>;
  /** The ids of the conversations whose time to be looked at again has come; each is told once. */
  due(): Promise<string[]>;
};

export function createObservedVersions(clock: Clock): ObservedVersions {
  const versions = new Map<string, number>();
  const lookAgainAt = new Map<string, number>();
  return {
    note({ id, updatedAt, readAt }, lookAgainInMs = null) {
      versions.delete(id);
      lookAgainAt.delete(id);
      if (lookAgainInMs !== null) lookAgainAt.set(id, clock() + lookAgainInMs);
      if (readAt - updatedAt < clockGrainMs) return;
      versions.set(id, updatedAt);
      const oldest = versions.keys().next();
      if (versions.size > maxConversations && !oldest.done) versions.delete(oldest.value);
    },
    async due() {
      const now = clock();
      const ids = [...lookAgainAt].filter(([, at]) => at <= now).map(([id]) => id);
      for (const id of ids) lookAgainAt.delete(id);
      return ids;
    },
    async changedAmong(found) {
      return found.filter(
        ({ id, updatedAt }) => updatedAt > (versions.get(id) ?? Number.NEGATIVE_INFINITY),
      );
    },
  };
}
