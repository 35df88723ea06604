import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

import { idOfPart, isSameAnswer, placeBehind, placeOf } from "../../core/knowledge/answer-keys.ts";
import {
  type AnswerFilter,
  type AnswerPage,
  entersCatalogue,
  type RememberedAnswer,
  type StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import type { FullTextHit } from "../../lib/full-text/ranking.ts";
import { toIndexText } from "../../lib/full-text/words.ts";
import { createFtsSearch } from "./fts-search.ts";

/** A question asked before is a better sign than an answer that happens to use the same words. */
const questionWeight = 2;
const answerWeight = 1;

/** The answers in the file; every method is one short synchronous piece of work. */
export type Answers = {
  /** Stores one, or replaces the one of the same conversation, part and status. */
  put(answer: RememberedAnswer): { id: string; row: number; isNew: boolean };
  /** The same under a given id. */
  putAs(id: string, answer: RememberedAnswer): { id: string; row: number; isNew: boolean };
  /** Puts another version in the place of the one with that id. @returns its row, or `null` */
  replace(id: string, answer: RememberedAnswer): number | null;
  /** Whether any of them is for some askers only. */
  isAnyForSome(): boolean;
  search(query: string, limit: number): FullTextHit[];
  list(filter: AnswerFilter, page: { limit: number; after: string | null }): AnswerPage;
  /** Decided drafts that were written from that source, newest first. */
  usesOf(id: string): StoredAnswer[];
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
                         language, url, decision, verdict, drafted_from, changes, suggested_for, brand,
                         for_whom)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING row`,
  );
  const update = database.prepare(
    `UPDATE answer SET question = ?, answer = ?, status = ?, author = ?, conversation_id = ?,
                       part_id = ?, at = ?, language = ?, url = ?, decision = ?, verdict = ?,
                       drafted_from = ?, changes = ?, suggested_for = ?, brand = ?, for_whom = ?
     WHERE row = ?`,
  );
  const readAnyForSome = database.prepare(
    `SELECT 1 FROM answer WHERE brand IS NOT NULL
     UNION ALL SELECT 1 FROM answer WHERE for_whom IS NOT NULL LIMIT 1`,
  );
  const removeVector = database.prepare("DELETE FROM answer_vector WHERE row = ?");
  const insertUse = database.prepare(
    "INSERT OR IGNORE INTO answer_use (source_id, row) VALUES (?, ?)",
  );
  const readUses = database.prepare(
    `SELECT answer.* FROM answer_use JOIN answer ON answer.row = answer_use.row
     WHERE source_id = ? AND status <> 'forgotten' ORDER BY at DESC, id`,
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

  const index = (row: number, answer: RememberedAnswer): void => {
    if (!entersCatalogue(answer)) return;
    insertWords.run(row, toIndexText(answer.question), toIndexText(answer.answer));
  };

  const putAs: Answers["putAs"] = (id, answer) => {
    const before = readId.get(id);
    if (before !== undefined) {
      const row = Number(before.row);
      if (isSameAnswer(toAnswer(before), answer)) return { id, row, isNew: false };
      removeByRow(row);
    }
    const row = Number(insert.get(id, ...columnsOf(answer))?.row);
    index(row, answer);
    if (answer.verdict !== undefined) {
      for (const sourceId of answer.draftedFrom) insertUse.run(sourceId, row);
    }
    return { id, row, isNew: true };
  };

  return {
    put: (answer) => putAs(idOfPart(answer) ?? randomUUID(), answer),
    putAs,
    replace: (id, answer) => {
      const found = readId.get(id);
      if (found === undefined) return null;
      const row = Number(found.row);
      update.run(...columnsOf(answer), row);
      removeWords.run(row);
      removeVector.run(row);
      index(row, answer);
      return row;
    },
    search: (query, limit) => fullText.search(query, limit),
    list: (filter, { limit, after }) => {
      const { condition, values } = conditionOf(filter);
      const { at, id } = placeOf(after);
      const rows = database
        .prepare(
          `SELECT *, ${countOfUses} AS uses
           FROM answer WHERE ${condition} AND (at < ? OR (at = ? AND id > ?))
           ORDER BY at DESC, id LIMIT ?`,
        )
        .all(...values, at, at, id, limit + 1);
      const counted = database
        .prepare(`SELECT count(*) AS total FROM answer WHERE ${condition}`)
        .get(...values);
      const shown = rows
        .slice(0, limit)
        .map((row) => ({ ...toAnswer(row), uses: Number(row.uses) }));
      const last = shown.at(-1);
      return {
        answers: shown,
        total: Number(counted?.total),
        next: rows.length > limit && last !== undefined ? placeBehind(last) : null,
      };
    },
    isAnyForSome: () => readAnyForSome.get() !== undefined,
    usesOf: (id) => readUses.all(id).map(toAnswer),
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

/** What stands for an answer in its row, but for its id. */
function columnsOf(answer: RememberedAnswer): (string | number | null)[] {
  return [
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
    answer.changes === undefined ? null : JSON.stringify(answer.changes),
    answer.suggestedFor ?? null,
    answer.brand ?? null,
    answer.forWhom === undefined ? null : JSON.stringify(answer.forWhom),
  ];
}

/** A reply that went out by itself and was audited later counts once. */
const countOfUses = `(
  (SELECT count(*) FROM answer_use WHERE source_id = answer.id) +
  (SELECT count(*) FROM turn_use JOIN turn ON turn.row = turn_use.row
   WHERE source_id = answer.id AND NOT EXISTS (
     SELECT 1 FROM answer AS audit
     WHERE audit.conversation_id = turn.conversation_id AND audit.part_id = turn.part_id
       AND audit.verdict IS NOT NULL)))`;

function conditionOf(filter: AnswerFilter): { condition: string; values: (string | number)[] } {
  const conditions: string[] = ["status <> 'forgotten'"];
  const values: (string | number)[] = [];
  const add = (condition: string, ...its: (string | number)[]): void => {
    conditions.push(condition);
    values.push(...its);
  };
  const oneOf = (column: string, among: readonly string[]): void =>
    add(`${column} IN (${among.map(() => "?").join(", ")})`, ...among);
  oneOf("status", filter.statuses);
  if (filter.authors !== undefined) oneOf("author", filter.authors);
  if (filter.language === "unknown") add("language IS NULL");
  else if (filter.language !== undefined) add("language = ?", filter.language);
  if (filter.by !== undefined) {
    const standsFor =
      "coalesce(json_extract(changes, '$[#-1].by'), json_extract(verdict, '$.by')) = ?";
    add(standsFor, filter.by);
  }
  if (filter.since !== undefined) add("at >= ?", filter.since);
  if (filter.before !== undefined) add("at < ?", filter.before);
  if (filter.isUsed !== undefined) {
    add(`${countOfUses} ${filter.isUsed ? ">" : "="} 0`);
  }
  return { condition: conditions.join(" AND "), values };
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["all"]>[number];

/** Rows are our own writing, so their columns are taken at their word. */
export function toAnswer(row: Row): StoredAnswer {
  const { decision, verdict, changes, suggested_for: suggestedFor, brand, for_whom: forWhom } = row;
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
    ...(typeof changes === "string" ? { changes: JSON.parse(changes) } : {}),
    ...(typeof suggestedFor === "string" ? { suggestedFor } : {}),
    ...(typeof brand === "string" ? { brand } : {}),
    ...(typeof forWhom === "string" ? { forWhom: JSON.parse(forWhom) } : {}),
    score: null,
  };
}
