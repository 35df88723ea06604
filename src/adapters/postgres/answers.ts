import { randomUUID } from "node:crypto";

import { idOfPart, isSameAnswer, placeBehind, placeOf } from "../../core/knowledge/answer-keys.ts";
import {
  type AnswerFilter,
  type AnswerPage,
  entersCatalogue,
  type RememberedAnswer,
  type StoredAnswer,
} from "../../core/knowledge/answer-memory.ts";
import type { Filling } from "../../lib/by-meaning/fill.ts";
import type { FullTextHit } from "../../lib/full-text/ranking.ts";
import { asStored, jsonOf, textOf } from "./as-stored.ts";
import type { Database } from "./database.ts";
import { createFullText } from "./full-text.ts";
import type { Row, Sql } from "./sql.ts";
import { type ByMeaning, createVectors, type Embedded, searchWith } from "./vectors.ts";

/** A question asked before is a better sign than an answer that happens to use the same words. */
const weights = { question: 2, answer: 1 };

const embeddedAnswers: Embedded = {
  table: "answer",
  from: (schema) => `${schema}.answer AS answer`,
  text: "answer.question || chr(10) || answer.answer",
  // What may be recalled has words (`entersCatalogue`).
  only: "answer.words IS NOT NULL",
};

/** The answers in the schema; each method sends its statements with the `Sql` that it is given. */
export type Answers = {
  /**
   * Stores each, or replaces the one of the same conversation, part and status; to be run in a
   * transaction.
   * @returns their ids, in the same order
   */
  put(sql: Sql, answers: RememberedAnswer[]): Promise<string[]>;
  /** Stores each under its id, in this order; to be run in a transaction. */
  putAs(sql: Sql, answers: ReadonlyMap<string, RememberedAnswer>): Promise<void>;
  /** Puts another version in the place of the one with that id. @returns whether there is one */
  replace(sql: Sql, id: string, answer: RememberedAnswer): Promise<boolean>;
  /** Those of the catalogue that fit, best first. */
  search(query: string, limit: number, signal: AbortSignal): Promise<FullTextHit[]>;
  /** What gives them vectors; `null` where there is no embeddings model. */
  filling: Filling | null;
  /** Whether any of them is for some askers only. */
  isAnyForSome(sql: Sql): Promise<boolean>;
  /** Those of these rows that are there. */
  read(sql: Sql, rows: number[]): Promise<Map<number, StoredAnswer>>;
  list(
    sql: Sql,
    filter: AnswerFilter,
    page: { limit: number; after: string | null },
  ): Promise<AnswerPage>;
  /** Decided drafts that were written from that source, newest first. */
  usesOf(sql: Sql, id: string): Promise<StoredAnswer[]>;
  readById(sql: Sql, id: string): Promise<StoredAnswer | null>;
  newest(sql: Sql, limit: number): Promise<StoredAnswer[]>;
  withVerdict(sql: Sql): Promise<StoredAnswer[]>;
  ofConversation(sql: Sql, conversationId: string): Promise<StoredAnswer[]>;
  remove(sql: Sql, id: string): Promise<boolean>;
  /** @returns how many were removed. */
  removeConversation(sql: Sql, conversationId: string, partId: string | null): Promise<number>;
};

/** What stands for an answer in its row, in one order; given as JSON, read as these types. */
const columns = {
  id: "text",
  question: "text",
  answer: "text",
  status: "text",
  author: "text",
  conversation_id: "text",
  part_id: "text",
  at: "bigint",
  language: "text",
  url: "text",
  decision: "json",
  verdict: "json",
  drafted_from: "json",
  changes: "json",
  suggested_for: "text",
  brand: "text",
  for_whom: "json",
  words: "tsvector",
  lengths: "int[]",
  words_in: "text",
};
const names = Object.keys(columns).join(", ");
const types = Object.entries(columns)
  .map(([name, type]) => `${name} ${type}`)
  .join(", ");
const updates = Object.keys(columns)
  .filter((name) => name !== "id")
  .map((name) => `${name} = excluded.${name}`)
  .join(", ");

