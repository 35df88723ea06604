import type { ArticleChange } from "../../core/knowledge/article-changes.ts";
import {
  articleOfChange,
  type Contents,
  changeKey,
  copyMark,
  type KeptAnswer,
  type KeptArticle,
  type KeptCheckpoint,
  type KeptSource,
  type KeptTurn,
  type MemoryContents,
  partOfTurn,
  turnKey,
} from "../../core/knowledge/memory-contents.ts";
import { headingsIn } from "../../core/knowledge/reading-around.ts";
import { createAnswers, toAnswer } from "./answers.ts";
import { asStored, jsonOf } from "./as-stored.ts";
import type { Database } from "./database.ts";
import { createFullText } from "./full-text.ts";
import type { Row, Sql } from "./sql.ts";
import { createTurns, toTurn } from "./turns.ts";

/**
 * All that the database holds, to be read and written.
 *
 * @param database closed with it
 */
export function createPostgresContents(database: Database): MemoryContents {
  return {
    answers: answersIn(database),
    turns: turnsIn(database),
    sources: sourcesIn(database),
    articles: articlesIn(database),
    changes: changesIn(database),
    checkpoints: checkpointsIn(database),
    asKept: asStored,
    close: async () => database.close(),
  };
}

/** What all kinds are read with: the columns of a table by its rows, and by a condition. */
function readingOf<T>(
  { schema, ask }: Database,
  { table, columns = "*", read }: { table: string; columns?: string; read(row: Row): T },
) {
  const query = (text: string, values: unknown[], signal: AbortSignal) =>
    ask(`copy ${table}`, signal, (sql) => sql.query(text, values));
  return {
    async where(condition: string, values: unknown[], signal: AbortSignal): Promise<T[]> {
      const text = `SELECT ${columns} FROM ${schema}.${table} WHERE ${condition} ORDER BY row`;
      return (await query(text, values, signal)).map(read);
    },
    async count(signal: AbortSignal): Promise<number> {
      const [counted] = await query(`SELECT count(*) AS count FROM ${schema}.${table}`, [], signal);
      return Number(counted?.count);
    },
    async page(after: number | null, limit: number, signal: AbortSignal) {
      const rows = await query(
        `SELECT ${columns}, row AS place FROM ${schema}.${table} WHERE row > $1 ORDER BY row LIMIT $2`,
        [after ?? -1, limit],
        signal,
      );
      const last = rows.at(-1)?.place;
      return { items: rows.map(read), last: last === undefined ? null : Number(last) };
    },
  };
}

function answersIn(database: Database): Contents<KeptAnswer> {
  const { putAs } = createAnswers(database, null);
  const { where, count, page } = readingOf(database, {
    table: "answer",
    read(row): KeptAnswer {
      const { score: _score, ...kept } = toAnswer(row);
      return kept;
    },
  });
  return {
    keyOf: ({ id }) => id,
    count,
    page,
    find: (ids, signal) => where("id = ANY ($1)", [ids], signal),
    put: (answers, signal) =>
      database.inTransaction("copy answer", signal, (sql) =>
        putAs(sql, new Map(answers.map(({ id, ...answer }) => [id, answer]))),
      ),
    remove: (ids, signal) =>
      database.inTransaction("copy answer", signal, async (sql) => {
        await sql.query(`DELETE FROM ${database.schema}.answer WHERE id = ANY ($1)`, [ids]);
      }),
  };
}

function turnsIn(database: Database): Contents<KeptTurn> {
  const { schema, inTransaction } = database;
  const { putInOrder } = createTurns(database);
  const uses = `array(SELECT source_id FROM ${schema}.turn_use
                      WHERE turn_use.row = turn.row ORDER BY source_id COLLATE "C")`;
  const { where, count, page } = readingOf(database, {
    table: "turn",
    columns: `*, ${uses} AS uses`,
    read: (row): KeptTurn => ({ ...toTurn(row), draftedFrom: row.uses as string[] }),
  });
  const partsAmong = (keys: string[]) => {
    const parts = keys.map(partOfTurn);
    return [parts.map(([conversationId]) => conversationId), parts.map(([, partId]) => partId)];
  };
  const among = "(conversation_id, part_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))";
  const remove = (sql: Sql, keys: string[]) =>
    sql.query(`DELETE FROM ${schema}.turn WHERE ${among}`, partsAmong(keys));
  return {
    keyOf: turnKey,
    count,
    page,
    find: (keys, signal) => where(among, partsAmong(keys), signal),
    put: (turns, signal) =>
      inTransaction("copy turn", signal, async (sql) => {
        // What one was written from is only ever added to it.
        await remove(sql, turns.map(turnKey));
        await putInOrder(sql, turns);
      }),
    remove: (keys, signal) =>
      inTransaction("copy turn", signal, async (sql) => {
        await remove(sql, keys);
      }),
  };
}

