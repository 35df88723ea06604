import type { ObservedVersions } from "../../core/answering/observed-versions.ts";
import type { RedisLink } from "./redis-link.ts";

const maxConversations = 20_000;
/** Takes out what is due, so that each is told to one replica only. */
const takeDue = `
  local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
  if #ids > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1]) end
  return ids`;

/**
 * What any replica has looked at: the sweep runs on one of them for all.
 *
 * @param local what this replica has looked at; it serves alone while Redis is away
 */
export function createSharedObserved(
  link: RedisLink,
  local: ObservedVersions,
  clock: () => number,
): ObservedVersions {
  const versionsKey = link.key("observed");
  const dueKey = link.key("due");
  return {
    note(conversation, lookAgainInMs = null) {
      local.note(conversation, lookAgainInMs);
      const { id } = conversation;
      void (async () => {
        const isObserved = (await local.changedAmong([conversation])).length === 0;
        await link.ask((client) => {
          const pipeline = client.pipeline();
          if (isObserved) pipeline.zadd(versionsKey, conversation.updatedAt, id);
          else pipeline.zrem(versionsKey, id);
          pipeline.zremrangebyrank(versionsKey, 0, -maxConversations - 1);
          if (lookAgainInMs === null) pipeline.zrem(dueKey, id);
          else pipeline.zadd(dueKey, clock() + lookAgainInMs, id);
          return pipeline.exec();
        });
      })().catch(() => undefined);
    },
    async changedAmong(found) {
      if (found.length === 0) return [];
      const ids = found.map(({ id }) => id);
      try {
        const versions = await link.ask((client) => client.zmscore(versionsKey, ...ids));
        return found.filter(({ updatedAt }, index) => {
          const version = versions[index] ?? null;
          return version === null || updatedAt > Number(version);
        });
      } catch {
        return local.changedAmong(found);
      }
    },
    async due() {
      const mine = await local.due();
      try {
        const ids = await link.ask((client) => client.eval(takeDue, 1, dueKey, clock()));
        return [...new Set([...mine, ...(ids as string[])])];
      } catch {
        return mine;
      }
    },
  };
}
