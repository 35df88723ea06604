import { describe, expect, it } from "vitest";
import { estimateShare } from "../../../src/core/proving/prediction-powered.ts";
import { createRandom } from "../../soak/random.ts";

const runs = 3000;
const truth = 0.85;
const labelledCount = 100;
const unlabelledCount = 1900;

/** Runs with a judge that finds so much of what is right, and of what is wrong. */
function simulate(judge: { sensitivity: number; specificity: number }, seed = 3) {
  const random = createRandom(seed);
  const draw = () => {
    const isRight = random.chance(truth);
    const saysRight = isRight
      ? random.chance(judge.sensitivity)
      : !random.chance(judge.specificity);
    return { label: isRight ? 1 : 0, verdict: saysRight ? 1 : 0 };
  };
  let covered = 0;
  let width = 0;
  let alone = 0;
  let raw = 0;
  for (let run = 0; run < runs; run += 1) {
    const labelled = Array.from({ length: labelledCount }, draw);
    const unlabelled = Array.from({ length: unlabelledCount }, () => draw().verdict);
    const estimate = estimateShare(labelled, unlabelled);
    const byLabels = estimateShare(labelled, []);
    if (estimate === null || byLabels === null) throw new Error("no estimate");
    if (estimate.from <= truth && truth <= estimate.to) covered += 1;
    width += (estimate.to - estimate.from) / runs;
    alone += (byLabels.to - byLabels.from) / runs;
    raw += unlabelled.reduce((sum, verdict) => sum + verdict, 0) / unlabelledCount / runs;
  }
  return { covered: covered / runs, width, alone, raw };
}

describe("labels and verdicts together", () => {
  it.each([
    { sensitivity: 0.95, specificity: 0.9, narrower: 0.7 },
    { sensitivity: 0.9, specificity: 0.8, narrower: 0.85 },
    { sensitivity: 0.85, specificity: 0.7, narrower: 0.95 },
    { sensitivity: 0.5, specificity: 0.5, narrower: 1.005 },
  ])("hold the truth, in an interval no wider than that of labels alone (%o)", (judge) => {
    const { covered, width, alone } = simulate(judge);
    expect(covered).toBeGreaterThan(0.92);
    expect(width).toBeLessThan(alone * judge.narrower);
  });

  it("are right where the judge alone is not", () => {
    // The figure that a judge's verdicts alone give for 85 %.
    expect(simulate({ sensitivity: 0.9, specificity: 0.8 }).raw).toBeCloseTo(0.795, 2);
    expect(simulate({ sensitivity: 0.98, specificity: 0.5 }).raw).toBeCloseTo(0.908, 2);
  });

  it("are the labels' mean where nothing else is known", () => {
    const labelled = [1, 1, 1, 0].map((label) => ({ label, verdict: 1 }));
    expect(estimateShare(labelled, [])?.share).toBe(0.75);
    expect(estimateShare(labelled.slice(0, 1), [1, 1])).toBeNull();
  });
});
