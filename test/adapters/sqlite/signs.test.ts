import { describe, expect, it } from "vitest";

import { createSignIndex, signsOf } from "../../../src/adapters/sqlite/signs.ts";
import { seededRandom } from "../../../src/lib/seeded-random.ts";

const random = seededRandom(42);

/** Normally distributed (Box and Muller 1958). */
function drawn(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Texts about a thing and, less, another one, and what a model has in common for all texts. */
function drawVectors(count: number, dimension: number): Float32Array[] {
  const vector = () => Array.from({ length: dimension }, drawn);
  const common = vector();
  const topics = Array.from({ length: 300 }, vector);
  const drawnTopic = () => topics[Math.floor(random() * topics.length)] ?? common;
  return Array.from({ length: count }, () => {
    const [topic, side] = [drawnTopic(), drawnTopic()];
    return Float32Array.from(topic, (value, at) => {
      return value + 0.5 * (side[at] ?? 0) + (common[at] ?? 0) + 0.8 * drawn();
    });
  });
}

function likeness(one: Float32Array, other: Float32Array): number {
  let [product, ones, others] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at] ?? 0, other[at] ?? 0];
    product += a * b;
    ones += a * a;
    others += b * b;
  }
  return product / Math.sqrt(ones * others);
}

describe("the signs of vectors", () => {
  it.each([96, 1536])("lead to nearly all of the nearest, of %i dimensions", async (dimension) => {
    const vectors = drawVectors(3_010, dimension);
    const queries = vectors.splice(3_000);
    const index = createSignIndex(10_000);
    for (const [row, vector] of vectors.entries()) index.put(row, signsOf(vector));
    let found = 0;
    for (const query of queries) {
      const exactly = vectors
        .map((vector, row) => ({ row, likeness: likeness(vector, query) }))
        .sort((one, other) => other.likeness - one.likeness)
        .slice(0, 10);
      const near = new Set(await index.nearest(signsOf(query), 100));
      found += exactly.filter(({ row }) => near.has(row)).length;
    }
    expect(found / (10 * queries.length)).toBeGreaterThan(0.97);
  });

  it("keep the newest rows where there is no room for all, and each once", async () => {
    const [query = new Float32Array(), ...vectors] = drawVectors(8, 64);
    const index = createSignIndex(4);
    for (const [row, vector] of vectors.entries()) index.put(row, signsOf(vector));
    index.put(6, signsOf(query));
    expect((await index.nearest(signsOf(query), 10)).toSorted()).toEqual([3, 4, 5, 6]);
    expect(await index.nearest(signsOf(query), 1)).toEqual([6]);
    index.remove(6);
    index.remove(99);
    expect((await index.nearest(signsOf(query), 10)).toSorted()).toEqual([3, 4, 5]);
    index.put(7, signsOf(query));
    expect((await index.nearest(signsOf(query), 10)).toSorted()).toEqual([3, 4, 5, 7]);
  });

  it("let others go first while many rows are compared", async () => {
    const [vector = new Float32Array()] = drawVectors(1, 64);
    const index = createSignIndex(100_000);
    const signs = signsOf(vector);
    for (let row = 0; row < 40_000; row++) index.put(row, signs);
    let others = 0;
    const other = () => {
      others += 1;
      if (others < 1_000) setImmediate(other);
    };
    setImmediate(other);
    await index.nearest(signs, 10);
    expect(others).toBeGreaterThan(0);
  });
});
