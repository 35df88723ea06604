import type { RememberedTurn, Whose } from "../../core/ports.ts";
import { asStored, jsonOf, textOf } from "./as-stored.ts";
import type { Database } from "./database.ts";
import { createFullText } from "./full-text.ts";
import type { Row, Sql } from "./sql.ts";

/** What was said in conversations; each method sends its statements with the `Sql` that it is given. */
export type Turns = {
  /** Stores each; a part that is there already gets the newer text. To be run in a transaction. */
  put(sql: Sql, turns: RememberedTurn[]): Promise<void>;
  /** What that contact said and heard in other conversations, best first. */
  search(
    query: string,
    whose: Whose,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ turn: RememberedTurn; score: number }[]>;
  /** The same in the order in which they are given, each once and without what cannot be kept. */
  putInOrder(sql: Sql, turns: RememberedTurn[]): Promise<void>;
  ofConversation(sql: Sql, conversationId: string): Promise<RememberedTurn[]>;
  /** Replies that went out by themselves and were written from that source, newest first. */
  usesOf(sql: Sql, sourceId: string): Promise<RememberedTurn[]>;
  find(
    sql: Sql,
    which: { contactId: string } | { before: number },
    limit: number,
  ): Promise<RememberedTurn[]>;
  /** @returns how many were there. */
  remove(sql: Sql, turns: RememberedTurn[]): Promise<number>;
  /** @returns how many were removed. */
  removeConversation(sql: Sql, conversationId: string, partId: string | null): Promise<number>;
};

export function createTurns(database: Database): Turns {
  const { schema } = database;
  const table = `${schema}.turn`;
  const uses = `${schema}.turn_use`;
  const fullText = createFullText(database, { table: "turn", weights: { text: 1 } });
  const names = "conversation_id, part_id, contact_id, speaker, text, at, words, lengths, words_in";

  const all = async (sql: Sql, rest: string, values: unknown[]): Promise<RememberedTurn[]> =>
    (await sql.query(`SELECT ${table}.* FROM ${table} ${rest}`, values)).map(toTurn);

  const putInOrder: Turns["putInOrder"] = async (sql, turns) => {
    // What language they wrote in nobody has said.
    const texts = turns.map(({ text }) => ({ texts: [text], language: null }));
    const words = await fullText.index(sql, texts);
    const rows = await sql.query(
      `INSERT INTO ${table} AS turn (${names})
         SELECT ${names} FROM json_to_recordset($1) AS given (
           conversation_id text, part_id text, contact_id text, speaker text, text text, at bigint,
           words tsvector, lengths int[], words_in text)
         ON CONFLICT (conversation_id, part_id) DO UPDATE SET
           contact_id = excluded.contact_id, speaker = excluded.speaker, text = excluded.text,
           at = excluded.at, words_in = excluded.words_in, lengths = excluded.lengths,
           words = excluded.words
         WHERE (turn.contact_id, turn.speaker, turn.text, turn.at)
           IS DISTINCT FROM (excluded.contact_id, excluded.speaker, excluded.text, excluded.at)
         RETURNING row, conversation_id, part_id`,
      [jsonOf(turns.map((turn, index) => ({ ...rowOf(turn), ...words[index] })))],
    );
    // What is read from Intercom later does not say what it was written from: that stays known.
    const said = turns.filter(({ draftedFrom }) => draftedFrom !== undefined);
    if (said.length === 0) return;
    const changed = new Set(rows.map((row) => keyOf(toTurn(row))));
    const anew = said.filter((turn) => changed.has(keyOf(turn)));
    await sql.query(
      `DELETE FROM ${uses} USING ${table}, json_to_recordset($1) AS given (conversation_id text, part_id text)
         WHERE ${uses}.row = ${table}.row AND ${table}.conversation_id = given.conversation_id
           AND ${table}.part_id = given.part_id`,
      [jsonOf(anew.map(rowOf))],
    );
    await sql.query(
      `INSERT INTO ${uses} (source_id, row)
         SELECT source_id, row
         FROM json_to_recordset($1) AS given (conversation_id text, part_id text, source_id text)
         JOIN ${table} USING (conversation_id, part_id)
         ORDER BY source_id, row ON CONFLICT DO NOTHING`,
      [
        jsonOf(
          said.flatMap(({ conversationId, partId, draftedFrom = [] }) =>
            draftedFrom.map((source_id) => ({
              conversation_id: conversationId,
              part_id: partId,
              source_id,
            })),
          ),
        ),
      ],
    );
  };

  return {
    put: (sql, given) => {
      const stored = given.map((turn) => asStored(turn));
      const keyed = stored.map((turn): [string, RememberedTurn] => [keyOf(turn), turn]);
      // In one order by all, so that none waits for another who waits for it.
      const inOrder = new Map(keyed.toSorted(([one], [other]) => (one < other ? -1 : 1)));
      return putInOrder(sql, [...inOrder.values()]);
    },
    putInOrder,
    search: async (query, { contactId, inConversation }, limit, signal) => {
      const theirs = [textOf(contactId), textOf(inConversation)];
      const hits = await fullText.search(query, limit, signal, (parameter) => {
        const [contact, current] = theirs.map(parameter);
        return `contact_id = ${contact} AND conversation_id <> ${current}`;
      });
      if (hits.length === 0) return [];
      // The contact is asked for here too: whatever the index finds, it is never another contact's.
      const rows = await database.ask("search", signal, (sql) =>
        sql.query(
          `SELECT * FROM ${table}
           WHERE row = ANY ($1) AND contact_id = $2 AND conversation_id <> $3`,
          [hits.map(({ row }) => row), ...theirs],
        ),
      );
      const turnOf = new Map(rows.map((row) => [Number(row.row), toTurn(row)]));
      return hits.flatMap(({ row, score }) => {
        const turn = turnOf.get(row);
        return turn === undefined ? [] : [{ turn, score }];
      });
    },
    ofConversation: (sql, conversationId) =>
      all(sql, "WHERE conversation_id = $1 ORDER BY at, part_id", [textOf(conversationId)]),
    usesOf: (sql, sourceId) =>
      all(sql, `JOIN ${uses} USING (row) WHERE source_id = $1 ORDER BY at DESC, row`, [
        textOf(sourceId),
      ]),
    find: (sql, which, limit) => {
      const most = Number.isFinite(limit) ? limit : null;
      return "contactId" in which
        ? all(sql, "WHERE contact_id = $1 LIMIT $2", [textOf(which.contactId), most])
        : all(sql, "WHERE at < $1 LIMIT $2", [which.before, most]);
    },
    remove: async (sql, turns) => {
      const gone = await sql.query(
        `DELETE FROM ${table} USING json_to_recordset($1) AS given (conversation_id text, part_id text)
         WHERE ${table}.conversation_id = given.conversation_id
           AND ${table}.part_id = given.part_id
         RETURNING ${table}.row`,
        [jsonOf(turns.map(rowOf))],
      );
      return gone.length;
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

function keyOf({ conversationId, partId }: RememberedTurn): string {
  return JSON.stringify([conversationId, partId]);
}

function rowOf(turn: RememberedTurn): Record<string, unknown> {
  return {
    conversation_id: turn.conversationId,
    part_id: turn.partId,
    contact_id: turn.contactId,
    speaker: turn.speaker,
    text: turn.text,
    at: turn.at,
  };
}

export function toTurn(row: Row): RememberedTurn {
  return {
    conversationId: String(row.conversation_id),
    partId: String(row.part_id),
    contactId: String(row.contact_id),
    speaker: row.speaker as RememberedTurn["speaker"],
    text: String(row.text),
    at: Number(row.at),
  };
}
