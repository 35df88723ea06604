import { whyNotFor } from "../../core/for-whom.ts";
import { fits } from "../../core/knowledge/answer-filter.ts";
import {
  type AnswerMemory,
  entersCatalogue,
  type RememberedAnswer,
  type StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import { answerSource, turnSource } from "../../core/knowledge/memory-sources.ts";
import type { RememberedTurn } from "../../core/ports.ts";
import type { Source } from "../../core/types.ts";
import type { Mem0Client } from "./mem0-client.ts";
import {
  answerMemory,
  checkpointMemory,
  toAnswer,
  toCheckpoint,
  toTurn,
  turnMemory,
} from "./mem0-memories.ts";
import { createPlatformClient } from "./platform-client.ts";
import { createServerClient } from "./server-client.ts";

/** Requests under way at once while many memories are stored or removed. */
const parallelWrites = 4;
/** More of one search are not asked for, while a customer waits. */
const mostSearched = 200;
/** Mem0 lists in an order of its own; the newest are looked for among this many. */
const listedForNewest = 200;

/**
 * The answer memory in Mem0. What is never recalled lives under a user of its own, so that no
 * search can find it; each contact's conversations under a user per contact, so that no search
 * reaches another's.
 *
 * @param options.kind the hosted platform, or the self-hosted server (`MEM0_KIND`).
 * @param options.namespace what all names begin with, so that several installations (or the chat
 *   page) can share a Mem0 project.
 * @param options.timeoutMs for each attempt; callers bound the whole by their signal.
 */
export function createMem0Memory(options: {
  kind: "platform" | "server";
  apiKey: string;
  baseUrl: string;
  namespace: string;
  timeoutMs: number;
}): AnswerMemory {
  const client =
    options.kind === "platform" ? createPlatformClient(options) : createServerClient(options);
  const names = namesIn(options.namespace);

  const storeAnswer = async (
    answer: RememberedAnswer,
    storedBefore: StoredAnswer[],
    signal: AbortSignal,
  ): Promise<string> => {
    const memory = memoryOf(answer);
    for (const stored of storedBefore.filter((other) => hasSameKey(other, answer))) {
      if (isSameAnswer(stored, answer)) return stored.id;
      // Removed first: Mem0 would take a new memory with the old one's text for known and drop it.
      await client.remove(stored.id, signal);
    }
    const id = await client.add(memory, signal);
    return id ?? (await findText(client, memory.text, memory.userId, signal));
  };

  const memoryOf = (answer: RememberedAnswer) => ({
    ...answerMemory(answer),
    userId: entersCatalogue(answer) ? names.catalogue : names.kept,
    scope: scopeOf(answer),
  });

  const scopeOf = ({ conversationId }: RememberedAnswer): string =>
    conversationId === null ? names.operators : names.conversation(conversationId);

  /** A Mem0 project may hold more than our answers, and those of other installations. */
  const readOwn = async (id: string, signal: AbortSignal) => {
    const record = await client.read(id, signal);
    if (record === null) return null;
    const isOurs = record.userId === null || record.userId.startsWith(`${options.namespace}:`);
    const answer = isOurs ? toAnswer({ ...record, score: null }) : null;
    return answer === null ? null : { answer, text: record.text };
  };

  const answersIn = async (scope: string, signal: AbortSignal): Promise<StoredAnswer[]> => {
    const records = await client.listScope(scope, signal);
    return records.flatMap((record) => toAnswer({ ...record, score: null }) ?? []);
  };

  return {
    recallAnswers: async (query, wanted, signal) => {
      const { limit } = wanted;
      // What is for others may stand in front: as many more are asked for as it takes.
      for (let asked = limit; ; asked *= 4) {
        const records = await client.search(query, names.catalogue, asked, signal);
        const found = records.flatMap((record) => {
          const answer = toAnswer(record);
          return answer !== null && entersCatalogue(answer) ? [answerSource(answer)] : [];
        });
        const isForOthers = ({ forWhom }: Source) => whyNotFor(forWhom, wanted) !== null;
        const others = found.filter(isForOthers);
        const fitting = found.filter((source) => !isForOthers(source));
        const isAll = others.length === 0 || records.length < asked || asked >= mostSearched;
        if (fitting.length < limit && !isAll) continue;
        for (const source of others) wanted.onLeftOut?.(source);
        return fitting.slice(0, limit);
      }
    },

    recallConversations: async (query, { contactId, inConversation }, limit, signal) => {
      signal.throwIfAborted();
      if (contactId === "") return [];
      // The conversation under way fits itself best: as many more are asked for as it takes.
      for (let asked = limit; ; asked *= 4) {
        const records = await client.search(query, names.contact(contactId), asked, signal);
        const found = records.flatMap((record) => {
          const turn = toTurn(record);
          const isTheirs = turn?.contactId === contactId;
          return turn !== null && isTheirs && turn.conversationId !== inConversation
            ? [turnSource(turn, record.score ?? 0)]
            : [];
        });
        const isAll = records.length < asked || asked >= mostSearched;
        if (found.length >= limit || isAll) return found.slice(0, limit);
      }
    },

    rememberTurns: async (turns, signal) => {
      const known = turns.filter(({ contactId }) => contactId !== "");
      const byConversation = Map.groupBy(known, ({ conversationId }) => conversationId);
      for (const [conversationId, said] of byConversation) {
        const scope = names.conversation(conversationId);
        const stored = await storedTurns(client, scope, signal);
        await inParallel(said, async (turn) => {
          const before = stored.get(turn.partId);
          if (before !== undefined && isSameTurn(before.turn, turn)) return;
          if (before !== undefined) await client.remove(before.id, signal);
          const userId = names.contact(turn.contactId);
          await client.add({ ...turnMemory(turn), userId, scope }, signal);
        });
      }
    },

    rememberAnswers: async (answers, signal) => {
      const scopes = new Set(
        answers.filter(({ partId }) => partId !== null).map((answer) => scopeOf(answer)),
      );
      const before = await inParallel([...scopes], (scope) => answersIn(scope, signal));
      return inParallel(answers, (answer) => storeAnswer(answer, before.flat(), signal));
    },

    findAnswers: async (query, limit, signal) => {
      if (query !== null) {
        const records = await client.search(query, names.catalogue, limit, signal);
        return records.flatMap((record) => toAnswer(record) ?? []);
      }
      const lists = await Promise.all([
        client.listUser(names.catalogue, Math.max(limit, listedForNewest), signal),
        client.listUser(names.kept, Math.max(limit, listedForNewest), signal),
      ]);
      return lists
        .flat()
        .flatMap((record) => toAnswer({ ...record, score: null }) ?? [])
        .filter(({ status }) => status !== "forgotten")
        .sort((a, b) => b.at - a.at)
        .slice(0, limit);
    },

    findVerdicts: async (signal) => {
      // Mem0 cannot be asked for verdicts alone.
      const records = await inParallel([names.catalogue, names.kept], (userId) =>
        client.listUser(userId, Number.POSITIVE_INFINITY, signal),
      );
      return records
        .flat()
        .flatMap((record) => toAnswer({ ...record, score: null }) ?? [])
        .filter(({ verdict, status }) => verdict !== undefined && status !== "forgotten");
    },

    findConversation: async (conversationId, signal) => {
      const records = await client.listScope(names.conversation(conversationId), signal);
      return {
        answers: records
          .flatMap((record) => toAnswer({ ...record, score: null }) ?? [])
          .sort((a, b) => a.at - b.at),
        turns: records.flatMap((record) => toTurn(record) ?? []).sort((a, b) => a.at - b.at),
      };
    },

    readAnswer: async (id, signal) => (await readOwn(id, signal))?.answer ?? null,

    replaceAnswer: async (id, answer, signal) => {
      const stored = await readOwn(id, signal);
      if (stored === null) return null;
      const memory = memoryOf(answer);
      const add = async () =>
        (await client.add(memory, signal)) ??
        (await findText(client, memory.text, memory.userId, signal));
      // Mem0 would take the same text of the same user for known and drop it, so that one goes first.
      if (memory.text === stored.text && memory.userId === memoryOf(stored.answer).userId) {
        await client.remove(id, signal);
        return add();
      }
      const newId = await add();
      await client.remove(id, signal);
      return newId;
    },

    listAnswers: async (filter, { limit, after }, signal) => {
      const lists = await inParallel([names.catalogue, names.kept], (userId) =>
        client.listUser(userId, Number.POSITIVE_INFINITY, signal),
      );
      const fitting = lists
        .flat()
        .flatMap((record) => toAnswer({ ...record, score: null }) ?? [])
        .filter((answer) => fits(answer, filter))
        .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
      const start = Number(after ?? 0);
      const answers = fitting
        .slice(start, start + limit)
        .map((answer) => ({ ...answer, uses: null }));
      const end = start + answers.length;
      return {
        answers,
        total: fitting.length,
        next: end < fitting.length ? String(end) : null,
      };
    },

    findUses: async (id, signal) => {
      const records = await inParallel([names.catalogue, names.kept], (userId) =>
        client.listUser(userId, Number.POSITIVE_INFINITY, signal),
      );
      const decided = records
        .flat()
        .flatMap((record) => toAnswer({ ...record, score: null }) ?? [])
        .filter((answer) => answer.verdict !== undefined && answer.draftedFrom.includes(id))
        .sort((a, b) => b.at - a.at);
      return { decided, sent: [] };
    },

    abilities: { countsUses: false, knowsSentUses: false, keepsIds: false },

    forgetAnswer: async (id, signal) => {
      if ((await readOwn(id, signal)) === null) return false;
      await client.remove(id, signal);
      return true;
    },

    forgetConversation: async (conversationId, partId, signal) => {
      const records = await client.listScope(names.conversation(conversationId), signal);
      const ofPart = records.filter(
        (record) =>
          partId === null || (toAnswer(record)?.partId ?? toTurn(record)?.partId) === partId,
      );
      await inParallel(ofPart, ({ id }) => client.remove(id, signal));
      return ofPart.length;
    },

    findTurns: async (which, limit, signal) => {
      const records =
        "contactId" in which
          ? await client.listUser(names.contact(which.contactId), limit, signal)
          : await client.listKind("turn", signal);
      const isWanted = (turn: RememberedTurn) =>
        "contactId" in which ? turn.contactId === which.contactId : turn.at < which.before;
      return records
        .flatMap((record) => toTurn(record) ?? [])
        .filter(isWanted)
        .slice(0, limit);
    },

    forgetTurns: async (turns, signal) => {
      const byConversation = Map.groupBy(turns, ({ conversationId }) => conversationId);
      let removed = 0;
      for (const [conversationId, gone] of byConversation) {
        const stored = await storedTurns(client, names.conversation(conversationId), signal);
        const ids = gone.flatMap(({ partId }) => stored.get(partId)?.id ?? []);
        await inParallel(ids, (id) => client.remove(id, signal));
        removed += ids.length;
      }
      return removed;
    },

    readCheckpoint: async (key, signal) => {
      const checkpoints = await storedCheckpoints(client, names.checkpoint(key), signal);
      return checkpoints[0]?.value ?? null;
    },

    writeCheckpoint: async (key, value, signal) => {
      const scope = names.checkpoint(key);
      const before = await storedCheckpoints(client, scope, signal);
      const at = Math.max(Date.now(), (before[0]?.at ?? 0) + 1);
      await client.add(
        { ...checkpointMemory(value, at), userId: names.checkpoints, scope },
        signal,
      );
      // Afterwards, so that there is one at every moment; the newest counts.
      for (const { id } of before) await client.remove(id, signal);
    },

    close: () => {},
  };
}

function namesIn(namespace: string) {
  return {
    catalogue: `${namespace}:answers`,
    kept: `${namespace}:kept`,
    operators: `${namespace}:operators`,
    checkpoints: `${namespace}:checkpoints`,
    contact: (contactId: string) => `${namespace}:contact:${contactId}`,
    conversation: (conversationId: string) => `${namespace}:conversation:${conversationId}`,
    checkpoint: (key: string) => `${namespace}:checkpoint:${key}`,
  };
}

/** Whether storing the one replaces the other. */
function hasSameKey(a: RememberedAnswer, b: RememberedAnswer): boolean {
  return (
    a.conversationId !== null &&
    a.partId !== null &&
    a.conversationId === b.conversationId &&
    a.partId === b.partId &&
    a.status === b.status
  );
}

function isSameAnswer(a: RememberedAnswer, b: RememberedAnswer): boolean {
  return JSON.stringify(answerMemory(a)) === JSON.stringify(answerMemory(b));
}

async function storedTurns(client: Mem0Client, scope: string, signal: AbortSignal) {
  const records = await client.listScope(scope, signal);
  return new Map(
    records.flatMap((record) => {
      const turn = toTurn(record);
      return turn === null ? [] : [[turn.partId, { id: record.id, turn }] as const];
    }),
  );
}

/** Newest first. */
async function storedCheckpoints(client: Mem0Client, scope: string, signal: AbortSignal) {
  const records = await client.listScope(scope, signal);
  return records
    .flatMap((record) => {
      const checkpoint = toCheckpoint(record);
      return checkpoint === null ? [] : [{ id: record.id, ...checkpoint }];
    })
    .sort((a, b) => b.at - a.at);
}

/** The id of a text that Mem0 has had before. */
async function findText(
  client: Mem0Client,
  text: string,
  userId: string,
  signal: AbortSignal,
): Promise<string> {
  const records = await client.search(text, userId, 5, signal);
  return records.find((record) => record.text === text)?.id ?? "";
}

function isSameTurn(a: RememberedTurn, b: RememberedTurn): boolean {
  return JSON.stringify(turnMemory(a)) === JSON.stringify(turnMemory(b));
}

/**
 * Runs the work for every item, a few at a time; results keep their order. After a failure nothing
 * new is begun, and it is thrown when all that was under way has ended: whoever tries again then
 * sees what has been stored.
 */
async function inParallel<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const failures: unknown[] = [];
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: parallelWrites }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