export function createAnswers(database: Database, byMeaning: ByMeaning | null): Answers {
  const { schema } = database;
  const table = `${schema}.answer`;
  const fullText = createFullText(database, { table: "answer", weights });
  const vectors =
    byMeaning && createVectors(database, embeddedAnswers, { ...byMeaning, what: "answers" });

  /** @returns the row of each id. */
  const write = async (
    sql: Sql,
    answers: ReadonlyMap<string, RememberedAnswer>,
  ): Promise<Map<string, number>> => {
    const found = [...answers].filter(([, answer]) => entersCatalogue(answer));
    const words = await fullText.index(
      sql,
      found.map(([, { question, answer, language }]) => ({ texts: [question, answer], language })),
    );
    const wordsOf = new Map(found.map(([id], index) => [id, words[index]]));
    const rows = await sql.query(
      `INSERT INTO ${table} (${names})
       SELECT ${names} FROM json_to_recordset($1) AS given (${types})
       ON CONFLICT (id) DO UPDATE SET ${updates}
       RETURNING row, id`,
      [jsonOf([...answers].map(([id, answer]) => ({ ...rowOf(id, answer), ...wordsOf.get(id) })))],
    );
    return new Map(rows.map(({ id, row }) => [String(id), Number(row)]));
  };

  const all = async (sql: Sql, rest: string, values: unknown[] = []): Promise<StoredAnswer[]> =>
    (await sql.query(`SELECT ${table}.* FROM ${table} ${rest}`, values)).map(toAnswer);

  const putAs: Answers["putAs"] = async (sql, answers) => {
    const rows = await write(sql, answers);
    await writeUses(sql, schema, answers, rows);
  };

  return {
    put: async (sql, given) => {
      const identified = given.map((answer): [string, RememberedAnswer] => {
        const one = asStored(answer);
        return [idOfPart(one) ?? randomUUID(), one];
      });
      // In one order by all, so that none waits for another who waits for it.
      const inOrder = new Map(identified.toSorted(([one], [other]) => (one < other ? -1 : 1)));
      const before = new Map(
        (await all(sql, "WHERE id = ANY ($1)", [[...inOrder.keys()]])).map((one) => [one.id, one]),
      );
      for (const [id, answer] of inOrder) {
        const known = before.get(id);
        if (known !== undefined && isSameAnswer(known, answer)) inOrder.delete(id);
      }
      if (inOrder.size > 0) await putAs(sql, inOrder);
      return identified.map(([id]) => id);
    },
    putAs,
    replace: async (sql, id, answer) => {
      const [found] = await sql.query(`SELECT FROM ${table} WHERE id = $1 FOR UPDATE`, [id]);
      if (found === undefined) return false;
      await write(sql, new Map([[id, asStored(answer)]]));
      return true;
    },
    search: (query, limit, signal) =>
      searchWith(vectors, query, limit, signal, (most) => fullText.search(query, most, signal)),
    filling: vectors?.filling ?? null,
    isAnyForSome: async (sql) => {
      const found = await sql.query(
        `SELECT 1 FROM ${table} WHERE brand IS NOT NULL
         UNION ALL SELECT 1 FROM ${table} WHERE for_whom IS NOT NULL LIMIT 1`,
      );
      return found.length > 0;
    },
    read: async (sql, rows) => {
      const found = await sql.query(`SELECT * FROM ${table} WHERE row = ANY ($1)`, [rows]);
      return new Map(found.map((row) => [Number(row.row), toAnswer(row)]));
    },
    list: async (sql, filter, { limit, after }) => {
      const { condition, values } = conditionOf(filter, schema);
      const { at, id } = placeOf(after);
      const place = values.length;
      const [rows, counted] = await Promise.all([
        sql.query(
          `SELECT answer.*, ${countOfUses(schema)} AS uses FROM ${table} AS answer
           WHERE ${condition} AND at <= $${place + 1} AND (at < $${place + 1} OR id > $${place + 2})
           ORDER BY at DESC, id LIMIT $${place + 3}`,
          [...values, at, id, limit + 1],
        ),
        sql.query(`SELECT count(*) AS total FROM ${table} AS answer WHERE ${condition}`, values),
      ]);
      const shown = rows
        .slice(0, limit)
        .map((row) => ({ ...toAnswer(row), uses: Number(row.uses) }));
      const last = shown.at(-1);
      return {
        answers: shown,
        total: Number(counted[0]?.total),
        next: rows.length > limit && last !== undefined ? placeBehind(last) : null,
      };
    },
    usesOf: (sql, id) =>
      all(
        sql,
        `JOIN ${schema}.answer_use USING (row)
         WHERE source_id = $1 AND status <> 'forgotten' ORDER BY at DESC, id`,
        [textOf(id)],
      ),
    readById: async (sql, id) => (await all(sql, "WHERE id = $1", [textOf(id)]))[0] ?? null,
    newest: (sql, limit) =>
      all(sql, "WHERE status <> 'forgotten' ORDER BY at DESC, id LIMIT $1", [limit]),
    withVerdict: (sql) =>
      all(sql, "WHERE verdict IS NOT NULL AND status <> 'forgotten' ORDER BY at, id"),
    ofConversation: (sql, conversationId) =>
      all(sql, "WHERE conversation_id = $1 ORDER BY at, id", [textOf(conversationId)]),
    remove: async (sql, id) => {
      const gone = await sql.query(`DELETE FROM ${table} WHERE id = $1 RETURNING row`, [
        textOf(id),
      ]);
      return gone.length > 0;
    },
    removeConversation: async (sql, conversationId, partId) => {
      const gone = await sql.query(
        `DELETE FROM ${table}
         WHERE conversation_id = $1 AND ($2::text IS NULL OR part_id = $2) RETURNING row`,
        [textOf(conversationId), partId === null ? null : textOf(partId)],
      );
      return gone.length;
    },
  };
}

