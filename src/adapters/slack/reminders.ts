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
 * @param options.minutesFor after how many for this card; 0: not at all
 * @param options.isUsed whether there may be any
 * @param options.escalationGroup a user group's id, whose people are mentioned; `null`: nobody is
 */
export function createReminders(options: {
  minutesFor(about: Reminded): number;
  isUsed(): boolean;
  escalationGroup: string | null;
  clients: SlackClients;
  clock: Clock;
  log: Log;
}): Reminders {
  const { clients, log } = options;

  return {
    async schedule(place, url, about) {
      const minutes = options.minutesFor(about);
      if (minutes === 0) return;
      try {
        await clients.posting.chat.scheduleMessage({
          channel: place.channel,
          thread_ts: place.ts,
          reply_broadcast: true,
          post_at: Math.floor(options.clock() / 1000) + Math.ceil(minutes * 60),
          text: mrkdwnReminder(cardId(place), url, about, options.escalationGroup),
        });
      } catch (error) {
        log.warn({ cardId: cardId(place), error }, "reminder not scheduled");
      }
    },

    cancel: async (place) => {
      if (options.isUsed()) await cancelReminders(place, clients, log);
    },
  };
}

/** Calls off whatever Slack is to say about that card, whoever ordered it. Never throws. */
export async function cancelReminders(
  place: CardPlace,
  clients: Pick<SlackClients, "patient">,
  log: Log,
): Promise<void> {
  const { channel } = place;
  try {
    for await (const { id, text } of scheduledIn(channel, clients)) {
      if (id === undefined || !text?.includes(cardId(place))) continue;
      await clients.patient.chat.deleteScheduledMessage({ channel, scheduled_message_id: id });
    }
  } catch (error) {
    log.warn({ cardId: cardId(place), error }, "reminder not cancelled");
  }
}

async function* scheduledIn(channel: string, { patient }: Pick<SlackClients, "patient">) {
  let cursor = "";
  for (let page = 0; page < mostPages; page++) {
    const list = await patient.chat.scheduledMessages.list({
      channel,
      limit: perPage,
      ...(cursor === "" ? {} : { cursor }),
    });
    yield* list.scheduled_messages ?? [];
    cursor = list.response_metadata?.next_cursor ?? "";
    if (cursor === "") return;
  }
}
