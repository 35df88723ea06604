import type { Clock, Log } from "../../core/ports.ts";
import { type CardPlace, cardId } from "./card-id.ts";
import type { SlackClients } from "./clients.ts";
import { mrkdwnReminder } from "./wording.ts";

export type Reminders = {
  /** Has Slack say in the card's thread that it is still undecided, later. Never throws. */
  schedule(place: CardPlace, url: string | null): Promise<void>;
  /** Calls that off. Never throws. */
  cancel(place: CardPlace): Promise<void>;
};

const perPage = 100;
const mostPages = 20;

/**
 * Reminders that Slack itself keeps and sends, so that nothing is lost with the process. They are
 * found again by the card that their text names: the list of scheduled messages shows no threads.
 *
 * @param minutes 0 means none
 */
export function createReminders(options: {
  minutes: number;
  channelId: string;
  clients: SlackClients;
  clock: Clock;
  log: Log;
}): Reminders {
  const { minutes, channelId, clients, log } = options;
  if (minutes === 0) return { schedule: async () => {}, cancel: async () => {} };

  async function* scheduled() {
    let cursor = "";
    for (let page = 0; page < mostPages; page++) {
      const list = await clients.patient.chat.scheduledMessages.list({
        channel: channelId,
        limit: perPage,
        ...(cursor === "" ? {} : { cursor }),
      });
      yield* list.scheduled_messages ?? [];
      cursor = list.response_metadata?.next_cursor ?? "";
      if (cursor === "") return;
    }
  }

  return {
    async schedule(place, url) {
      try {
        await clients.posting.chat.scheduleMessage({
          channel: place.channel,
          thread_ts: place.ts,
          post_at: Math.floor(options.clock() / 1000) + minutes * 60,
          text: mrkdwnReminder(cardId(place), url),
        });
      } catch (error) {
        log.warn({ cardId: cardId(place), error }, "reminder not scheduled");
      }
    },

    async cancel(place) {
      try {
        for await (const { id, text } of scheduled()) {
          if (id === undefined || !text?.includes(cardId(place))) continue;
          await clients.patient.chat.deleteScheduledMessage({
            channel: place.channel,
            scheduled_message_id: id,
          });
        }
      } catch (error) {
        log.warn({ cardId: cardId(place), error }, "reminder not cancelled");
      }
    },
  };
}
