import { isTold, whyNotFor } from "../../core/for-whom.ts";
import type {
  AnswerMemory,
  RememberedAnswer,
  StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import { entersCatalogue } from "../../core/knowledge/answer-memory.ts";
import { copyMark } from "../../core/knowledge/memory-contents.ts";
import { answerSource, turnSource } from "../../core/knowledge/memory-sources.ts";
import type { Log } from "../../core/ports.ts";
import type { Source } from "../../core/types.ts";
import type { QueryEmbedder } from "../../lib/by-meaning/embedder.ts";
import { embeddable, embeddedAtOnce } from "../../lib/by-meaning/fill.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { patienceOf } from "../../lib/patience.ts";
import { createAnswers } from "./answers.ts";
import { inTransaction, openDatabase } from "./database.ts";
import { createHybridSearch } from "./hybrid-search.ts";
import { createTurns } from "./turns.ts";
import type { Embedded } from "./vectors.ts";

/** How many are looked through at most for those that are for who asks. */
const lookedThrough = 400;
/** Whoever stores an answer waits; what has no vector by then gets it later. */
const embeddingPatienceMs = 10_000;
/** As it is embedded when it is stored. */
const embeddedAnswers: Embedded = {
  table: "answer",
  from: "answer",
  text: "question || char(10) || answer",
  // What may be recalled has words in the index (`entersCatalogue`).
  only: "EXISTS (SELECT 1 FROM answer_words WHERE answer_words.rowid = answer.row)",
};
/** Rows per transaction: what keeps the event loop free for a customer's recall in between. */
const writtenAtOnce = 200;

/**
 * The embedded answer memory: one SQLite file, nothing to install.
 *
 * @param options.directory where `memory.sqlite` is kept, or ":memory:".
 * @param options.embedder finds by meaning too; `null` leaves it at words.
 */
export function createSqliteMemory(options: {
  directory: string;
  embedder: QueryEmbedder | null;
  log: Log;
}): AnswerMemory {
  const { embedder, log } = options;
  const database = openDatabase(options.directory);
  const answers = createAnswers(database);
  const turns = createTurns(database);
  const search = createHybridSearch(database, {
    embedded: embeddedAnswers,
    embedder,
    byWords: answers.search,
    what: "answers",
    log,
  });
  const readCheckpoint = database.prepare("SELECT value FROM checkpoint WHERE key = ?");
  const writeCheckpoint = database.prepare(
    "INSERT INTO checkpoint (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );

  // From now on it is used, and no copy of another memory any more.
  if (readCheckpoint.get(copyMark) !== undefined) {
    database.prepare("DELETE FROM checkpoint WHERE key = ?").run(copyMark);
  }

  const embedRows = async (
    rows: { row: number; text: string }[],
    caller: AbortSignal,
  ): Promise<void> => {
    if (embedder === null || search.meaning === null) return;
    const { vectors, filling } = search.meaning;
    const { signal, end } = patienceOf(embeddingPatienceMs, caller);
    let embedded: Float32Array[];
    try {
      const texts = rows.map(({ text }) => embeddable(text));
      embedded = await embedder.embed(texts, signal);
    } catch (error) {
      caller.throwIfAborted();
      filling.changed();
      log.warn({ error: error instanceof Error ? error.message : "failed" }, "embedding failed");
      return;
    } finally {
      end();
    }
    vectors.check(embedded, rows.length);
    vectors.fill(rows, embedded);
  };

  const findInCatalogue = async (
    query: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<StoredAnswer[]> => {
    const hits = await search.search(query, limit, signal);
    return hits.flatMap(({ row, score }) => {
      const answer = answers.read(row);
      return answer === null || !entersCatalogue(answer) ? [] : [{ ...answer, score }];
    });
  };

  return {
    recallAnswers: (query, wanted, signal) =>
      attempt("recallAnswers", signal, async () => {
        const { limit } = wanted;
        const isFiltered = isTold(wanted) && answers.isAnyForSome();
        const asked = isFiltered ? Math.max(limit, lookedThrough) : limit;
        const found: Source[] = [];
        for (const { row, score } of await search.search(query, asked, signal)) {
          const answer = answers.read(row);
          if (answer === null || !entersCatalogue(answer)) continue;
          const source = answerSource({ ...answer, score });
          if (whyNotFor(source.forWhom, wanted) === null) found.push(source);
          else wanted.onLeftOut?.(source);
          if (found.length === limit) break;
        }
        return found;
      }),

    recallConversations: (query, whose, limit, signal) =>
      attempt("recallConversations", signal, async () =>
        (whose.contactId === "" ? [] : turns.search(query, whose, limit)).map(({ turn, score }) =>
          turnSource(turn, score),
        ),
      ),

    rememberTurns: (remembered, signal) =>
      attempt("rememberTurns", signal, async () => {
        const known = remembered.filter(({ contactId }) => contactId !== "");
        for (const batch of batches(known, writtenAtOnce)) {
          inTransaction(database, () => {
            for (const turn of batch) turns.put(turn);
          });
          await nextTick();
        }
      }),

    rememberAnswers: (remembered, signal) =>
      attempt("rememberAnswers", signal, async () => {
        const stored: { id: string; row: number; isNew: boolean; answer: RememberedAnswer }[] = [];
        for (const batch of batches(remembered, writtenAtOnce)) {
          inTransaction(database, () => {
            for (const answer of batch) stored.push({ ...answers.put(answer), answer });
          });
          await nextTick();
        }
        const recallable = stored.filter(({ isNew, answer }) => isNew && entersCatalogue(answer));
        for (const batch of batches(recallable, embeddedAtOnce)) {
          const rows = batch.map(({ row, answer }) => ({
            row,
            text: `${answer.question}\n${answer.answer}`,
          }));
          await embedRows(rows, signal);
        }
        return stored.map(({ id }) => id);
      }),

    findAnswers: (query, limit, signal) =>
      attempt("findAnswers", signal, async () =>
        query === null ? answers.newest(limit) : findInCatalogue(query, limit, signal),
      ),

    findVerdicts: (signal) => attempt("findVerdicts", signal, async () => answers.withVerdict()),

    findConversation: (conversationId, signal) =>
      attempt("findConversation", signal, async () => ({
        answers: answers.ofConversation(conversationId),
        turns: turns.ofConversation(conversationId),
      })),

    readAnswer: (id, signal) => attempt("readAnswer", signal, async () => answers.readById(id)),

    replaceAnswer: (id, answer, signal) =>
      attempt("replaceAnswer", signal, async () => {
        const row = inTransaction(database, () => answers.replace(id, answer));
        if (row === null) return null;
        if (entersCatalogue(answer)) {
          await embedRows([{ row, text: `${answer.question}\n${answer.answer}` }], signal);
        }
        return id;
      }),

    listAnswers: (filter, page, signal) =>
      attempt("listAnswers", signal, async () => answers.list(filter, page)),

    findUses: (id, signal) =>
      attempt("findUses", signal, async () => ({
        decided: answers.usesOf(id),
        sent: turns.usesOf(id),
      })),

    abilities: { countsUses: true, knowsSentUses: true, keepsIds: true },

    forgetAnswer: (id, signal) =>
      attempt("forgetAnswer", signal, async () =>
        inTransaction(database, () => answers.remove(id)),
      ),

    forgetConversation: (conversationId, partId, signal) =>
      attempt("forgetConversation", signal, async () =>
        inTransaction(
          database,
          () =>
            answers.removeConversation(conversationId, partId) +
            turns.removeConversation(conversationId, partId),
        ),
      ),

    findTurns: (which, limit, signal) =>
      attempt("findTurns", signal, async () => turns.find(which, limit)),

    forgetTurns: (remembered, signal) =>
      attempt("forgetTurns", signal, async () => {
        let removed = 0;
        for (const batch of batches(remembered, writtenAtOnce)) {
          inTransaction(database, () => {
            for (const turn of batch) if (turns.remove(turn)) removed += 1;
          });
          await nextTick();
        }
        return removed;
      }),

    readCheckpoint: (key, signal) =>
      attempt("readCheckpoint", signal, async () => {
        const value = readCheckpoint.get(key)?.value;
        return typeof value === "string" ? value : null;
      }),

    writeCheckpoint: (key, value, signal) =>
      attempt("writeCheckpoint", signal, async () => {
        writeCheckpoint.run(key, value);
      }),

    close: () => database.close(),

    fillVectors: (signal) =>
      attempt("fillVectors", signal, async () => (await search.meaning?.filling.fill(signal)) ?? 0),
  };
}

/** What the file system or SQLite refuses is named like any other outside call. */
async function attempt<T>(call: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof UpstreamError || signal.aborted ? cause : sqliteFailure(call, cause);
  }
}

/** SQLite's messages name tables and reasons ("database is locked"), never contents. */
function sqliteFailure(call: string, cause: unknown): UpstreamError {
  const result = cause instanceof Error ? cause.message : "failed";
  return new UpstreamError("sqlite", call, result, { cause });
}

function batches<T>(items: T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    result.push(items.slice(start, start + size));
  }
  return result;
}

/** Lets waiting requests go first. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
