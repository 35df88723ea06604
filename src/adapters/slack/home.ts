import type { KnowledgeToDo } from "../../core/learning/keeping-true.ts";
import type { Clock, Log } from "../../core/ports.ts";
import type { Overview, WaitingCard } from "../../core/reviewing/overview.ts";
import { type CardPlace, readCardId } from "./card-id.ts";
import type { SlackClient } from "./clients.ts";
import { homeNotice, homeView } from "./home-view.ts";
import type { Reviewers } from "./reviewers.ts";
import { homeWords } from "./wording.ts";

export type Home = {
  /** Somebody opened the app's home: shows them what waits. Never throws. */
  opened(userId: string): Promise<void>;
};

/** Each reading costs Intercom some calls, and people switch tabs often. */
const keptForMs = 30_000;

/** The app's home: what waits for whom and how long, and who decided what. */
export function createHome(options: {
  reviewers: Pick<Reviewers, "mayDecide">;
  read: () => Promise<Overview>;
  permalink(place: CardPlace): Promise<string | null>;
  /** What of the knowledge is to be looked at, as far as that is known. */
  toDo(): KnowledgeToDo | null;
  memoryUrl: string | null;
  client: SlackClient;
  clock: Clock;
  log: Log;
}): Home {
  const { reviewers, client, clock, log } = options;
  let kept: { at: number; reading: Promise<Overview> } | null = null;

  function overview(): Promise<Overview> {
    if (kept === null || clock() - kept.at > keptForMs) {
      kept = { at: clock(), reading: options.read() };
      kept.reading.catch(() => {
        kept = null;
      });
    }
    return kept.reading;
  }

  async function viewFor(userId: string) {
    // Customers' names and questions stand there: only for those who may see the cards.
    const allowed = await reviewers.mayDecide({ id: userId, name: userId, teamId: null }, null);
    if ("no" in allowed) return homeNotice(homeWords.notForYou);
    try {
      const read = await overview();
      const addresses = new Map(
        await Promise.all(
          read.waiting.map(async ({ cardId, conversationUrl }): Promise<[string, string]> => {
            const place = readCardId(cardId);
            const found = place === null ? null : await options.permalink(place);
            return [cardId, found ?? conversationUrl];
          }),
        ),
      );
      const addressOf = (card: WaitingCard) => addresses.get(card.cardId) ?? card.conversationUrl;
      const knowledge = { toDo: options.toDo(), memoryUrl: options.memoryUrl };
      return homeView(read, clock(), addressOf, knowledge);
    } catch (error) {
      log.warn({ error }, "home not read");
      return homeNotice(homeWords.intercomNotRead);
    }
  }

  return {
    async opened(userId) {
      try {
        await client.views.publish({ user_id: userId, view: await viewFor(userId) });
      } catch (error) {
        log.warn({ error }, "home not shown");
      }
    },
  };
}
