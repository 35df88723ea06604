import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

import {
  entersCatalogue,
  type RememberedAnswer,
  type StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import { createFtsSearch, type FtsHit } from "./fts-search.ts";
import { toIndexText } from "./fts-words.ts";

/** A question asked before is a better sign than an answer that happens to use the same words. */
const questionWeight = 2;
const answerWeight = 1;

/** The answers in the file; every method is one short synchronous piece of work. */
export type Answers = {
  /** Stores one, or replaces the one of the same conversation, part and status. */
  put(answer: RememberedAnswer): { id: string; row: number; isNew: boolean };
  search(query: string, limit: number): FtsHit[];
  read(row: number): StoredAnswer | null;
  readById(id: string): StoredAnswer | null;
  newest(limit: number): StoredAnswer[];
  withVerdict(): StoredAnswer[];
  ofConversation(conversationId: string): StoredAnswer[];
  remove(id: string): boolean;
  /** @returns how many were removed. */
  removeConversation(conversationId: string, partId: string | null): number;
};

export function createAnswers(database: DatabaseSync): Answers {
  const fullText = createFtsSearch(database, {
    table: "answer_words",
    weights: { question: questionWeight, answer: answerWeight },
  });
  const readId = database.prepare("SELECT * FROM answer WHERE id = ?");
  const insert = database.prepare(
    `INSERT INTO answer (id, question, answer, status, author, conversation_id, part_id, at,
                         language, url, decision, verdict, drafted_from)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING row`,
  );
  const insertWords = database.prepare(
    "INSERT INTO answer_words (rowid, question, answer) VALUES (?, ?, ?)",
  );
  const removeRow = database.prepare("DELETE FROM answer WHERE row = ?");
  const removeWords = database.prepare("DELETE FROM answer_words WHERE rowid = ?");
  const readRow = database.prepare("SELECT * FROM answer WHERE row = ?");
  const readNewest = database.prepare(
    "SELECT * FROM answer WHERE status <> 'forgotten' ORDER BY at DESC, id LIMIT ?",
  );
  const readVerdicts = database.prepare(
    "SELECT * FROM answer WHERE verdict IS NOT NULL AND status <> 'forgotten' ORDER BY at, id",
  );
  const readConversation = database.prepare(
    "SELECT * FROM answer WHERE conversation_id = ? ORDER BY at, id",
  );

  const removeByRow = (row: number): void => {
    removeWords.run(row);
    removeRow.run(row);
  };

  return {
    put: (answer) => {
      const id = idOf(answer);
      const before = readId.get(id);
      if (before !== undefined) {
        const row = Number(before.row);
        if (isSame(toAnswer(before), answer)) return { id, row, isNew: false };
        removeByRow(row);
      }
      const inserted = insert.get(
        id,
        answer.question,
        answer.answer,
        answer.status,
        answer.author,
        answer.conversationId,
        answer.partId,
        answer.at,
        answer.language,
        answer.url,
        answer.decision === null ? null : JSON.stringify(answer.decision),
        answer.verdict === undefined ? null : JSON.stringify(answer.verdict),
        JSON.stringify(answer.draftedFrom),
      );
      const row = Number(inserted?.row);
      if (entersCatalogue(answer)) {
        insertWords.run(row, toIndexText(answer.question), toIndexText(answer.answer));
      }
      return { id, row, isNew: true };
    },
    search: (query, limit) => fullText.search(query, limit),
    read: (row) => {
      const found = readRow.get(row);
      return found === undefined ? null : toAnswer(found);
    },
    readById: (id) => {
      const found = readId.get(id);
      return found === undefined ? null : toAnswer(found);
    },
    withVerdict: () => readVerdicts.all().map(toAnswer),
    newest: (limit) => readNewest.all(limit).map(toAnswer),
    ofConversation: (conversationId) => readConversation.all(conversationId).map(toAnswer),
    remove: (id) => {
      const row = readId.get(id)?.row;
      if (row !== undefined) removeByRow(Number(row));
      return row !== undefined;
    },
    removeConversation: (conversationId, partId) => {
      const rows = readConversation
        .all(conversationId)
        .filter((row) => partId === null || row.part_id === partId);
      for (const row of rows) removeByRow(Number(row.row));
      return rows.length;
    },
  };
}

/** The same answer gets the same id however often it is stored. */
function idOf({ status, conversationId, partId }: RememberedAnswer): string {
  if (conversationId === null || partId === null) return randomUUID();
  return `${status}-${conversationId}-${partId}`;
}

function isSame({ id, score, ...stored }: StoredAnswer, answer: RememberedAnswer): boolean {
  const keys = Object.keys({ ...stored, ...answer }) as (keyof RememberedAnswer)[];
  return keys.every((key) => JSON.stringify(stored[key]) === JSON.stringify(answer[key]));
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["all"]>[number];

/** Rows are our own writing, so their columns are taken at their word. */
function toAnswer(row: Row): StoredAnswer {
  const { decision, verdict } = row;
  return {
    id: String(row.id),
    question: String(row.question),
    answer: String(row.answer),
    status: row.status as StoredAnswer["status"],
    author: row.author as StoredAnswer["author"],
    conversationId: row.conversation_id as string | null,
    partId: row.part_id as string | null,
    at: Number(row.at),
    language: row.language as string | null,
    url: row.url as string | null,
    decision: typeof decision === "string" ? JSON.parse(decision) : null,
    ...(typeof verdict === "string" ? { verdict: JSON.parse(verdict) } : {}),
    draftedFrom: JSON.parse(String(row.drafted_from)),
    score: null,
  };
}
