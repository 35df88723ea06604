import type { DatabaseSync } from "node:sqlite";

import type { ToEmbed } from "../../lib/by-meaning/fill.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { within } from "../../lib/within.ts";
import { inTransaction } from "./database.ts";
import { createSignIndex, signsOf } from "./signs.ts";

/** Of the nearest by their signs so many are compared exactly. */
const comparedExactly = 200;
/** In memory, 128 bytes each; what is older is found by words. */
const mostRows = 524_288;
/** A hundred thousand rows are read in half a second, a few new ones in no time. */
const loadingPatienceMs = 200;
/** Rows that are read at once, so that whatever else waits goes first in between. */
const readAtOnce = 2_000;

/** What of a table is compared by meaning; fixed words of ours, never input. */
export type Embedded = {
  table: "answer" | "passage";
  /** Where its rows stand, as after FROM. */
  from: string;
  /** What is embedded of a row, as after SELECT. */
  text: string;
  /** Which rows, as after WHERE. */
  only: string;
};

/** The vectors of one table's rows. */
export type Vectors = {
  put(row: number, vector: Float32Array): void;
  /** Whether a row has a vector of this model. */
  has(row: number): boolean;
  /**
   * The rows that are most alike, the likest first, from 0 to 1; `null` while a large file is still
   * being read, which nobody waits for.
   */
  nearest(query: Float32Array, limit: number): Promise<{ row: number; likeness: number }[] | null>;
  /** @throws UpstreamError when the vector cannot belong to this model. */
  check(vectors: Float32Array[], expectedCount: number): void;
  /** How many rows have no vector of this model, roughly: also those that need none. */
  countMissing(): number;
  /** Rows that have none and need one, a few at a time. */
  missing(signal: AbortSignal): AsyncIterable<ToEmbed[]>;
  /** The vectors of these rows, by what was embedded of each. */
  ofRows(rows: number[]): Map<string, Float32Array>;
  /** Gives each of these rows the vector of its text, where it is there. */
  giveTo(rows: number[], vectors: ReadonlyMap<string, Float32Array>): void;
  /** Stores the vectors of those that still say the same. */
  fill(rows: ToEmbed[], vectors: Float32Array[]): void;
};

/**
 * The vectors stand in the file as they came; a table of their own holds what is read of all of
 * them before one is compared (`signs.ts`), in the order in which they were written, so that each
 * process reads on where it has come to, whoever wrote.
 */
