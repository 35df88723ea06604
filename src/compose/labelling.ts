import type { Intercom } from "../adapters/intercom/intercom.ts";
import type { Config } from "../config.ts";
import { labelsOf } from "../core/answering/labels-of.ts";
import type { Log } from "../core/ports.ts";
import type { JourneyReport } from "../core/types.ts";

/** Writes back on conversations what their turns came to, where the policy wants it; nobody waits for it. */
export function createLabelling(config: Config, intercom: Intercom | null, log: Log) {
  /** One after the other in a conversation, so that the newest stands. */
  const underWay = new Map<string, Promise<void>>();
  return {
    ended(report: JourneyReport): void {
      const { labels } = config.policy;
      if (intercom === null || labels === null) return;
      const values = labelsOf(report, labels);
      if (values === null) return;
      const { conversationId } = report;
      const write = async () => {
        try {
          await intercom.labels.write(conversationId, values);
        } catch (error) {
          log.warn({ conversationId, error }, "labels not written");
        }
      };
      const before = underWay.get(conversationId) ?? Promise.resolve();
      const written = before.then(write).finally(() => {
        if (underWay.get(conversationId) === written) underWay.delete(conversationId);
      });
      underWay.set(conversationId, written);
    },
  };
}