/** There are a few: one page has them all. */
function sourcesIn({ schema, ask, inTransaction }: Database): Contents<KeptSource> {
  const table = `${schema}.article_kind`;
  const call = "copy article_kind";
  const query = async (condition: string, values: unknown[], signal: AbortSignal) => {
    const text = `SELECT * FROM ${table} WHERE for_whom IS NOT NULL AND ${condition} ORDER BY kind`;
    const rows = await ask(call, signal, (sql) => sql.query(text, values));
    return rows.map(({ kind, for_whom: forWhom }) => {
      return { kind: String(kind), forWhom: forWhom as KeptSource["forWhom"] };
    });
  };
  return {
    keyOf: ({ kind }) => kind,
    count: async (signal) => (await query("true", [], signal)).length,
    page: async (after, _limit, signal) =>
      after === null
        ? { items: await query("true", [], signal), last: 0 }
        : { items: [], last: null },
    find: (kinds, signal) => query("kind = ANY ($1)", [kinds], signal),
    put: (sources, signal) =>
      inTransaction(call, signal, async (sql) => {
        await sql.query(
          `INSERT INTO ${table} (kind, for_whom)
           SELECT kind, for_whom FROM json_to_recordset($1) AS given (kind text, for_whom json)
           ON CONFLICT (kind) DO UPDATE SET for_whom = excluded.for_whom`,
          [jsonOf(sources.map(({ kind, forWhom }) => ({ kind, for_whom: forWhom })))],
        );
      }),
    remove: (kinds, signal) =>
      inTransaction(call, signal, async (sql) => {
        await sql.query(`UPDATE ${table} SET for_whom = NULL WHERE kind = ANY ($1)`, [kinds]);
      }),
  };
}

function articlesIn(database: Database): Contents<KeptArticle> {
  const { schema, inTransaction } = database;
  const fullText = createFullText(database, {
    table: "passage",
    weights: { title: 1, heading: 1, text: 1 },
  });
  const passages = `(SELECT coalesce(json_agg(json_build_object(
                       'text', text, 'anchor', anchor, 'lead', lead) ORDER BY position), '[]')
                     FROM ${schema}.passage WHERE article_row = article.row)`;
  const { where, count, page } = readingOf(database, {
    table: "article",
    columns: `*, ${passages} AS passages`,
    read: (row): KeptArticle => ({
      id: String(row.id),
      articleId: String(row.article_id),
      kind: String(row.kind),
      title: String(row.title),
      url: row.url as string | null,
      language: row.language as string | null,
      updatedAt: row.updated_at as number | null,
      isInternal: row.is_internal === true,
      version: row.version as string | null,
      passages: row.passages as KeptArticle["passages"],
    }),
  });
  /** All in a few statements: each one updates what is known of the words. */
  const put = async (sql: Sql, articles: KeptArticle[]): Promise<void> => {
    const written = await sql.query(
      `INSERT INTO ${schema}.article (id, article_id, kind, fingerprint, title, url, language,
                                      updated_at, is_internal, version)
       SELECT id, article_id, kind, '', title, url, language, updated_at, is_internal, version
       FROM json_to_recordset($1) AS given (
         id text, article_id text, kind text, title text, url text, language text,
         updated_at bigint, is_internal boolean, version text)
       RETURNING id, row`,
      [
        jsonOf(
          articles.map(({ articleId, updatedAt, isInternal, passages: _, ...article }) => ({
            ...article,
            article_id: articleId,
            updated_at: updatedAt,
            is_internal: isInternal,
          })),
        ),
      ],
    );
    const rowOf = new Map(written.map(({ id, row }) => [id, row]));
    const all = articles.flatMap(({ id, title, language, passages: its }) =>
      its.map((passage, position) => {
        const headings = headingsIn(`${passage.lead ?? ""}\n${passage.text}`).join("\n");
        const indexable = { texts: [title, headings, passage.text], language };
        return { indexable, row: { article_row: rowOf.get(id), position, ...passage } };
      }),
    );
    const words = await fullText.index(
      sql,
      all.map(({ indexable }) => indexable),
    );
    await sql.query(
      `INSERT INTO ${schema}.passage (article_row, position, text, anchor, lead, words, lengths, words_in)
       SELECT article_row, position, text, anchor, lead, words, lengths, words_in
       FROM json_to_recordset($1) AS passage (
         article_row bigint, position int, text text, anchor text, lead text,
         words tsvector, lengths int[], words_in text)`,
      [jsonOf(all.map(({ row }, index) => ({ ...row, ...words[index] })))],
    );
  };
  const remove = (sql: Sql, ids: string[]) =>
    sql.query(`DELETE FROM ${schema}.article WHERE id = ANY ($1)`, [ids]);
  return {
    keyOf: ({ id }) => id,
    count,
    page,
    find: (ids, signal) => where("id = ANY ($1)", [ids], signal),
    put: (articles, signal) =>
      inTransaction("copy article", signal, async (sql) => {
        await remove(
          sql,
          articles.map(({ id }) => id),
        );
        await put(sql, articles);
      }),
    remove: (ids, signal) =>
      inTransaction("copy article", signal, async (sql) => {
        await remove(sql, ids);
      }),
  };
}

