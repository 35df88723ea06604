import type { Clock, Log } from "../../core/ports.ts";
import { type CardPlace, cardId } from "./card-id.ts";
import type { SlackClients } from "./clients.ts";
import { mrkdwnReminder, type Reminded } from "./reminder-text.ts";

export type Reminders = {
  /** Has Slack tell the channel later that the card still waits. Never throws. */
  schedule(place: CardPlace, url: string | null, about: Reminded): Promise<void>;
  /** Calls that off. Never throws. */
  cancel(place: CardPlace): Promise<void>;
};

const perPage = 100;
const mostPages = 20;

/**
 * Reminders that Slack itself keeps and sends, so that nothing is lost with the process. They are
 * found again by the card that their text names: the list of scheduled messages shows no threads.
 *
 * They stand in the card's thread and, broadcast, in the channel: a silent reply in a thread that
 * nobody follows reaches nobody.
 *
 * @param options.minutes 0 means none
 * @param options.escalationGroup a user group's id, whose people are mentioned; `null`: nobody is
 */
export function createReminders(options: {
  minutes: number;
  escalationGroup: string | null;
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
    async schedule(place, url, about) {
      try {
        await clients.posting.chat.scheduleMessage({
          channel: place.channel,
          thread_ts: place.ts,
          reply_broadcast: true,
          post_at: Math.floor(options.clock() / 1000) + minutes * 60,
          text: mrkdwnReminder(cardId(place), url, about, options.escalationGroup),
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