export function createVectors(
  database: DatabaseSync,
  { table, from, text, only }: Embedded,
  model: string,
): Vectors {
  const index = createSignIndex(mostRows);
  let lastStamp = 0;
  let catchingUp: Promise<void> | null = null;
  let dimension: number | null = null;

  const remove = database.prepare(`DELETE FROM ${table}_vector WHERE row = ?`);
  const insert = database.prepare(
    `INSERT INTO ${table}_vector (row, model, dimension, vector) VALUES (?, ?, ?, ?)`,
  );
  const insertSigns = database.prepare(
    `INSERT INTO ${table}_signs (row, model, dimension, signs) VALUES (?, ?, ?, ?)`,
  );
  const read = database.prepare(`SELECT vector FROM ${table}_vector WHERE row = ? AND model = ?`);
  const readHas = database.prepare(`SELECT 1 FROM ${table}_signs WHERE row = ? AND model = ?`);
  const readDimension = database.prepare(
    `SELECT dimension FROM ${table}_signs WHERE model = ? LIMIT 1`,
  );
  const readSigns = database.prepare(
    `SELECT stamp, row, signs FROM ${table}_signs WHERE stamp > ? AND model = ?
     ORDER BY stamp LIMIT ${readAtOnce}`,
  );
  const readHighest = database.prepare(`SELECT coalesce(max(row), 0) AS row FROM ${table}`);
  const readMissing = database.prepare(
    `SELECT ${table}.row AS row, ${text} AS text FROM ${from}
     WHERE ${table}.row > ? AND ${table}.row <= ? AND ${only} AND NOT EXISTS (
       SELECT 1 FROM ${table}_signs AS signs WHERE signs.row = ${table}.row AND signs.model = ?)
     ORDER BY ${table}.row`,
  );
  const readText = database.prepare(
    `SELECT ${text} AS text FROM ${from} WHERE ${table}.row = ? AND ${only}`,
  );
  const count = database.prepare(
    `SELECT (SELECT count(*) FROM ${table}) -
            (SELECT count(*) FROM ${table}_signs WHERE model = ?) AS missing`,
  );

  const vectorOf = (row: number): Float32Array | null => {
    const stored = read.get(row, model)?.vector;
    return stored instanceof Uint8Array ? floatsIn(stored) : null;
  };

  const put = (row: number, vector: Float32Array): void => {
    remove.run(row);
    const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
    insert.run(row, model, vector.length, bytes);
    insertSigns.run(row, model, vector.length, signsOf(vector));
  };

  const catchUp = async (): Promise<void> => {
    while (true) {
      const written = readSigns.all(lastStamp, model);
      for (const { stamp, row, signs } of written) {
        index.put(Number(row), signs as Uint8Array);
        lastStamp = Number(stamp);
      }
      if (written.length < readAtOnce) return;
      await nextTick();
    }
  };

  const readOn = (): Promise<void> => {
    catchingUp ??= catchUp().finally(() => {
      catchingUp = null;
    });
    return catchingUp;
  };

  return {
    put,
    has: (row) => readHas.get(row, model) !== undefined,
    async nearest(query, limit) {
      await within(loadingPatienceMs, readOn());
      if (catchingUp !== null) return null;
      const near: { row: number; likeness: number }[] = [];
      const likeliest = await index.nearest(signsOf(query), Math.max(limit, comparedExactly));
      for (const row of likeliest) {
        const vector = vectorOf(row);
        if (vector !== null) near.push({ row, likeness: Math.max(0, cosine(vector, query)) });
        // Its row is gone.
        else index.remove(row);
      }
      return near.sort((one, other) => other.likeness - one.likeness).slice(0, limit);
    },
    check: (vectors, expectedCount) => {
      if (vectors.length !== expectedCount) {
        throw wrong(`${vectors.length} vectors for ${expectedCount} texts`);
      }
      const stored = dimension ?? readDimension.get(model)?.dimension;
      if (stored !== undefined) dimension = Number(stored);
      const expected = dimension ?? vectors[0]?.length;
      const odd = vectors.find(({ length }) => length !== expected || length === 0);
      if (odd !== undefined) {
        throw wrong(
          `${odd.length} dimensions where ${expected} are stored for ${model}; ` +
            "set EMBEDDING_MODEL to the model that answers there",
        );
      }
    },
    countMissing: () => Number(count.get(model)?.missing),
    async *missing(signal) {
      // The service fills at its start: so the first customers find by meaning, too.
      await readOn();
      for (let seen = 0; seen < Number(readHighest.get()?.row); seen += readAtOnce) {
        const rows = readMissing.all(seen, seen + readAtOnce, model);
        const texts: ToEmbed[] = [];
        for (const { row, text } of rows) {
          // Written before there were signs.
          const vector = vectorOf(Number(row));
          if (vector !== null) inTransaction(database, () => put(Number(row), vector));
          else texts.push({ row: Number(row), text: String(text) });
        }
        if (texts.length > 0) yield texts;
        await nextTick();
        signal.throwIfAborted();
      }
    },
    ofRows: (rows) =>
      new Map(
        rows.flatMap((row) => {
          const [vector, found] = [vectorOf(row), readText.get(row)];
          return vector === null || found === undefined ? [] : [[String(found.text), vector]];
        }),
      ),
    giveTo(rows, vectors) {
      for (const row of vectors.size === 0 ? [] : rows) {
        const vector = vectors.get(String(readText.get(row)?.text));
        if (vector !== undefined) put(row, vector);
      }
    },
    fill(rows, vectors) {
      inTransaction(database, () => {
        for (const [at, { row, text }] of rows.entries()) {
          const vector = vectors[at];
          // It may have been changed or forgotten while the model was thinking.
          if (vector !== undefined && readText.get(row)?.text === text) put(row, vector);
        }
      });
    },
  };
}

/** Some servers answer base64 where floats were asked for, and a quarter of a vector arrives. */
function wrong(result: string): UpstreamError {
  return new UpstreamError("embeddings", "embed", result, { isRetryable: false });
}

function floatsIn({ buffer, byteOffset, byteLength }: Uint8Array): Float32Array {
  const isAligned = byteOffset % Float32Array.BYTES_PER_ELEMENT === 0;
  const from = isAligned ? byteOffset : 0;
  const bytes = isAligned ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  return new Float32Array(bytes, from, byteLength / Float32Array.BYTES_PER_ELEMENT);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let index = 0; index < a.length; index++) {
    const x = a[index] ?? 0;
    const y = b[index] ?? 0;
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return lengthA === 0 || lengthB === 0 ? 0 : product / Math.sqrt(lengthA * lengthB);
}

/** Lets waiting requests go first. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