/** What decided drafts were written from, anew for these answers. */
async function writeUses(
  sql: Sql,
  schema: string,
  answers: ReadonlyMap<string, RememberedAnswer>,
  rows: ReadonlyMap<string, number>,
): Promise<void> {
  const table = `${schema}.answer_use`;
  await sql.query(`DELETE FROM ${table} WHERE row = ANY ($1)`, [[...rows.values()]]);
  const uses = [...answers].flatMap(([id, { verdict, draftedFrom }]) =>
    verdict === undefined ? [] : draftedFrom.map((source_id) => ({ source_id, row: rows.get(id) })),
  );
  if (uses.length === 0) return;
  await sql.query(
    `INSERT INTO ${table} (source_id, row)
     SELECT source_id, row FROM json_to_recordset($1) AS given (source_id text, row bigint)
     ON CONFLICT DO NOTHING`,
    [jsonOf(uses)],
  );
}

function rowOf(id: string, answer: RememberedAnswer): Record<string, unknown> {
  return {
    id,
    question: answer.question,
    answer: answer.answer,
    status: answer.status,
    author: answer.author,
    conversation_id: answer.conversationId,
    part_id: answer.partId,
    at: answer.at,
    language: answer.language,
    url: answer.url,
    decision: answer.decision,
    verdict: answer.verdict,
    drafted_from: answer.draftedFrom,
    changes: answer.changes,
    suggested_for: answer.suggestedFor,
    brand: answer.brand,
    for_whom: answer.forWhom,
  };
}

/** A reply that went out by itself and was audited later counts once. */
const countOfUses = (schema: string) => `(
  (SELECT count(*) FROM ${schema}.answer_use WHERE source_id = answer.id) +
  (SELECT count(*) FROM ${schema}.turn_use JOIN ${schema}.turn USING (row)
   WHERE source_id = answer.id AND NOT EXISTS (
     SELECT FROM ${schema}.answer AS audit
     WHERE audit.conversation_id = turn.conversation_id AND audit.part_id = turn.part_id
       AND audit.verdict IS NOT NULL)))`;

function conditionOf(
  filter: AnswerFilter,
  schema: string,
): { condition: string; values: unknown[] } {
  const conditions: string[] = ["status <> 'forgotten'"];
  const values: unknown[] = [];
  const add = (condition: (place: string) => string, value: unknown): void => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  add((place) => `status = ANY (${place})`, filter.statuses);
  if (filter.authors !== undefined) add((place) => `author = ANY (${place})`, filter.authors);
  if (filter.language === "unknown") conditions.push("language IS NULL");
  else if (filter.language !== undefined) {
    add((place) => `language = ${place}`, textOf(filter.language));
  }
  if (filter.by !== undefined) {
    const standsFor = "coalesce(changes -> -1 ->> 'by', verdict ->> 'by')";
    add((place) => `${standsFor} = ${place}`, textOf(filter.by));
  }
  if (filter.since !== undefined) add((place) => `at >= ${place}`, filter.since);
  if (filter.before !== undefined) add((place) => `at < ${place}`, filter.before);
  if (filter.isUsed !== undefined) {
    conditions.push(`${countOfUses(schema)} ${filter.isUsed ? ">" : "="} 0`);
  }
  return { condition: conditions.join(" AND "), values };
}

/** Rows are our own writing, so their columns are taken at their word. */
export function toAnswer(row: Row): StoredAnswer {
  const { verdict, changes, suggested_for: suggestedFor, brand, for_whom: forWhom } = row;
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
    decision: row.decision as StoredAnswer["decision"],
    ...(verdict === null ? {} : { verdict: verdict as NonNullable<StoredAnswer["verdict"]> }),
    draftedFrom: row.drafted_from as string[],
    ...(changes === null ? {} : { changes: changes as NonNullable<StoredAnswer["changes"]> }),
    ...(suggestedFor === null ? {} : { suggestedFor: String(suggestedFor) }),
    ...(brand === null ? {} : { brand: String(brand) }),
    ...(forWhom === null ? {} : { forWhom: forWhom as NonNullable<StoredAnswer["forWhom"]> }),
    score: null,
  };
}
