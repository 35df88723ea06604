import type { DatabaseSync } from "node:sqlite";

import { UpstreamError } from "../../lib/errors.ts";

/** An embeddings model. */
export type Embedder = {
  /** The model's name; vectors of another model are never compared. */
  model: string;
  /**
   * One vector per text, in the same order.
   * @throws whatever it likes: recall then goes on by words alone.
   */
  embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]>;
};

/** The vectors of remembered answers, by row of the `answer` table. */
export type Vectors = {
  put(row: number, vector: Float32Array): void;
  /** How alike the row's text and the query are, 0 to 1; `null` where there is no vector yet. */
  similarity(row: number, query: Float32Array): number | null;
  /** @throws UpstreamError when the vector cannot belong to this model. */
  check(vectors: Float32Array[], expectedCount: number): void;
  /** Rows of the catalogue that have no vector of this model. */
  missing(limit: number): { row: number; text: string }[];
};

export function createVectors(database: DatabaseSync, model: string): Vectors {
  const insert = database.prepare(
    "INSERT OR REPLACE INTO answer_vector (row, model, dimension, vector) VALUES (?, ?, ?, ?)",
  );
  const read = database.prepare("SELECT vector FROM answer_vector WHERE row = ? AND model = ?");
  const readDimension = database.prepare(
    "SELECT dimension FROM answer_vector WHERE model = ? LIMIT 1",
  );
  const readMissing = database.prepare(
    `SELECT answer.row, question, answer FROM answer
     LEFT JOIN answer_vector ON answer_vector.row = answer.row AND model = ?
     WHERE answer_vector.row IS NULL AND status = 'answer' AND author <> 'automatic-reply'
     LIMIT ?`,
  );

  return {
    put: (row, vector) => {
      const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
      insert.run(row, model, vector.length, bytes);
    },
    similarity: (row, query) => {
      const stored = read.get(row, model)?.vector;
      if (!(stored instanceof Uint8Array)) return null;
      // A copy, because a blob may begin at an address that is no multiple of four.
      return Math.max(0, cosine(new Float32Array(stored.slice().buffer), query));
    },
    check: (vectors, expectedCount) => {
      if (vectors.length !== expectedCount) {
        throw wrong(`${vectors.length} vectors for ${expectedCount} texts`);
      }
      const stored = readDimension.get(model)?.dimension;
      const expected = stored === undefined ? vectors[0]?.length : Number(stored);
      const odd = vectors.find(({ length }) => length !== expected || length === 0);
      if (odd !== undefined) {
        throw wrong(
          `${odd.length} dimensions where ${expected} are stored for ${model}; ` +
            "set EMBEDDING_MODEL to the model that answers there",
        );
      }
    },
    missing: (limit) =>
      readMissing.all(model, limit).map((found) => ({
        row: Number(found.row),
        text: `${found.question}\n${found.answer}`,
      })),
  };
}

/** Some servers answer base64 where floats were asked for, and a quarter of a vector arrives. */
function wrong(result: string): UpstreamError {
  return new UpstreamError("embeddings", "embed", result, { isRetryable: false });
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
