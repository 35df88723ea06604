import { describe, expect, it } from "vitest";
import { mcNemar } from "../../../src/core/proving/mc-nemar.ts";
import {
  type PreviewedCase,
  type PreviewSide,
  previewOf,
} from "../../../src/core/proving/preview.ts";
import { flipLines, previewSentences } from "../../../src/core/proving/preview-wording.ts";
import { seededRandom } from "../../../src/lib/seeded-random.ts";

describe("the exact test of two paired measurements", () => {
  it.each([
    [10, 2, 0.03857],
    [0, 5, 0.0625],
    [6, 0, 0.03125],
    [3, 3, 1],
    [0, 0, 1],
    // By the binomial distribution: 2 · P(Bin(1000, 0.5) ≤ 450).
    [450, 550, 0.00173],
  ])("gives for %i against %i a p of %d", (gained, lost, p) => {
    expect(mcNemar(gained, lost)).toBeCloseTo(p, 4);
    expect(mcNemar(lost, gained)).toBeCloseTo(p, 4);
  });

  it("calls chance more than chance in at most 5 of 100 comparisons", () => {
    const random = seededRandom(5);
    let alarms = 0;
    const runs = 4_000;
    for (let run = 0; run < runs; run += 1) {
      let gained = 0;
      const differing = 5 + Math.floor(random() * 40);
      for (let pair = 0; pair < differing; pair += 1) gained += random() < 0.5 ? 1 : 0;
      if (mcNemar(gained, differing - gained) < 0.05) alarms += 1;
    }
    expect(alarms / runs).toBeLessThan(0.05);
  });
});

const side = (isSent: boolean, isRight: boolean | null): PreviewSide => ({
  decision: isSent ? "reply: confident" : "review: low-confidence",
  isSent,
  reply: "A reply.",
  confidence: 0.8,
  isRight,
});
const pairs = (count: number, before: PreviewSide, after: PreviewSide): PreviewedCase[] =>
  Array.from({ length: count }, (_, index) => ({
    conversationId: `c${index}`,
    url: "",
    question: `Question ${index}?\nMore of it.`,
    answer: null,
    before,
    after,
  }));

describe("a preview", () => {
  it("says which decisions flip, and whether that is more than chance", () => {
    const cases = [
      ...pairs(20, side(true, true), side(true, true)),
      ...pairs(12, side(false, true), side(true, true)),
      ...pairs(3, side(false, false), side(true, false)),
      ...pairs(1, side(true, true), side(false, true)),
    ];
    const preview = previewOf(cases, false);
    expect(preview.flips).toHaveLength(16);
    // What would newly go out and is wrong stands first.
    expect(preview.flips[0]?.after).toEqual(side(true, false));
    expect(previewSentences(preview)).toEqual([
      "16 of 36 decisions would be another one.",
      "By themselves 35 would go out in place of 21: 15 more, 1 fewer. That is more than chance (exact McNemar, p = 0.0005).",
      "Wrong ones among what goes out: 3 in place of 0, of 36 cases in which it is known. Chance alone may do that (exact McNemar, p = 0.2500).",
    ]);
    expect(flipLines(preview)[0]).toBe(
      "c0  review: low-confidence 0.80, wrong → reply: confident 0.80, wrong  Question 0?",
    );
    expect(flipLines(preview).at(-1)).toContain("and 1 more");
  });

  it("claims nothing about quality where nobody knows it", () => {
    const preview = previewOf(pairs(5, side(false, null), side(true, null)), true);
    expect(previewSentences(preview).at(-1)).toContain("nothing is said about quality");
  });
});
