import type { Log } from "../../core/ports.ts";
import type { QueryEmbedder } from "../../lib/by-meaning/embedder.ts";
import { createFilling, type Filling, type ToEmbed } from "../../lib/by-meaning/fill.ts";
import { searchBoth } from "../../lib/by-meaning/hybrid-search.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { FullTextHit } from "../../lib/full-text/ranking.ts";
import { jsonOf } from "./as-stored.ts";
import type { Database } from "./database.ts";
import type { Sql } from "./sql.ts";

/** Rows that are looked through at once for those without a vector. */
const lookedThroughAtOnce = 2_000;
/** How far the index is searched; more than are asked for, because rows may have gone. */
const searchedInIndex = 200;
/** Of several replicas one embeds; one that is gone is followed by another. */
const leaseSeconds = 150;
/** The most dimensions that an index takes (https://github.com/pgvector/pgvector#hnsw). */
const mostDimensions = { halfvec: 4_000, vector: 2_000 };

const noExtension =
  "PostgreSQL does not have the extension vector, so what is stored is found by words alone: install pgvector there, let its administrator run CREATE EXTENSION vector in this database, and restart";

/** What of a table is compared by meaning; fixed words of ours, never input. */
export type Embedded = {
  table: "answer" | "passage";
  /** Where its rows stand, as after FROM. @param schema ours */
  from(schema: string): string;
  /** What is embedded of a row, as after SELECT. */
  text: string;
  /** Which rows, as after WHERE. */
  only: string;
};

/** What finds by meaning, and where it says what goes wrong. */
export type ByMeaning = { embedder: QueryEmbedder; log: Log };

/** Where the extension stands, and the shorter of its types that it knows. */
type Extension = { schema: string; type: "halfvec" | "vector" };
/** The table of the vectors of one model. */
type Kept = { name: string; dimension: number };

export type Vectors = {
  search(
    query: string,
    limit: number,
    signal: AbortSignal,
    byWords: (limit: number) => Promise<FullTextHit[]>,
  ): Promise<FullTextHit[]>;
  filling: Filling;
};

/**
 * The vectors of one table's rows, found by `pgvector` and its HNSW index. Each model has a table of
 * its own, made with the first vector, when its dimension is known. A vector belongs to the text that
 * it was made of, by the text's hash: whoever writes rows need not know of vectors, and a text that
 * another row says already, or said before, is not embedded again.
 *
 * Without the extension, and where it may not be made, rows are found by words; that is said once.
 */
