import { LRUCache } from "lru-cache";
import { type SlackClient, slackErrorCode } from "./clients.ts";
import { answers } from "./wording.ts";

export type Person = { id: string; name: string };

export type Clicker = { id: string; name: string; teamId: string | null };

export type Reviewers = {
  /** Whether that person may decide; if not, the sentence that tells them why. */
  mayDecide(clicker: Clicker, teamId: string | null): Promise<{ person: Person } | { no: string }>;
  /** A person's address; `null` where the app may not see it (scope `users:read.email`). */
  emailOf(userId: string): Promise<string | null>;
};

const rememberedPeople = 500;
const rememberedForMs = 10 * 60_000;

/**
 * Who may decide: the people named, or, where nobody is, everybody in the channel who is a full
 * member of the workspace. A click does not say whether somebody is a guest; Slack has to be asked.
 */
export function createReviewers(options: {
  /** Slack user ids; empty means everybody. */
  named: string[];
  client: SlackClient;
}): Reviewers {
  const named = new Set(options.named);
  const members = new LRUCache<string, Person | "guest">({
    max: rememberedPeople,
    ttl: rememberedForMs,
  });

  async function look({ id, name }: Clicker): Promise<Person | "guest"> {
    const known = members.get(id);
    if (known !== undefined) return known;
    const { user } = await options.client.users.info({ user: id });
    const isGuest = user?.is_restricted || user?.is_ultra_restricted || user?.is_stranger;
    const found = isGuest ? "guest" : { id, name: user?.real_name || name };
    members.set(id, found);
    return found;
  }

  return {
    async emailOf(userId) {
      try {
        const { user } = await options.client.users.info({ user: userId });
        return user?.profile?.email ?? null;
      } catch {
        return null;
      }
    },

    async mayDecide(clicker, teamId) {
      const { id, name } = clicker;
      if (named.size > 0) {
        return named.has(id) ? { person: { id, name } } : { no: answers.notAReviewer };
      }
      if (teamId !== null && clicker.teamId !== null && clicker.teamId !== teamId) {
        return { no: answers.guest };
      }
      try {
        const found = await look(clicker);
        return found === "guest" ? { no: answers.guest } : { person: found };
      } catch (error) {
        const isStranger = slackErrorCode(error) === "user_not_found";
        return { no: isStranger ? answers.guest : answers.cannotTellGuest };
      }
    },
  };
}
