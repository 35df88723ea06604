import { describe, expect, it } from "vitest";

import { fuse } from "../../../src/lib/full-text/rank-fusion.ts";

const hits = (...rows: [row: number, score: number][]) =>
  rows.map(([row, score]) => ({ row, score }));
const near = (...rows: [row: number, likeness: number][]) =>
  rows.map(([row, likeness]) => ({ row, likeness }));
const all = () => true;

describe("rank fusion", () => {
  it("changes nothing where no row has a vector yet", () => {
    const byWords = hits([1, 0.9], [2, 0.8], [3, 0.7]);
    expect(fuse(byWords, [], () => false)).toEqual(byWords);
  });

  it("keeps a row without a vector at its rank by words", () => {
    const byWords = hits([1, 0.9], [2, 0.8], [3, 0.7], [4, 0.1]);
    const fused = fuse(byWords, near([4, 0.9], [3, 0.2], [1, 0.1]), (row) => row !== 2);
    expect(fused.findIndex(({ row }) => row === 2)).toBeLessThan(2);
  });

  it("gives the scores of the words where both agree, and no distance where they do not", () => {
    const byWords = hits([1, 0.9], [2, 0.4], [3, 0.3]);
    expect(fuse(byWords, near([1, 0.6], [2, 0.5], [3, 0.1]), all)).toEqual(byWords);
    const [first, second] = fuse(byWords, near([2, 0.6], [3, 0.5]), all);
    expect(first).toEqual({ row: 2, score: 0.4 });
    expect((first?.score ?? 0) - (second?.score ?? 0)).toBeLessThan(0.11);
  });

  it("puts what only meaning finds before what fits badly by words, with half a score at most", () => {
    const byWords = hits([1, 0.4], [2, 0.4], [3, 0.35], [4, 0.3], [5, 0.3], [6, 0.2]);
    const fused = fuse(byWords, near([9, 0.8], [1, 0.7]), all);
    expect(fused.findIndex(({ row }) => row === 9)).toBeLessThanOrEqual(3);
    expect(fused.find(({ row }) => row === 9)?.score).toBeLessThanOrEqual(0.4);
    expect(fuse([], near([9, 0.8]), all)).toEqual([{ row: 9, score: 0.4 }]);
  });

  it("trusts a model less that names nothing of what has all of the words", () => {
    const rows = Array.from({ length: 10 }, (_, index): [number, number] => [
      index + 1,
      0.95 - index / 100,
    ]);
    const others = near(...rows.map(([row]): [number, number] => [row + 100, 0.9]));
    const order = fuse(hits(...rows), others, all).map(({ row }) => row);
    expect(order.slice(0, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
