import type {
  AnswerMemory,
  RememberedAnswer,
  StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import { entersCatalogue } from "../../core/knowledge/answer-memory.ts";
import { answerSource, turnSource } from "../../core/knowledge/memory-sources.ts";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { fuse } from "../../lib/full-text/rank-fusion.ts";
import type { FullTextHit } from "../../lib/full-text/ranking.ts";
import { createAnswers } from "./answers.ts";
import { inTransaction, openDatabase } from "./database.ts";
import { createTurns } from "./turns.ts";
import { createVectors, type Embedder } from "./vectors.ts";

/** How many of the best matches by words are compared by meaning. */
const rerankedByMeaning = 200;
/** Texts per call to the embeddings model. */
const embeddedAtOnce = 64;
/** Rows per transaction: what keeps the event loop free for a customer's recall in between. */
const writtenAtOnce = 200;

export type SqliteMemory = AnswerMemory & {
  /**
   * Embeds what has no vector yet (an embeddings model was set later, or was down).
   * @returns how many were embedded.
   */
  fillVectors(signal: AbortSignal): Promise<number>;
};

/**
 * The embedded answer memory: one SQLite file, nothing to install.
 *
 * @param options.directory where `memory.sqlite` is kept, or ":memory:".
 * @param options.embedder ranks the best matches by meaning too; `null` leaves it at words.
 */
export function createSqliteMemory(options: {
  directory: string;
  embedder: Embedder | null;
  log: Log;
}): SqliteMemory {
  const { embedder, log } = options;
  const database = openDatabase(options.directory);
  const answers = createAnswers(database);
  const turns = createTurns(database);
  const vectors = embedder === null ? null : createVectors(database, embedder.model);
  const readCheckpoint = database.prepare("SELECT value FROM checkpoint WHERE key = ?");
  const writeCheckpoint = database.prepare(
    "INSERT INTO checkpoint (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );

  /** `null` when the embeddings model is not there; a wrong vector is thrown, not passed over. */
  const embed = async (texts: string[], signal: AbortSignal): Promise<Float32Array[] | null> => {
    if (embedder === null || vectors === null || texts.length === 0) return null;
    let embedded: Float32Array[];
    try {
      embedded = await embedder.embed(texts, signal);
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ error: error instanceof Error ? error.message : "failed" }, "embedding failed");
      return null;
    }
    vectors.check(embedded, texts.length);
    return embedded;
  };

  const embedRows = async (
    rows: { row: number; text: string }[],
    signal: AbortSignal,
  ): Promise<number> => {
    const embedded = await embed(
      rows.map(({ text }) => text),
      signal,
    );
    if (embedded === null || vectors === null) return 0;
    inTransaction(database, () => {
      for (const [index, { row }] of rows.entries()) {
        const vector = embedded[index];
        // It may have been forgotten while the model was thinking.
        if (vector !== undefined && answers.read(row) !== null) vectors.put(row, vector);
      }
    });
    return rows.length;
  };

  const rank = async (
    query: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<FullTextHit[]> => {
    if (vectors === null) return answers.search(query, limit);
    const byWords = answers.search(query, Math.max(limit, rerankedByMeaning));
    const queryVector = byWords.length === 0 ? null : await embed([query], signal);
    const meaning = queryVector?.[0];
    if (meaning === undefined) return byWords.slice(0, limit);
    const candidates = byWords.map(({ row, score }) => ({
      row,
      byWords: score,
      byMeaning: vectors.similarity(row, meaning),
    }));
    return fuse(candidates).slice(0, limit);
  };

  const findInCatalogue = async (
    query: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<StoredAnswer[]> => {
    const hits = await rank(query, limit, signal);
    return hits.flatMap(({ row, score }) => {
      const answer = answers.read(row);
      return answer === null ? [] : [{ ...answer, score }];
    });
  };

  return {
    recallAnswers: (query, { limit }, signal) =>
      attempt("recallAnswers", signal, async () =>
        (await findInCatalogue(query, limit, signal)).map(answerSource),
      ),

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
      attempt("fillVectors", signal, async () => {
        if (vectors === null) return 0;
        let filled = 0;
        while (true) {
          const rows = vectors.missing(embeddedAtOnce);
          const embedded = rows.length === 0 ? 0 : await embedRows(rows, signal);
          if (embedded === 0) return filled;
          filled += embedded;
        }
      }),
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
