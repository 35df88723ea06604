import { UnfitDatabase } from "./failures.ts";
import { searchShape } from "./search-shape.ts";
import type { Sql } from "./sql.ts";

/** The oldest that its makers still mend; older ones lack settings that we rely on. */
const oldestServer = { number: 140_000, name: "14" };

/**
 * The shape of our schema, one step after the other; the table `migration` says how many have been
 * done. Steps are only ever added at the end. Names stand without the schema: it is looked in first.
 *
 * A table that is searched by words has `words` (its columns in order as the weights A, B, C; NULL
 * for a row that is not to be found), `lengths` (how many words each of them has) and `words_in`
 * (the language whose word endings were taken off); `indexed` gives all three.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE answer (
    row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    question text NOT NULL,
    answer text NOT NULL,
    status text NOT NULL,
    author text NOT NULL,
    conversation_id text,
    part_id text,
    at bigint NOT NULL,
    language text,
    url text,
    decision json,
    verdict json,
    drafted_from json NOT NULL,
    changes json,
    suggested_for text,
    words tsvector,
    lengths int[],
    words_in text
  );
  CREATE INDEX answer_by_conversation ON answer (conversation_id, part_id);
  CREATE INDEX answer_by_time ON answer (at DESC, id);
  CREATE INDEX answer_by_verdict ON answer (at, id) WHERE verdict IS NOT NULL;

  -- Which memories and articles the drafts that people decided about were written from.
  CREATE TABLE answer_use (
    source_id text NOT NULL,
    row bigint NOT NULL REFERENCES answer (row) ON DELETE CASCADE,
    PRIMARY KEY (source_id, row)
  );
  CREATE INDEX answer_use_by_row ON answer_use (row);

  CREATE TABLE turn (
    row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id text NOT NULL,
    part_id text NOT NULL,
    contact_id text NOT NULL,
    speaker text NOT NULL,
    text text NOT NULL,
    at bigint NOT NULL,
    words tsvector,
    lengths int[],
    words_in text,
    UNIQUE (conversation_id, part_id)
  );
  CREATE INDEX turn_by_contact ON turn (contact_id);
  CREATE INDEX turn_by_time ON turn (at);

  -- The same for replies that went out by themselves.
  CREATE TABLE turn_use (
    source_id text NOT NULL,
    row bigint NOT NULL REFERENCES turn (row) ON DELETE CASCADE,
    PRIMARY KEY (source_id, row)
  );
  CREATE INDEX turn_use_by_row ON turn_use (row);

  CREATE TABLE checkpoint (key text PRIMARY KEY, value text NOT NULL);

  CREATE TABLE article (
    row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    article_id text NOT NULL,
    kind text NOT NULL,
    -- Of everything that is stored: an article that has not changed is not written again.
    fingerprint text NOT NULL,
    title text NOT NULL,
    url text,
    language text,
    updated_at bigint,
    is_internal boolean NOT NULL,
    -- What the source wants to know of it at its next reading.
    version text
  );
  CREATE INDEX article_by_kind ON article (kind);
  CREATE TABLE passage (
    row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_row bigint NOT NULL REFERENCES article (row) ON DELETE CASCADE,
    position int NOT NULL,
    text text NOT NULL,
    -- Where in the article's page it begins: what follows the # of its address.
    anchor text,
    -- What a reader of it alone would miss.
    lead text,
    words tsvector,
    lengths int[],
    words_in text,
    UNIQUE (article_row, position)
  );

  -- What articles say now instead of what they said before, for answers that still say the old.
  CREATE TABLE article_change (
    row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id text NOT NULL,
    title text NOT NULL,
    url text,
    at bigint NOT NULL,
    differences json NOT NULL
  );
  CREATE INDEX article_change_by_article ON article_change (article_id);
  `,
  searchShape,
  `
  -- The brand of the conversation that an answer was learnt in.
  ALTER TABLE answer ADD COLUMN brand text;
  CREATE INDEX answer_of_brand ON answer (brand) WHERE brand IS NOT NULL;
  -- Whose questions the articles of a kind answer; of a kind without a row: everybody's.
  CREATE TABLE article_kind (kind text PRIMARY KEY, for_whom json NOT NULL);
  `,
  `
  -- When this version of an article was written, in microseconds since 1970, by the server's clock.
  ALTER TABLE article ADD COLUMN written_at bigint NOT NULL DEFAULT 0;
  CREATE INDEX article_by_article ON article (article_id);
  -- When a replica said last that it names this source of articles.
  ALTER TABLE article_kind
    ALTER COLUMN for_whom DROP NOT NULL,
    ADD COLUMN named_at timestamptz NOT NULL DEFAULT clock_timestamp();
  -- Zips that were posted, packed as they came.
  CREATE TABLE knowledge_import (
    name text PRIMARY KEY,
    is_internal boolean NOT NULL,
    hash text NOT NULL,
    zip bytea NOT NULL
  );
  ALTER TABLE knowledge_import ALTER COLUMN zip SET STORAGE EXTERNAL;
  `,
  `
  -- The models of which there are vectors; those of one stand in a table of their own (vectors.ts).
  CREATE TABLE embedding (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    searched text NOT NULL,
    model text NOT NULL,
    dimension int NOT NULL,
    UNIQUE (searched, model)
  );
  -- Which replica embeds what has no vector yet.
  CREATE TABLE embedding_lease (
    searched text PRIMARY KEY,
    holder text NOT NULL,
    until timestamptz NOT NULL
  );
  `,
  `
  -- For whom the sources are that an answer was written from.
  ALTER TABLE answer ADD COLUMN for_whom json;
  CREATE INDEX answer_for_some ON answer (row) WHERE for_whom IS NOT NULL;
  `,
];

/** What can be seen of a database without changing anything. */
export type Inspection = {
  /** PostgreSQL's own. */
  version: string;
  /** How many steps have been done, and how many are known. */
  shape: number;
  newestShape: number;
  /** Whether our user may make our schema, or something in it. */
  mayCreate: boolean;
  /** The extension `vector`: made in this database, or to be made in it, or not installed. */
  vectors: "there" | "at hand" | "missing";
};

