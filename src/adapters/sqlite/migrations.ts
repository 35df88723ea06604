import { ftsTokenizer } from "./fts-tokenizer.ts";

/**
 * The shape of `memory.sqlite`, one step after the other; `PRAGMA user_version` says how many have
 * been done. Steps are only ever added at the end.
 *
 * Texts stand in plain tables. The full-text tables hold only the index ("contentless"), because
 * what is indexed is the segmented text, and its rowid is the plain table's.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE answer (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    status TEXT NOT NULL,
    author TEXT NOT NULL,
    conversation_id TEXT,
    part_id TEXT,
    at INTEGER NOT NULL,
    language TEXT,
    url TEXT,
    decision TEXT,
    drafted_from TEXT NOT NULL
  ) STRICT;
  CREATE INDEX answer_by_conversation ON answer (conversation_id, part_id);
  CREATE INDEX answer_by_time ON answer (at);
  CREATE VIRTUAL TABLE answer_words USING fts5 (
    question, answer, content = '', contentless_delete = 1, tokenize = "${ftsTokenizer}"
  );

  CREATE TABLE turn (
    row INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    part_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    speaker TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (conversation_id, part_id)
  ) STRICT;
  CREATE INDEX turn_by_contact ON turn (contact_id);
  -- The contact's id is indexed beside the text, so that a search touches one contact's rows.
  CREATE VIRTUAL TABLE turn_words USING fts5 (
    contact, text, content = '', contentless_delete = 1, tokenize = "${ftsTokenizer}"
  );

  CREATE TABLE answer_vector (
    row INTEGER PRIMARY KEY REFERENCES answer (row) ON DELETE CASCADE,
    model TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    vector BLOB NOT NULL
  ) STRICT;

  CREATE TABLE checkpoint (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE article (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Of everything that is stored: an article that has not changed is not written again.
    fingerprint TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    language TEXT,
    updated_at INTEGER,
    is_internal INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE passage (
    row INTEGER PRIMARY KEY,
    article_row INTEGER NOT NULL REFERENCES article (row),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (article_row, position)
  ) STRICT;
  CREATE VIRTUAL TABLE passage_words USING fts5 (
    title, heading, text, content = '', contentless_delete = 1, tokenize = "${ftsTokenizer}"
  );
  `,
  "ALTER TABLE answer ADD COLUMN verdict TEXT",
  `
  ALTER TABLE answer ADD COLUMN changes TEXT;
  ALTER TABLE answer ADD COLUMN suggested_for TEXT;
  -- Which memories and articles the drafts that people decided about were written from.
  CREATE TABLE answer_use (
    source_id TEXT NOT NULL,
    row INTEGER NOT NULL REFERENCES answer (row) ON DELETE CASCADE,
    PRIMARY KEY (source_id, row)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answer_use_by_row ON answer_use (row);
  -- The same for replies that went out by themselves.
  CREATE TABLE turn_use (
    source_id TEXT NOT NULL,
    row INTEGER NOT NULL REFERENCES turn (row) ON DELETE CASCADE,
    PRIMARY KEY (source_id, row)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX turn_use_by_row ON turn_use (row);
  INSERT OR IGNORE INTO answer_use (source_id, row)
    SELECT used.value, answer.row FROM answer, json_each(answer.drafted_from) AS used
    WHERE answer.verdict IS NOT NULL AND used.type = 'text';
  `,
  `
  -- Where in the article's page a passage begins: what follows the # of its address.
  ALTER TABLE passage ADD COLUMN anchor TEXT;
  -- What the source wants to know of an article at its next reading.
  ALTER TABLE article ADD COLUMN version TEXT;
  `,
  `
  -- What articles say now instead of what they said before, for answers that still say the old.
  CREATE TABLE article_change (
    row INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    at INTEGER NOT NULL,
    differences TEXT NOT NULL
  ) STRICT;
  `,
  // What a reader of a passage alone would miss.
  "ALTER TABLE passage ADD COLUMN lead TEXT",
  // When this version of an article was written, in milliseconds since 1970.
  "ALTER TABLE article ADD COLUMN written_at INTEGER",
  `
  CREATE TABLE passage_vector (
    row INTEGER PRIMARY KEY REFERENCES passage (row) ON DELETE CASCADE,
    model TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    vector BLOB NOT NULL
  ) STRICT;
  -- What is read of all vectors (signs.ts), each with a new stamp whenever it is written.
  CREATE TABLE answer_signs (
    stamp INTEGER PRIMARY KEY AUTOINCREMENT,
    row INTEGER NOT NULL UNIQUE REFERENCES answer_vector (row) ON DELETE CASCADE,
    model TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    signs BLOB NOT NULL
  ) STRICT;
  CREATE TABLE passage_signs (
    stamp INTEGER PRIMARY KEY AUTOINCREMENT,
    row INTEGER NOT NULL UNIQUE REFERENCES passage_vector (row) ON DELETE CASCADE,
    model TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    signs BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- The brand of the conversation that an answer was learnt in.
  ALTER TABLE answer ADD COLUMN brand TEXT;
  CREATE INDEX answer_of_brand ON answer (brand) WHERE brand IS NOT NULL;
  -- Whose questions the articles of a kind answer; of a kind without a row: everybody's.
  CREATE TABLE article_kind (kind TEXT PRIMARY KEY, for_whom TEXT NOT NULL) STRICT;
  `,
  // All versions of an article that was found.
  "CREATE INDEX article_by_article_id ON article (article_id)",
  `
  -- For whom the sources are that an answer was written from.
  ALTER TABLE answer ADD COLUMN for_whom TEXT;
  CREATE INDEX answer_for_some ON answer (row) WHERE for_whom IS NOT NULL;
  `,
];
