import type { Log } from "../../core/ports.ts";
import { readCardId } from "./card-id.ts";
import { createClients, upstreamError } from "./clients.ts";
import { mrkdwnStatus } from "./wording.ts";

/**
 * Takes everything off a card, the draft and the buttons too: the customer is to be forgotten.
 *
 * @returns a function that says whether it was done; what Slack refuses is said in the log
 */
export function createCardEmptier(options: {
  botToken: string;
  apiUrl: string | null;
  log: Log;
}): (cardId: string) => Promise<boolean> {
  const { botToken: token, apiUrl, log } = options;
  const { patient } = createClients({ token, apiUrl, log });
  return async (cardId) => {
    const place = readCardId(cardId);
    if (place === null) return false;
    const text = mrkdwnStatus.forgotten;
    const blocks = [{ type: "section" as const, text: { type: "mrkdwn" as const, text } }];
    try {
      await patient.chat.update({ channel: place.channel, ts: place.ts, text, blocks });
      return true;
    } catch (error) {
      log.warn({ cardId, error: upstreamError("chat.update", error) }, "card not emptied");
      return false;
    }
  };
}