function changesIn(database: Database): Contents<ArticleChange> {
  const { schema, inTransaction } = database;
  const read = (row: Row): ArticleChange => ({
    articleId: String(row.article_id),
    title: String(row.title),
    url: row.url as string | null,
    at: Number(row.at),
    differences: row.differences as ArticleChange["differences"],
  });
  const { where, count, page } = readingOf(database, { table: "article_change", read });
  const remove = async (sql: Sql, keys: string[]): Promise<void> => {
    const rows = await sql.query(
      `SELECT * FROM ${schema}.article_change WHERE article_id = ANY ($1)`,
      [keys.map(articleOfChange)],
    );
    const gone = rows.filter((row) => keys.includes(changeKey(read(row))));
    await sql.query(`DELETE FROM ${schema}.article_change WHERE row = ANY ($1)`, [
      gone.map(({ row }) => row),
    ]);
  };
  return {
    keyOf: changeKey,
    count,
    page,
    async find(keys, signal) {
      const found = await where("article_id = ANY ($1)", [keys.map(articleOfChange)], signal);
      return found.filter((change) => keys.includes(changeKey(change)));
    },
    put: (changes, signal) =>
      inTransaction("copy article_change", signal, async (sql) => {
        await remove(sql, changes.map(changeKey));
        await sql.query(
          `INSERT INTO ${schema}.article_change (article_id, title, url, at, differences)
           SELECT article_id, title, url, at, differences FROM json_to_recordset($1) AS given (
             article_id text, title text, url text, at bigint, differences json)`,
          [
            jsonOf(
              changes.map(({ articleId, ...change }) => ({ article_id: articleId, ...change })),
            ),
          ],
        );
      }),
    remove: (keys, signal) =>
      inTransaction("copy article_change", signal, (sql) => remove(sql, keys)),
  };
}

function checkpointsIn({ schema, ask, inTransaction }: Database): Contents<KeptCheckpoint> {
  const table = `${schema}.checkpoint`;
  const call = "copy checkpoint";
  const query = async (text: string, values: unknown[], signal: AbortSignal) => {
    const rows = await ask(call, signal, (sql) => sql.query(text, values));
    return rows.map(({ key, value }) => ({ key: String(key), value: String(value) }));
  };
  return {
    keyOf: ({ key }) => key,
    count: async (signal) =>
      (await query(`SELECT * FROM ${table} WHERE key <> $1`, [copyMark], signal)).length,
    // There are a few: one page has them all.
    page: async (after, _limit, signal) => {
      if (after !== null) return { items: [], last: null };
      const text = `SELECT * FROM ${table} WHERE key <> $1 ORDER BY key`;
      return { items: await query(text, [copyMark], signal), last: 0 };
    },
    find: (keys, signal) => query(`SELECT * FROM ${table} WHERE key = ANY ($1)`, [keys], signal),
    put: (checkpoints, signal) =>
      inTransaction(call, signal, async (sql) => {
        await sql.query(
          `INSERT INTO ${table} (key, value)
           SELECT key, value FROM json_to_recordset($1) AS given (key text, value text)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
          [jsonOf(checkpoints)],
        );
      }),
    remove: (keys, signal) =>
      inTransaction(call, signal, async (sql) => {
        await sql.query(`DELETE FROM ${table} WHERE key = ANY ($1)`, [keys]);
      }),
  };
}
