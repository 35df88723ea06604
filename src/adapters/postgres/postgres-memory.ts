import { isTold, whyNotFor } from "../../core/for-whom.ts";
import {
  type AnswerMemory,
  entersCatalogue,
  type StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import { copyMark } from "../../core/knowledge/memory-contents.ts";
import { answerSource, turnSource } from "../../core/knowledge/memory-sources.ts";
import type { Source } from "../../core/types.ts";
import type { FullTextHit } from "../../lib/full-text/ranking.ts";
import { createAnswers } from "./answers.ts";
import { textOf } from "./as-stored.ts";
import type { Database } from "./database.ts";
import { createTurns } from "./turns.ts";
import type { ByMeaning } from "./vectors.ts";

/** Rows per transaction: other replicas that write the same table wait for no longer than that. */
const writtenAtOnce = 200;
/** How many are looked through at most for those that are for who asks, and how many at once. */
const lookedThrough = 400;
const readAtOnce = 40;

/**
 * The answer memory in PostgreSQL, for several hosts. Every method fails with an UpstreamError while
 * the database is away, and works again when it is back.
 *
 * @param database closed with the memory
 * @param byMeaning finds by meaning too, where the database can; `null` leaves it at words
 */
export function createPostgresMemory(
  database: Database,
  byMeaning: ByMeaning | null = null,
): AnswerMemory {
  const answers = createAnswers(database, byMeaning);
  const turns = createTurns(database);
  const checkpoints = `${database.schema}.checkpoint`;
  const { ask } = database;
  let used: Promise<unknown> | null = null;

  const inTransaction: Database["inTransaction"] = async (call, signal, work) => {
    await using(signal);
    return database.inTransaction(call, signal, work);
  };

  /** Whatever writes here uses it: from then on it is no copy of another memory any more. */
  const using = async (signal: AbortSignal): Promise<void> => {
    used ??= ask("use", signal, (sql) =>
      sql.query(`DELETE FROM ${checkpoints} WHERE key = $1`, [copyMark]),
    ).catch((error: unknown) => {
      used = null;
      throw error;
    });
    await used;
  };

  const read = async (hits: FullTextHit[], signal: AbortSignal): Promise<StoredAnswer[]> => {
    if (hits.length === 0) return [];
    const rows = hits.map(({ row }) => row);
    const found = await ask("search", signal, (sql) => answers.read(sql, rows));
    return hits.flatMap(({ row, score }) => {
      const answer = found.get(row);
      return answer === undefined || !entersCatalogue(answer) ? [] : [{ ...answer, score }];
    });
  };

  return {
    recallAnswers: async (query, wanted, signal) => {
      const { limit } = wanted;
      const isFiltered =
        isTold(wanted) && (await ask("recallAnswers", signal, answers.isAnyForSome));
      const asked = isFiltered ? Math.max(limit, lookedThrough) : limit;
      const hits = await answers.search(query, asked, signal);
      const found: Source[] = [];
      for (const batch of batches(hits, Math.max(limit, readAtOnce))) {
        for (const source of (await read(batch, signal)).map(answerSource)) {
          if (whyNotFor(source.forWhom, wanted) === null) found.push(source);
          else wanted.onLeftOut?.(source);
          if (found.length === limit) return found;
        }
      }
      return found;
    },

    recallConversations: async (query, whose, limit, signal) => {
      if (whose.contactId === "") return [];
      const found = await turns.search(query, whose, limit, signal);
      return found.map(({ turn, score }) => turnSource(turn, score));
    },

    rememberTurns: async (remembered, signal) => {
      const known = remembered.filter(({ contactId }) => contactId !== "");
      for (const batch of batches(known, writtenAtOnce)) {
        await inTransaction("rememberTurns", signal, (sql) => turns.put(sql, batch));
      }
    },

    rememberAnswers: async (remembered, signal) => {
      const ids: string[] = [];
      for (const batch of batches(remembered, writtenAtOnce)) {
        ids.push(
          ...(await inTransaction("rememberAnswers", signal, (sql) => answers.put(sql, batch))),
        );
      }
      answers.filling?.changed();
      return ids;
    },

    findAnswers: async (query, limit, signal) =>
      query === null
        ? await ask("findAnswers", signal, (sql) => answers.newest(sql, limit))
        : await read(await answers.search(query, limit, signal), signal),

    findVerdicts: (signal) => ask("findVerdicts", signal, answers.withVerdict),

    findConversation: (conversationId, signal) =>
      ask("findConversation", signal, async (sql) => {
        const [itsAnswers, itsTurns] = await Promise.all([
          answers.ofConversation(sql, conversationId),
          turns.ofConversation(sql, conversationId),
        ]);
        return { answers: itsAnswers, turns: itsTurns };
      }),

    readAnswer: (id, signal) => ask("readAnswer", signal, (sql) => answers.readById(sql, id)),

    replaceAnswer: async (id, answer, signal) => {
      const isThere = await inTransaction("replaceAnswer", signal, (sql) =>
        answers.replace(sql, id, answer),
      );
      answers.filling?.changed();
      return isThere ? id : null;
    },

    listAnswers: (filter, page, signal) =>
      ask("listAnswers", signal, (sql) => answers.list(sql, filter, page)),

    findUses: (id, signal) =>
      ask("findUses", signal, async (sql) => {
        const [decided, sent] = await Promise.all([answers.usesOf(sql, id), turns.usesOf(sql, id)]);
        return { decided, sent };
      }),

    abilities: { countsUses: true, knowsSentUses: true, keepsIds: true },

    forgetAnswer: async (id, signal) => {
      const isGone = await inTransaction("forgetAnswer", signal, (sql) => answers.remove(sql, id));
      answers.filling?.changed();
      return isGone;
    },

    forgetConversation: async (conversationId, partId, signal) => {
      const removed = await inTransaction(
        "forgetConversation",
        signal,
        async (sql) =>
          (await answers.removeConversation(sql, conversationId, partId)) +
          (await turns.removeConversation(sql, conversationId, partId)),
      );
      answers.filling?.changed();
      return removed;
    },

    findTurns: (which, limit, signal) =>
      ask("findTurns", signal, (sql) => turns.find(sql, which, limit)),

    forgetTurns: async (remembered, signal) => {
      let removed = 0;
      for (const batch of batches(remembered, writtenAtOnce)) {
        removed += await inTransaction("forgetTurns", signal, (sql) => turns.remove(sql, batch));
      }
      return removed;
    },

    readCheckpoint: (key, signal) =>
      ask("readCheckpoint", signal, async (sql) => {
        const [found] = await sql.query(`SELECT value FROM ${checkpoints} WHERE key = $1`, [key]);
        return found === undefined ? null : String(found.value);
      }),

    writeCheckpoint: (key, value, signal) =>
      ask("writeCheckpoint", signal, async (sql) => {
        await sql.query(
          `INSERT INTO ${checkpoints} (key, value) VALUES ($1, $2)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
          [key, textOf(value)],
        );
      }),

    fillVectors: async (signal) => (await answers.filling?.fill(signal)) ?? 0,

    close: () => database.close(),
  };
}

function batches<T>(items: T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    result.push(items.slice(start, start + size));
  }
  return result;
}
