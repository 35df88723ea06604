import type { Log } from "../../core/ports.ts";
import { readCardId } from "./card-id.ts";
import { createClients, upstreamError } from "./clients.ts";
import { cancelReminders } from "./reminders.ts";
import { richText, run, runsSection } from "./rich-text.ts";
import { forgottenCard } from "./wording.ts";

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
  const clients = createClients({ token, apiUrl, log });
  return async (cardId) => {
    const place = readCardId(cardId);
    if (place === null) return false;
    // Slack may refuse to take rich text away from a message that has some, so there is some.
    const blocks = [richText([runsSection([run(forgottenCard)])])];
    // A reminder would say their name and question once more.
    await cancelReminders(place, clients, log);
    try {
      await clients.patient.chat.update({ ...place, text: forgottenCard, blocks });
      return true;
    } catch (error) {
      log.warn({ cardId, error: upstreamError("chat.update", error) }, "card not emptied");
      return false;
    }
  };
}
