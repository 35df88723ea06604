import { LRUCache } from "lru-cache";
import type { KeptDraft, TurnKey, TurnRecord } from "../../core/answering/turn-record.ts";
import type { Card } from "../../core/types.ts";
import type { Seal } from "../../lib/seal.ts";
import type { RedisLink } from "./redis-link.ts";

export type SharedTurns = {
  /** Takes over what other replicas noted about a conversation; without Redis nothing. */
  load(conversationId: string): Promise<void>;
  /** The record for that conversation: what is noted in it reaches the other replicas. */
  of(conversationId: string): TurnRecord;
  /** Resolves when what was noted so far has reached Redis, or cannot. */
  settled(): Promise<void>;
};

/** A turn that has no outcome by then is left to people, or answered long ago. */
const keptForSeconds = 86_400;
const maxCountedRefusals = 10_000;

/**
 * Lets the replicas share their record of turns: nothing is drafted twice because another replica goes
 * on with it, and which message a reply answered is known to all. Drafts and cards carry customers'
 * words, so they are sealed.
 *
 * @param local where this replica keeps what it knows; it serves alone while Redis is away
 */
export function createSharedTurns(link: RedisLink, seal: Seal, local: TurnRecord): SharedTurns {
  const underWay = new Set<Promise<unknown>>();
  /** How many refusals of a turn are in the local record, so that none is counted twice. */
  const refusals = new LRUCache<string, number>({ max: maxCountedRefusals });
  const keyOf = (conversationId: string) => link.key(`turns:${conversationId}`);
  const pack = (value: unknown) => seal.close(JSON.stringify(value));

  function write(conversationId: string, commands: (string | number)[][]): void {
    const key = keyOf(conversationId);
    const writing = link
      .ask((client) => {
        const pipeline = client.pipeline();
        for (const [command = "", ...rest] of commands)
          pipeline.call(String(command), key, ...rest);
        return pipeline.expire(key, keptForSeconds).exec();
      })
      .catch(() => undefined)
      .finally(() => underWay.delete(writing));
    underWay.add(writing);
  }

  function takeOver(field: string, value: string): void {
    const [kind, id = ""] = field.split("|");
    const turn: TurnKey = { basePartId: id };
    if (kind === "replied") local.replied("", id, value);
    else if (kind === "refused") {
      for (let count = refusals.get(id) ?? 0; count < Number(value); count++) local.refused(turn);
      refusals.set(id, Math.max(refusals.get(id) ?? 0, Number(value)));
    } else {
      const text = seal.open(value);
      if (text === null) return;
      if (kind === "draft") local.keepDraft(turn, JSON.parse(text) as KeptDraft);
      if (kind === "card") local.keepCard(turn, JSON.parse(text) as Card);
    }
  }

  return {
    async load(conversationId) {
      const noted = await link
        .ask((client) => client.hgetall(keyOf(conversationId)))
        .catch(() => ({}));
      for (const [field, value] of Object.entries(noted)) takeOver(field, value);
    },
    of: (conversationId) => ({
      ...local,
      keepDraft(turn, kept) {
        local.keepDraft(turn, kept);
        write(conversationId, [["HSET", `draft|${turn.basePartId}`, pack(kept)]]);
      },
      keepCard(turn, card) {
        local.keepCard(turn, card);
        write(conversationId, [["HSET", `card|${turn.basePartId}`, pack(card)]]);
      },
      refused(turn) {
        local.refused(turn);
        refusals.set(turn.basePartId, (refusals.get(turn.basePartId) ?? 0) + 1);
        write(conversationId, [["HINCRBY", `refused|${turn.basePartId}`, 1]]);
      },
      finished(turn) {
        local.finished(turn);
        const fields = ["draft", "card", "refused"].map((kind) => `${kind}|${turn.basePartId}`);
        write(conversationId, [["HDEL", ...fields]]);
      },
      replied(_conversationId, replyId, basePartId) {
        local.replied(conversationId, replyId, basePartId);
        write(conversationId, [["HSET", `replied|${replyId}`, basePartId]]);
      },
    }),
    async settled() {
      await Promise.all(underWay);
    },
  };
}
