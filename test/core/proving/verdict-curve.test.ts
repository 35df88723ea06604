import { describe, expect, it } from "vitest";
import type { BacktestCase, Label } from "../../../src/core/proving/backtest-case.ts";
import { casesToLabel, labelledSoFar } from "../../../src/core/proving/labelling.ts";
import { verdictCurve, verdictSentence } from "../../../src/core/proving/verdict-curve.ts";
import { wilsonInterval } from "../../../src/core/proving/wilson.ts";
import { seededRandom } from "../../../src/lib/seeded-random.ts";
import { caseOf } from "./case-of.ts";

const labelled = (count: number, confidence: number, label: Label | null): BacktestCase[] =>
  Array.from({ length: count }, () => caseOf({ confidence, label }));

/** 31 sure drafts, of which one was wrong, and 19 less sure ones. */
const fifty = [
  ...labelled(30, 0.9, "ok"),
  ...labelled(1, 0.85, "wrong"),
  ...labelled(9, 0.6, "ok"),
  ...labelled(10, 0.5, "edit"),
];
const sentenceAt = (cases: BacktestCase[], threshold: number) => {
  const point = verdictCurve(cases)[Math.round(threshold * 100)];
  return point && verdictSentence(point, cases.length);
};

describe("what a person's verdicts come to", () => {
  it("is one sentence with its interval", () => {
    expect(sentenceAt(fifty, 0.8)).toBe(
      "At 0.80, 31 of 50 would have gone out, 30 of them right: 84 to 99 %.",
    );
  });

  it("says how much of it nobody has looked at yet", () => {
    const half = fifty.map((one, index) => (index < 12 ? one : { ...one, label: null }));
    expect(sentenceAt(half, 0.8)).toBe(
      "At 0.80, 31 of 50 would have gone out; of the 12 of them that you have looked at, 12 are right: 76 to 100 %.",
    );
    const none = fifty.map((one) => ({ ...one, label: null }));
    expect(sentenceAt(none, 0.8)).toContain("you have looked at none of them yet");
    expect(sentenceAt(fifty, 1)).toBe("At 1.00, 0 of 50 would have gone out.");
  });

  it("counts a confidence that stands exactly at the threshold, as decimals are stored", () => {
    expect(verdictCurve(labelled(1, 0.29, "ok"))[29]?.out).toBe(1);
    expect(verdictCurve(labelled(1, 0.29, "ok"))[30]?.out).toBe(0);
  });

  it("asks nobody about what a rule keeps back, and never lets it out", () => {
    const cases = [caseOf({ confidence: 0.99, heldBack: "needs-human", label: "ok" }), ...fifty];
    expect(casesToLabel(cases)).toHaveLength(50);
    const { heldBack, turns, counts } = labelledSoFar(cases, seededRandom(1));
    expect({ heldBack, turns, counts }).toEqual({
      heldBack: 1,
      turns: 51,
      counts: { ok: 39, edit: 10, wrong: 1 },
    });
    expect(verdictCurve(cases)[90]?.out).toBe(30);
  });
});

describe("the score interval", () => {
  it.each([0.5, 0.8, 0.95])("holds a true share of %d in about 95 of 100 samples", (truth) => {
    const random = seededRandom(7);
    const runs = 3_000;
    let held = 0;
    for (let run = 0; run < runs; run += 1) {
      let right = 0;
      for (let index = 0; index < 40; index += 1) right += random() < truth ? 1 : 0;
      const { from, to } = wilsonInterval(right, 40);
      if (from <= truth && truth <= to) held += 1;
    }
    expect(held / runs).toBeGreaterThan(0.92);
    expect(held / runs).toBeLessThan(0.98);
  });

  it("says nothing without cases", () => {
    expect(wilsonInterval(0, 0)).toEqual({ share: 0, from: 0, to: 1 });
  });
});
