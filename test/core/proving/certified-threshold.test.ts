import { describe, expect, it } from "vitest";
import { certifyThreshold, type RatedCase } from "../../../src/core/proving/certified-threshold.ts";
import { createRandom } from "../../soak/random.ts";

const terms = { errorLimit: 0.05, delta: 0.05 };
const cases = (count: number, confidence: number, wrong = 0): RatedCase[] =>
  Array.from({ length: count }, (_, index) => ({ confidence, isRight: index >= wrong }));

describe("the certified threshold", () => {
  it("is the lowest up to which every one holds, from the strictest with cases enough", () => {
    const found = certifyThreshold(
      [...cases(70, 0.95), ...cases(60, 0.9, 1), ...cases(60, 0.7, 20)],
      terms,
    );
    expect(found.certified).toMatchObject({ threshold: 0.9, count: 130, wrong: 1 });
    expect(found.certified?.wrongAtMost).toBeLessThanOrEqual(0.05);
    expect(found.curve.map(({ threshold, count }) => [threshold, count])).toEqual([
      [0.95, 70],
      [0.9, 130],
      [0.7, 190],
    ]);
  });

  it("is none behind one that fails, however good the next looks", () => {
    const found = certifyThreshold([...cases(60, 0.95, 4), ...cases(600, 0.9)], terms);
    expect(found.certified).toBeNull();
  });

  it.each([
    { given: cases(22, 0.9), needed: { threshold: 0.9, cases: 37 } },
    {
      given: [...cases(40, 0.95, 1), ...cases(30, 0.6, 10)],
      needed: { threshold: 0.95, cases: 53 },
    },
    { given: [], needed: { threshold: 1, cases: 59 } },
  ])("says how many more are needed where there are too few", ({ given, needed }) => {
    expect(certifyThreshold(given, terms)).toMatchObject({ certified: null, stillNeeded: needed });
    const more = cases(needed.cases, needed.threshold);
    const { certified } = certifyThreshold([...given, ...more], terms);
    if (given.length !== 70) expect(certified).not.toBeNull();
  });
});

/** What a team's model says, and how often it is wrong then: drawn anew for each team. */
function drawTeam(random: ReturnType<typeof createRandom>) {
  const said = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98];
  const base = random.between(0.002, 0.062);
  const slope = random.between(0.3, 1.5);
  return said.map((confidence) => ({
    confidence,
    weight: random.between(0.1, 1.1),
    wrong: Math.min(0.9, base + slope * (0.98 - confidence)),
  }));
}

type Team = ReturnType<typeof drawTeam>;

function draftsOf(team: Team, count: number, random: ReturnType<typeof createRandom>): RatedCase[] {
  const total = team.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from({ length: count }, () => {
    let left = random.between(0, total);
    const kind = team.find(({ weight }) => {
      left -= weight;
      return left <= 0;
    });
    return { confidence: kind?.confidence ?? 0, isRight: !random.chance(kind?.wrong ?? 1) };
  });
}

/** The share of what goes out at that threshold which is wrong in truth. */
function truth(team: Team, threshold: number): number {
  const above = team.filter(({ confidence }) => confidence >= threshold - 1e-9);
  const weight = above.reduce((sum, one) => sum + one.weight, 0);
  return above.reduce((sum, one) => sum + one.weight * one.wrong, 0) / weight;
}

describe.each([
  { errorLimit: 0.05, delta: 0.05, drafts: 300 },
  { errorLimit: 0.1, delta: 0.1, drafts: 300 },
])("on 2,000 teams of which the truth is known (%o)", ({ drafts, ...promise }) => {
  const random = createRandom(5);
  let broken = 0;
  let promised = 0;
  let naivelyBroken = 0;
  for (let team = 0; team < 2000; team += 1) {
    const drawn = drawTeam(random);
    const { certified, curve } = certifyThreshold(draftsOf(drawn, drafts, random), promise);
    if (certified !== null) {
      promised += 1;
      if (truth(drawn, certified.threshold) > promise.errorLimit) broken += 1;
    }
    // The lowest threshold that looks good on the cases at hand.
    const naive = curve.findLast(({ count, wrong }) => wrong / count <= promise.errorLimit);
    if (naive !== undefined && truth(drawn, naive.threshold) > promise.errorLimit) {
      naivelyBroken += 1;
    }
  }

  it("keeps its promise in at least 1 - δ of them, and does promise something", () => {
    expect(broken / 2000).toBeLessThanOrEqual(promise.delta);
    expect(promised).toBeGreaterThan(100);
  });

  it("the naive threshold, as control, does not", () => {
    expect(naivelyBroken / 2000).toBeGreaterThan(2 * promise.delta);
  });
});
