import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
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
import { toIndexText } from "../../lib/full-text/words.ts";
import { createAnswers, toAnswer } from "./answers.ts";
import { inTransaction, openDatabase } from "./database.ts";
import { migrations } from "./migrations.ts";
import { createTurns, toTurn } from "./turns.ts";

/** A running service may hold the file for a moment. */
const busyTimeoutMs = 10_000;
const fileName = "memory.sqlite";

/** What stands in the way of reading or filling the file, as a sentence for a person. */
class FileError extends Error {
  override readonly name = "FileError";
}

/**
 * All that the file holds, to be read. Nothing in it is changed, and a service may go on with it.
 *
 * @param path the file, or the folder (DATA_DIR) in which it is
 * @throws FileError
 */
export function readSqliteContents(path: string): MemoryContents {
  const file = fileAt(path);
  if (!existsSync(file)) throw new FileError(`${file} is not there.${remarkOnMock(file)}`);
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
  try {
    checkShape(database, file);
    return contentsOf(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * The same to be written; folder and file are made where there are none.
 *
 * @throws FileError, Error in words for people where the file cannot be written
 */
export function fillSqliteContents(path: string): MemoryContents {
  const isNewFolder = !existsSync(path) && extname(path) === "";
  const file = isNewFolder ? join(path, fileName) : fileAt(path);
  if (basename(file) !== fileName) {
    throw new FileError(`A memory that a service shall use is called ${fileName}: ${file} is not.`);
  }
  return contentsOf(openDatabase(dirname(file)));
}

/** Whoever has only tried it out so far has no memory but that of mock mode. */
function remarkOnMock(file: string): string {
  const folder = join(dirname(file), "mock");
  if (!existsSync(join(folder, fileName))) return "";
  return ` ${folder} is what was tried out in mock mode, which no customer should be answered from.`;
}

function fileAt(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, fileName) : path;
}

function checkShape(database: DatabaseSync, file: string): void {
  let shape: number;
  let tables: unknown[];
  try {
    shape = Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
    tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE name IN ('answer', 'turn', 'checkpoint')")
      .all();
  } catch (cause) {
    throw new FileError(`${file} is no memory: it cannot be read as a database.`, { cause });
  }
  if (tables.length < 3) {
    throw new FileError(`${file} is no memory: it holds no answers and turns.`);
  }
  if (shape > migrations.length) {
    throw new FileError(
      `${file} was written by a newer version (shape ${shape}, known are ${migrations.length}): update this installation first.`,
    );
  }
  if (shape < migrations.length) {
    throw new FileError(
      `${file} was written by an older version (shape ${shape} of ${migrations.length}): start this version on it once, which brings it up to date.`,
    );
  }
}

function contentsOf(database: DatabaseSync): MemoryContents {
  return {
    answers: answersIn(database),
    turns: turnsIn(database),
    sources: sourcesIn(database),
    articles: articlesIn(database),
    changes: changesIn(database),
    checkpoints: checkpointsIn(database),
    asKept: (one) => one,
    close: async () => database.close(),
  };
}

type Row = ReturnType<ReturnType<DatabaseSync["prepare"]>["all"]>[number];

/** What all kinds are read with: their table by its rows, and by a key. */
function readingOf<T>(
  database: DatabaseSync,
  { table, where = "true", read }: { table: string; where?: string; read(row: Row): T },
): Pick<Contents<T>, "count" | "page"> {
  const counting = database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${where}`);
  const paging = database.prepare(
    `SELECT *, ${table}.rowid AS place FROM ${table}
     WHERE ${table}.rowid > ? AND ${where} ORDER BY ${table}.rowid LIMIT ?`,
  );
  return {
    count: async () => Number(counting.get()?.count),
    async page(after, limit) {
      const rows = paging.all(after ?? -1, limit);
      const last = rows.at(-1)?.place;
      return { items: rows.map(read), last: last === undefined ? null : Number(last) };
    },
  };
}

function answersIn(database: DatabaseSync): Contents<KeptAnswer> {
  const byId = database.prepare("SELECT * FROM answer WHERE id = ?");
  const read = (row: Row): KeptAnswer => {
    const { score: _score, ...kept } = toAnswer(row);
    return kept;
  };
  const keyOf = ({ id }: KeptAnswer) => id;
  return {
    keyOf,
    ...readingOf(database, { table: "answer", read }),
    find: async (ids) => ids.flatMap((id) => byId.all(id).map(read)),
    async put(answers) {
      const { putAs } = createAnswers(database);
      inTransaction(database, () => {
        for (const { id, ...answer } of answers) putAs(id, answer);
      });
    },
    async remove(ids) {
      const { remove } = createAnswers(database);
      inTransaction(database, () => {
        for (const id of ids) remove(id);
      });
    },
  };
}

function turnsIn(database: DatabaseSync): Contents<KeptTurn> {
  const byKey = database.prepare("SELECT * FROM turn WHERE conversation_id = ? AND part_id = ?");
  const uses = database.prepare("SELECT source_id FROM turn_use WHERE row = ? ORDER BY source_id");
  const read = (row: Row): KeptTurn => ({
    ...toTurn(row),
    draftedFrom: uses.all(Number(row.row)).map(({ source_id }) => String(source_id)),
  });
  return {
    keyOf: turnKey,
    ...readingOf(database, { table: "turn", read }),
    find: async (keys) => keys.flatMap((key) => byKey.all(...partOfTurn(key)).map(read)),
    async put(turns) {
      const { put, remove } = createTurns(database);
      inTransaction(database, () => {
        for (const turn of turns) {
          remove(turn);
          put(turn);
        }
      });
    },
    async remove(keys) {
      const { removeConversation } = createTurns(database);
      inTransaction(database, () => {
        for (const [conversationId, partId] of keys.map(partOfTurn)) {
          removeConversation(conversationId, partId);
        }
      });
    },
  };
}

function sourcesIn(database: DatabaseSync): Contents<KeptSource> {
  const byKind = database.prepare("SELECT * FROM article_kind WHERE kind = ?");
  const gone = database.prepare("DELETE FROM article_kind WHERE kind = ?");
  const read = ({ kind, for_whom: forWhom }: Row): KeptSource => ({
    kind: String(kind),
    forWhom: JSON.parse(String(forWhom)),
  });
  return {
    keyOf: ({ kind }) => kind,
    ...readingOf(database, { table: "article_kind", read }),
    find: async (kinds) => kinds.flatMap((kind) => byKind.all(kind).map(read)),
    async put(sources) {
      const write = database.prepare(
        "INSERT INTO article_kind (kind, for_whom) VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET for_whom = excluded.for_whom",
      );
      inTransaction(database, () => {
        for (const { kind, forWhom } of sources) write.run(kind, JSON.stringify(forWhom));
      });
    },
    remove: async (kinds) =>
      inTransaction(database, () => {
        for (const kind of kinds) gone.run(kind);
      }),
  };
}

function articlesIn(database: DatabaseSync): Contents<KeptArticle> {
  const byId = database.prepare("SELECT * FROM article WHERE id = ?");
  const passages = database.prepare(
    "SELECT text, anchor, lead FROM passage WHERE article_row = ? ORDER BY position",
  );
  const read = (row: Row): KeptArticle => ({
    id: String(row.id),
    articleId: String(row.article_id),
    kind: String(row.kind),
    title: String(row.title),
    url: row.url as string | null,
    language: row.language as string | null,
    updatedAt: row.updated_at as number | null,
    isInternal: row.is_internal === 1,
    version: row.version as string | null,
    passages: passages.all(Number(row.row)).map(({ text, anchor, lead }) => ({
      text: String(text),
      anchor: anchor as string | null,
      lead: lead as string | null,
    })),
  });
  const remove = (id: string): void => {
    const row = byId.get(id)?.row;
    if (row === undefined) return;
    const ofIt = "(SELECT row FROM passage WHERE article_row = ?)";
    database.prepare(`DELETE FROM passage_words WHERE rowid IN ${ofIt}`).run(row);
    database.prepare("DELETE FROM passage WHERE article_row = ?").run(row);
    database.prepare("DELETE FROM article WHERE row = ?").run(row);
  };
  const put = (article: KeptArticle): void => {
    remove(article.id);
    const inserted = database
      .prepare(
        `INSERT INTO article (id, article_id, kind, fingerprint, title, url, language, updated_at,
                              is_internal, version, written_at)
         VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?) RETURNING row`,
      )
      .get(
        article.id,
        article.articleId,
        article.kind,
        article.title,
        article.url,
        article.language,
        article.updatedAt,
        article.isInternal ? 1 : 0,
        article.version,
        Date.now(),
      );
    const insertPassage = database.prepare(
      "INSERT INTO passage (article_row, position, text, anchor, lead) VALUES (?, ?, ?, ?, ?) RETURNING row",
    );
    const insertWords = database.prepare(
      "INSERT INTO passage_words (rowid, title, heading, text) VALUES (?, ?, ?, ?)",
    );
    for (const [position, { text, anchor, lead }] of article.passages.entries()) {
      const row = insertPassage.get(Number(inserted?.row), position, text, anchor, lead)?.row;
      const headings = headingsIn(`${lead ?? ""}\n${text}`).join("\n");
      insertWords.run(
        Number(row),
        toIndexText(article.title),
        toIndexText(headings),
        toIndexText(text),
      );
    }
  };
  return {
    keyOf: ({ id }) => id,
    ...readingOf(database, { table: "article", read }),
    find: async (ids) => ids.flatMap((id) => byId.all(id).map(read)),
    put: async (articles) => inTransaction(database, () => articles.forEach(put)),
    remove: async (ids) => inTransaction(database, () => ids.forEach(remove)),
  };
}

function changesIn(database: DatabaseSync): Contents<ArticleChange> {
  const byArticle = database.prepare("SELECT * FROM article_change WHERE article_id = ?");
  const gone = database.prepare("DELETE FROM article_change WHERE row = ?");
  const read = (row: Row): ArticleChange => ({
    articleId: String(row.article_id),
    title: String(row.title),
    url: row.url as string | null,
    at: Number(row.at),
    differences: JSON.parse(String(row.differences)),
  });
  const rowsOf = (key: string) =>
    byArticle.all(articleOfChange(key)).filter((row) => changeKey(read(row)) === key);
  const remove = (key: string): void => {
    for (const { row } of rowsOf(key)) gone.run(Number(row));
  };
  return {
    keyOf: changeKey,
    ...readingOf(database, { table: "article_change", read }),
    find: async (keys) => keys.flatMap((key) => rowsOf(key).map(read)),
    async put(changes) {
      const insert = database.prepare(
        "INSERT INTO article_change (article_id, title, url, at, differences) VALUES (?, ?, ?, ?, ?)",
      );
      inTransaction(database, () => {
        for (const change of changes) {
          remove(changeKey(change));
          const { articleId, title, url, at, differences } = change;
          insert.run(articleId, title, url, at, JSON.stringify(differences));
        }
      });
    },
    remove: async (keys) => inTransaction(database, () => keys.forEach(remove)),
  };
}

function checkpointsIn(database: DatabaseSync): Contents<KeptCheckpoint> {
  const byKey = database.prepare("SELECT * FROM checkpoint WHERE key = ?");
  const gone = database.prepare("DELETE FROM checkpoint WHERE key = ?");
  const write = database.prepare(
    "INSERT INTO checkpoint (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const read = ({ key, value }: Row) => ({ key: String(key), value: String(value) });
  const where = `key <> '${copyMark}'`;
  return {
    keyOf: ({ key }) => key,
    ...readingOf(database, { table: "checkpoint", where, read }),
    find: async (keys) => keys.flatMap((key) => byKey.all(key).map(read)),
    put: async (checkpoints) =>
      inTransaction(database, () => {
        for (const { key, value } of checkpoints) write.run(key, value);
      }),
    remove: async (keys) =>
      inTransaction(database, () => {
        for (const key of keys) gone.run(key);
      }),
  };
}
