import type { Intercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import { labelsOf } from "../core/answering/labels-of.ts";
import type { Log } from "../core/ports.ts";
import type { Drafting, JourneyReport, Outcome } from "../core/types.ts";

/** Writes back on conversations what their turns came to, where the policy wants it; nobody waits for it. */
export function createLabelling(config: Config, intercom: Intercom | null, log: Log) {
  /** One after the other in a conversation, so that the newest stands. */
  const underWay = new Map<string, Promise<void>>();
  return {
    ended({ conversationId, outcome, drafting }: JourneyReport): void {
      write(conversationId, outcome.kind, drafting);
    },
    /** A card has come to its end, and with it the turn that it is about. */
    concluded(conversationId: string, outcome: Outcome["kind"]): void {
      write(conversationId, outcome, null);
    },
  };

  function write(conversationId: string, outcome: Outcome["kind"], drafting: Drafting | null) {
    const { labels } = config.policy;
    if (intercom === null || labels === null) return;
    const values = labelsOf(outcome, drafting, labels);
    if (values === null) return;
    const attempt = async () => {
      try {
        await intercom.labels.write(conversationId, values);
      } catch (error) {
        log.warn({ conversationId, error }, "labels not written");
      }
    };
    const before = underWay.get(conversationId) ?? Promise.resolve();
    const written = before.then(attempt).finally(() => {
      if (underWay.get(conversationId) === written) underWay.delete(conversationId);
    });
    underWay.set(conversationId, written);
  }
}