/** @throws UnfitDatabase when it cannot be used as it is */
export async function inspect(sql: Sql, schema: string): Promise<Inspection> {
  const version = await checkServer(sql);
  const shape = await shapeOf(sql, schema);
  const [seen] = await sql.query(
    `SELECT coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $1),
                     has_database_privilege(current_database(), 'CREATE')) AS may_create,
            EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AS is_there,
            EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS is_at_hand`,
    [schema],
  );
  const atHand = seen?.is_at_hand === true ? "at hand" : "missing";
  return {
    version,
    shape,
    newestShape: migrations.length,
    mayCreate: seen?.may_create === true,
    vectors: seen?.is_there === true ? "there" : atHand,
  };
}

/**
 * Looks at the server and at the shape of our schema.
 * @returns whether there is nothing to be done
 * @throws UnfitDatabase when it cannot be used as it is
 */
export async function isNewest(sql: Sql, schema: string): Promise<boolean> {
  await checkServer(sql);
  return (await shapeOf(sql, schema)) === migrations.length;
}

/** @returns its version, which will do */
async function checkServer(sql: Sql): Promise<string> {
  const [server] = await sql.query(
    `SELECT current_setting('server_version_num')::int AS number,
            current_setting('server_version') AS version,
            current_setting('server_encoding') AS encoding`,
  );
  if (Number(server?.number) < oldestServer.number) {
    throw new UnfitDatabase(
      `it is version ${server?.version}, and ${oldestServer.name} is the oldest that will do`,
      "Update it, or name another one in MEMORY_URL.",
    );
  }
  if (server?.encoding !== "UTF8") {
    throw new UnfitDatabase(
      `its texts are kept as ${server?.encoding}, in which not every language can be written`,
      "Create one with UTF-8 (createdb --encoding UTF8 --template template0 NAME).",
    );
  }
  return String(server?.version);
}

/**
 * Brings our schema to the newest shape. To be run in a transaction; of several who do it at once,
 * the others wait and then find nothing to do.
 */
export async function migrate(sql: Sql, schema: string): Promise<void> {
  await sql.query("SET LOCAL statement_timeout = 0");
  await sql.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [schema]);
  const done = await shapeOf(sql, schema);
  if (done === migrations.length) return;
  // Creating one that is there takes the right to create, too.
  const found = await sql.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema]);
  if (found.length === 0) await sql.query(`CREATE SCHEMA ${schema}`);
  await sql.query(`SET LOCAL search_path = ${schema}`);
  await sql.query("CREATE TABLE IF NOT EXISTS migration (shape int NOT NULL)");
  for (const step of migrations.slice(done)) await sql.query(step);
  await sql.query("DELETE FROM migration");
  await sql.query("INSERT INTO migration (shape) VALUES ($1)", [migrations.length]);
}

/** How many steps have been done. @throws UnfitDatabase when a newer version did more than are known */
async function shapeOf(sql: Sql, schema: string): Promise<number> {
  // Not to_regclass: what it remembers of names is older than what another one has just committed.
  const found = await sql.query(
    `SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = $1 AND relname = 'migration'`,
    [schema],
  );
  if (found.length === 0) return 0;
  const [{ shape } = {}] = await sql.query(`SELECT shape FROM ${schema}.migration`);
  const done = Number(shape ?? 0);
  if (done > migrations.length) {
    throw new UnfitDatabase(
      `its schema ${schema} was written by a newer version (shape ${done}, known are ${migrations.length})`,
      "Update this installation, or name another database in MEMORY_URL.",
    );
  }
  return done;
}
