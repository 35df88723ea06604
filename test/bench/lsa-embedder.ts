import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { stopWords } from "../../src/lib/full-text/stop-words.ts";
import { toWords } from "../../src/lib/full-text/words.ts";
import { seeded } from "./seeded.ts";

/**
 * The weakest embeddings model that deserves the name, for where no other is at hand: latent
 * semantic analysis (Deerwester et al. 1990). It knows which words stand in the same passages of
 * these few articles, and nothing else of any language; it never sees a question. What hybrid search
 * gains with it is the least that it can gain.
 *
 * @param passages what it learns from
 * @param dimensions of the vectors; fewer where there are fewer passages
 */
export function createLsaModel(passages: string[], dimensions: number): (text: string) => number[] {
  const documents = passages.map(countsIn);
  const rowsWith = new Map<string, number>();
  for (const word of documents.flatMap((counts) => [...counts.keys()])) {
    rowsWith.set(word, (rowsWith.get(word) ?? 0) + 1);
  }
  // A word of one passage stands beside nothing that could tell its meaning.
  const known = [...rowsWith].filter(([, rows]) => rows > 1);
  const place = new Map(known.map(([word], index) => [word, index]));
  const rarity = known.map(([, rows]) => Math.log(documents.length / rows));

  const weightsOf = (counts: ReadonlyMap<string, number>): Weighed => {
    const weighed: Weighed = [];
    let square = 0;
    for (const [word, count] of counts) {
      const at = place.get(word);
      if (at === undefined) continue;
      const weight = (1 + Math.log(count)) * (rarity[at] ?? 0);
      weighed.push([at, weight]);
      square += weight * weight;
    }
    const length = Math.sqrt(square) || 1;
    return weighed.map(([at, weight]) => [at, weight / length]);
  };

  const rows = documents.map(weightsOf);
  const basis = wordBasis(rows, known.length, Math.min(dimensions, rows.length));
  return (text) => {
    const vector = new Float64Array(basis.length);
    for (const [at, weight] of weightsOf(countsIn(text))) {
      for (const [dimension, words] of basis.entries()) {
        vector[dimension] = (vector[dimension] ?? 0) + weight * (words[at] ?? 0);
      }
    }
    return [...vector];
  };
}

/** An OpenAI-compatible server of embeddings on 127.0.0.1 that a model of the caller's answers for. */
export async function serveEmbeddings(model: (text: string) => number[]) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { input } = JSON.parse(Buffer.concat(chunks).toString());
      const data = [input].flat().map((text: string, index: number) => {
        return { object: "embedding", index, embedding: model(text) };
      });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ object: "list", data }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

type Direction = Float64Array<ArrayBuffer>;

/** Places of words with their weights. */
type Weighed = [at: number, weight: number][];

/**
 * The first right singular vectors of the passages' matrix: what goes together, most of it first.
 * Found by turning a random basis towards them, again and again (orthogonal iteration).
 */
function wordBasis(rows: Weighed[], words: number, dimensions: number): Direction[] {
  const random = seeded(42);
  let basis = Array.from({ length: dimensions }, () =>
    Float64Array.from({ length: words }, () => random() - 0.5),
  );
  for (let turn = 0; turn < turns; turn++) {
    basis = orthonormal(basis.map((direction) => turned(rows, direction)));
  }
  return basis;
}

/** More change nothing that the tables show. */
const turns = 12;

function turned(rows: Weighed[], direction: Direction): Direction {
  const next = new Float64Array(direction.length);
  for (const row of rows) {
    let along = 0;
    for (const [at, weight] of row) along += weight * (direction[at] ?? 0);
    for (const [at, weight] of row) next[at] = (next[at] ?? 0) + along * weight;
  }
  return next;
}

/** Gram and Schmidt, one direction after the other. */
function orthonormal(directions: Direction[]): Direction[] {
  const done: Direction[] = [];
  for (const direction of directions) {
    for (const other of done) {
      const along = product(direction, other);
      for (let at = 0; at < direction.length; at++) {
        direction[at] = (direction[at] ?? 0) - along * (other[at] ?? 0);
      }
    }
    const length = Math.sqrt(product(direction, direction));
    if (length > 1e-9) done.push(direction.map((value) => value / length));
  }
  return done;
}

function product(one: Direction, other: Direction): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

function countsIn(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of allWords(text)) {
    if (stopWords.has(word)) continue;
    for (const piece of [word, ...piecesOf(word)]) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return counts;
}

function allWords(text: string): string[] {
  return text.split(/\s+/).flatMap(toWords);
}

/** As larger models do, it sees parts of words: other endings and typing errors leave most of them. */
function piecesOf(word: string): string[] {
  const framed = `<${word}>`;
  return Array.from({ length: Math.max(0, framed.length - 3) }, (_, at) =>
    framed.slice(at, at + 4),
  );
}