export function createVectors(
  database: Database,
  { table, from: fromIn, text, only }: Embedded,
  { embedder, log, what }: ByMeaning & { what: string },
): Vectors {
  const { schema } = database;
  const { model } = embedder;
  const from = fromIn(schema);
  const me = `${process.pid} ${Math.random()}`;
  let extension: Promise<Extension | null> | null = null;
  let kept: Kept | null = null;

  /** `null` where there is none; asked again only after it could not be asked. */
  const open = (signal: AbortSignal): Promise<Extension | null> => {
    extension ??= openExtension(signal).catch((error: unknown) => {
      extension = null;
      throw error;
    });
    return extension;
  };

  const openExtension = async (signal: AbortSignal): Promise<Extension | null> => {
    const there = await database.ask("vectors", signal, findExtension);
    if (there !== null) return there;
    try {
      await database.inTransaction("vectors", signal, async (sql) => {
        await sql.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [schema]);
        const atHand = await sql.query("SELECT FROM pg_available_extensions WHERE name = 'vector'");
        if (atHand.length > 0) await sql.query("CREATE EXTENSION IF NOT EXISTS vector");
      });
    } catch (error) {
      // The right to make it may be missing; a database that is away is another matter.
      if (!(error instanceof UpstreamError) || error.isRetryable) throw error;
    }
    const made = await database.ask("vectors", signal, findExtension);
    if (made === null) log.warn({ what }, noExtension);
    return made;
  };

  const find = async (sql: Sql): Promise<Kept | null> => {
    if (kept !== null) return kept;
    const [found] = await sql.query(
      `SELECT id, dimension FROM ${schema}.embedding WHERE searched = $1 AND model = $2`,
      [table, model],
    );
    if (found !== undefined) {
      kept = { name: nameOf(Number(found.id)), dimension: Number(found.dimension) };
    }
    return kept;
  };

  const nameOf = (id: number) => `${schema}.${table}_vector_${id}`;

  /** Makes the model's table where there is none yet. */
  const keep = (dimension: number, { schema: its, type }: Extension, signal: AbortSignal) =>
    database.inTransaction("vectors", signal, async (sql) => {
      await sql.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [schema]);
      const before = await find(sql);
      if (before !== null) return before;
      if (dimension > mostDimensions[type]) {
        throw wrong(
          `${dimension} dimensions, and an index of PostgreSQL takes ${mostDimensions[type]} at most; ` +
            "set EMBEDDING_DIMENSIONS, or a model with fewer",
        );
      }
      const [made] = await sql.query(
        `INSERT INTO ${schema}.embedding (searched, model, dimension) VALUES ($1, $2, $3) RETURNING id`,
        [table, model, dimension],
      );
      const id = Number(made?.id);
      const name = nameOf(id);
      await sql.query(
        `CREATE TABLE ${name} (row bigint PRIMARY KEY, hash bigint NOT NULL, vector ${its}.${type}(${dimension}) NOT NULL)`,
      );
      await sql.query(`CREATE INDEX ON ${name} (hash)`);
      await sql.query(`CREATE INDEX ON ${name} USING hnsw (vector ${its}.${type}_cosine_ops)`);
      return { name, dimension };
    });

  /** Whether this replica is the one that embeds, from now on. */
  const lease = async (signal: AbortSignal): Promise<boolean> => {
    const taken = await database.ask("vectors", signal, (sql) =>
      sql.query(
        `INSERT INTO ${schema}.embedding_lease AS lease (searched, holder, until)
         VALUES ($1, $2, clock_timestamp() + $3 * interval '1 second')
         ON CONFLICT (searched) DO UPDATE SET (holder, until) = (excluded.holder, excluded.until)
         WHERE lease.holder = excluded.holder OR lease.until < clock_timestamp()
         RETURNING holder`,
        [table, me, leaseSeconds],
      ),
    );
    return taken.length > 0;
  };

  const release = (signal: AbortSignal) =>
    database.ask("vectors", signal, (sql) =>
      sql.query(`DELETE FROM ${schema}.embedding_lease WHERE searched = $1 AND holder = $2`, [
        table,
        me,
      ]),
    );

  const check = (vectors: Float32Array[], expectedCount: number, dimension: number | null) => {
    if (vectors.length !== expectedCount) {
      throw wrong(`${vectors.length} vectors for ${expectedCount} texts`);
    }
    const expected = dimension ?? vectors[0]?.length;
    const odd = vectors.find(({ length }) => length !== expected || length === 0);
    if (odd !== undefined) {
      throw wrong(
        `${odd.length} dimensions where ${expected} are stored for ${model}; ` +
          "set EMBEDDING_MODEL to the model that answers there",
      );
    }
  };

  async function* missing(signal: AbortSignal): AsyncIterable<ToEmbed[]> {
    const vectors = await database.ask("vectors", signal, find);
    for (let seen = 0; ; seen += lookedThroughAtOnce) {
      if (!(await lease(signal))) {
        // Another replica is at it; what it has not seen is looked for when it is done.
        filling.changed();
        return;
      }
      const [highest] = await database.ask("vectors", signal, (sql) =>
        sql.query(`SELECT coalesce(max(row), 0) AS row FROM ${schema}.${table}`),
      );
      if (seen >= Number(highest?.row)) break;
      const rows = await database.ask("vectors", signal, (sql) =>
        sql.query(
          `SELECT ${table}.row, ${text} AS text FROM ${from}
           WHERE ${table}.row > $1 AND ${table}.row <= $2 AND ${only}
           ${vectors === null ? "" : `AND NOT EXISTS (SELECT FROM ${vectors.name} AS known WHERE known.row = ${table}.row AND known.hash = hashtextextended(${text}, 0))`}
           ORDER BY ${table}.row`,
          [seen, seen + lookedThroughAtOnce],
        ),
      );
      const texts = rows.map((one) => ({ row: Number(one.row), text: String(one.text) }));
      const unknown = vectors === null ? texts : await reuse(vectors, texts, signal);
      if (unknown.length > 0) yield unknown;
    }
    const now = await database.ask("vectors", signal, find);
    if (now !== null) await removeOrphans(now, signal);
    await release(signal);
  }

  /** Gives texts that are known the vectors that were made of them. @returns the others */
  const reuse = async ({ name }: Kept, texts: ToEmbed[], signal: AbortSignal) => {
    if (texts.length === 0) return texts;
    const known = await database.ask("vectors", signal, (sql) =>
      sql.query(
        `INSERT INTO ${name} AS known (row, hash, vector)
         SELECT DISTINCT ON (given.row) given.row, hash, vector
         FROM json_to_recordset($1) AS given (row bigint, text text)
         JOIN ${name} AS before ON hash = hashtextextended(given.text, 0)
         ON CONFLICT (row) DO UPDATE SET (hash, vector) = (excluded.hash, excluded.vector)
         RETURNING row`,
        [jsonOf(texts)],
      ),
    );
    const rows = new Set(known.map(({ row }) => Number(row)));
    return texts.filter(({ row }) => !rows.has(row));
  };

  /** What was forgotten, or says something else now. */
  const removeOrphans = ({ name }: Kept, signal: AbortSignal) =>
    database.ask("vectors", signal, (sql) =>
      sql.query(
        `DELETE FROM ${name} AS known WHERE NOT EXISTS (
           SELECT FROM ${from} WHERE ${table}.row = known.row AND ${only})`,
      ),
    );

  const untilDone = new AbortController().signal;
  const filling = createFilling(
    embedder,
    {
      async check(vectors, expectedCount) {
        const stored = await database.ask("vectors", untilDone, find);
        check(vectors, expectedCount, stored?.dimension ?? null);
      },
      async countMissing() {
        const vectors = await database.ask("vectors", untilDone, find);
        const [counted] = await database.ask("vectors", untilDone, (sql) =>
          sql.query(
            `SELECT (SELECT count(*) FROM ${schema}.${table}) - ${vectors === null ? "0" : `(SELECT count(*) FROM ${vectors.name})`} AS missing`,
          ),
        );
        return Number(counted?.missing);
      },
      missing,
      async fill(rows, vectors) {
        const its = await open(untilDone);
        const [first] = vectors;
        if (its === null || first === undefined) return;
        const { name } = await keep(first.length, its, untilDone);
        await lease(untilDone);
        const given = rows.map(({ row, text }, at) => {
          return { row, text, vector: JSON.stringify(Array.from(vectors[at] ?? [])) };
        });
        await database.ask("vectors", untilDone, (sql) =>
          sql.query(
            `INSERT INTO ${name} (row, hash, vector)
             SELECT row, hashtextextended(text, 0), vector::${its.schema}.${its.type}
             FROM json_to_recordset($1) AS given (row bigint, text text, vector text)
             ON CONFLICT (row) DO UPDATE SET (hash, vector) = (excluded.hash, excluded.vector)`,
            [jsonOf(given)],
          ),
        );
      },
    },
    { what, log },
  );

  /** The nearest in the index whose text is what the vector was made of. */
  const nearest = (
    { schema: its, type }: Extension,
    { name, dimension }: Kept,
    vector: Float32Array,
    limit: number,
    words: FullTextHit[],
    signal: AbortSignal,
  ) =>
    database.inTransaction("search", signal, async (sql) => {
      const wanted = Math.max(limit, searchedInIndex);
      await sql.query(`SET LOCAL hnsw.ef_search = ${Math.min(1000, wanted)}`);
      const near = await sql.query(
        `SELECT near.row, likeness FROM (
           SELECT row, hash, 1 - distance AS likeness FROM (
             SELECT row, hash, vector OPERATOR(${its}.<=>) $1::${its}.${type}(${dimension}) AS distance
             FROM ${name}
             ORDER BY vector OPERATOR(${its}.<=>) $1::${its}.${type}(${dimension}) LIMIT ${wanted}
           ) AS nearest) AS near
         JOIN ${from} ON ${table}.row = near.row
         WHERE hash = hashtextextended(${text}, 0) AND ${only}
         ORDER BY likeness DESC, near.row LIMIT $2`,
        [JSON.stringify(Array.from(vector)), limit],
      );
      const known = await sql.query(`SELECT row FROM ${name} WHERE row = ANY ($1)`, [
        words.map(({ row }) => row),
      ]);
      const rows = new Set(known.map(({ row }) => Number(row)));
      return {
        near: near.map((one) => ({
          row: Number(one.row),
          // Of a vector of zeros it is no number.
          likeness: Math.max(0, Number(one.likeness) || 0),
        })),
        hasVector: (row: number) => rows.has(row),
      };
    });

  return {
    search: (query, limit, signal, byWords) =>
      searchBoth(embedder, query, limit, signal, {
        byWords,
        async byMeaning(vector, most, words) {
          const its = await open(signal);
          const vectors = its === null ? null : await database.ask("search", signal, find);
          if (its === null || vectors === null) return { near: [], hasVector: () => false };
          check([vector], 1, vectors.dimension);
          return nearest(its, vectors, vector, most, words, signal);
        },
      }),
    filling: {
      changed: filling.changed,
      async fill(signal) {
        const its = await open(signal);
        if (its === null) return 0;
        return filling.fill(signal);
      },
    },
  };
}

/** By words alone where there are no vectors. */
export function searchWith(
  vectors: Vectors | null,
  ...[query, limit, signal, byWords]: Parameters<Vectors["search"]>
): Promise<FullTextHit[]> {
  return vectors === null ? byWords(limit) : vectors.search(query, limit, signal, byWords);
}

async function findExtension(sql: Sql): Promise<Extension | null> {
  const [found] = await sql.query(
    `SELECT quote_ident(nspname) AS schema,
            EXISTS (SELECT FROM pg_type WHERE typname = 'halfvec' AND typnamespace = extnamespace) AS has_half
     FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
     WHERE extname = 'vector'`,
  );
  if (found === undefined) return null;
  return { schema: String(found.schema), type: found.has_half === true ? "halfvec" : "vector" };
}

/** Some servers answer base64 where floats were asked for, and a quarter of a vector arrives. */
function wrong(result: string): UpstreamError {
  return new UpstreamError("embeddings", "embed", result, { isRetryable: false });
}
