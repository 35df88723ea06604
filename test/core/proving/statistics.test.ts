import { describe, expect, it } from "vitest";
import { upperErrorBound } from "../../../src/core/proving/clopper-pearson.ts";
import { createWatch } from "../../../src/core/proving/e-cusum.ts";
import { createEvidence } from "../../../src/core/proving/e-process.ts";

describe("the Clopper–Pearson bound", () => {
  // How many cases it takes for each number of errors: the usual tables of acceptance sampling.
  it.each([
    { target: 0.9, delta: 0.1, cases: [22, 38, 52] },
    { target: 0.95, delta: 0.1, cases: [45, 77, 105] },
    { target: 0.95, delta: 0.05, cases: [59, 93, 124] },
    { target: 0.98, delta: 0.05, cases: [149, 236, 313] },
  ])("certifies $target with δ $delta from $cases cases on", ({ target, delta, cases }) => {
    for (const [errors, count] of cases.entries()) {
      expect(upperErrorBound(errors, count, delta)).toBeLessThanOrEqual(1 - target);
      expect(upperErrorBound(errors, count - 1, delta)).toBeGreaterThan(1 - target);
    }
  });

  it("has the closed form 1 - δ^(1/n) without errors, also for many cases", () => {
    for (const cases of [1, 10, 1000, 1_000_000]) {
      expect(upperErrorBound(0, cases, 0.05)).toBeCloseTo(1 - 0.05 ** (1 / cases), 10);
    }
  });

  it("claims nothing where nothing was right, or nothing was seen", () => {
    expect(upperErrorBound(3, 3, 0.05)).toBe(1);
    expect(upperErrorBound(0, 0, 0.05)).toBe(1);
  });
});

describe("the evidence", () => {
  it("is the mean of the likelihood ratios", () => {
    const evidence = createEvidence(0.05);
    expect(evidence.value()).toBeCloseTo(1);
    for (const isRight of [true, true, false]) evidence.add(isRight);
    const rates = [0.005, 0.01, 0.02, 0.03, 0.04];
    const ratios = rates.map((rate) => ((1 - rate) / 0.95) ** 2 * (rate / 0.05));
    expect(evidence.value()).toBeCloseTo(ratios.reduce((sum, ratio) => sum + ratio) / 5, 12);
  });

  it("knows how many right cases it takes, to the case", () => {
    const evidence = createEvidence(0.05);
    evidence.add(false);
    const cases = evidence.rightCasesUntil(20);
    for (let count = 1; count < cases; count += 1) evidence.add(true);
    expect(evidence.value()).toBeLessThan(20);
    evidence.add(true);
    expect(evidence.value()).toBeGreaterThanOrEqual(20);
    expect(evidence.rightCasesUntil(20)).toBe(0);
  });

  it("stays a number after a hundred thousand cases", () => {
    const evidence = createEvidence(0.05);
    for (let count = 0; count < 100_000; count += 1) evidence.add(count % 10 !== 0);
    expect(evidence.value()).toBe(0);
    expect(evidence.rightCasesUntil(20)).toBeGreaterThan(1000);
  });
});

describe("the watch", () => {
  it("is not put to sleep by a long good past", () => {
    const [fresh, old] = [createWatch(0.05), createWatch(0.05)];
    for (let count = 0; count < 5000; count += 1) old.add(true);
    for (const isRight of [false, true, false, false]) {
      fresh.add(isRight);
      old.add(isRight);
    }
    expect(old.value()).toBeCloseTo(fresh.value());
  });
});
