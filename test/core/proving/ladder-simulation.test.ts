import { describe, expect, it } from "vitest";
import { upperErrorBound } from "../../../src/core/proving/clopper-pearson.ts";
import { alarmAt, createWatch } from "../../../src/core/proving/e-cusum.ts";
import { createEvidence } from "../../../src/core/proving/e-process.ts";
import { climb, type TopicStanding } from "../../../src/core/proving/ladder.ts";
import { createRandom } from "../../soak/random.ts";
import { judged, terms } from "./judged.ts";

// What the ladder promises, on simulated teams whose truth is known. Each figure is of 3,000 runs;
// the margins are three standard deviations of the simulation itself, or more.

const runs = 3000;
const delta = 0.05;
const limit = 0.05;
const aWeek = 20;
const aYear = 52 * aWeek;

/** After how many cases each run got there, or `null`. */
function simulate(
  errorRate: number,
  cases: number,
  begin: () => (isRight: boolean, count: number) => boolean,
  seed = 7,
  count = runs,
): (number | null)[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const isThere = begin();
    for (let seen = 1; seen <= cases; seen += 1) {
      if (isThere(!random.chance(errorRate), seen)) return seen;
    }
    return null;
  });
}

function promotion(everyCases: number, errorLimit = limit) {
  return () => {
    const evidence = createEvidence(errorLimit);
    return (isRight: boolean, count: number) => {
      evidence.add(isRight);
      return count % everyCases === 0 && evidence.value() >= 1 / delta;
    };
  };
}

/** The usual bound, looked at every week until it passes. */
function peeking() {
  let errors = 0;
  return (isRight: boolean, count: number) => {
    if (!isRight) errors += 1;
    if (count % aWeek !== 0 || errors / count >= limit) return false;
    return upperErrorBound(errors, count, delta) <= limit;
  };
}

function alarm() {
  const watch = createWatch(limit);
  return (isRight: boolean) => {
    watch.add(isRight);
    return watch.value() >= alarmAt;
  };
}

const shareThere = (ends: (number | null)[]) =>
  ends.filter((end) => end !== null).length / ends.length;

/** Of those that got there. */
function median(ends: (number | null)[]): number {
  const there = ends.filter((end) => end !== null).sort((one, other) => one - other);
  return there[Math.floor(there.length / 2)] ?? Number.NaN;
}

describe("promotion where the truth is exactly at the limit", () => {
  it("is undeserved in at most 5 % of teams that look every week for a year", () => {
    const share = shareThere(simulate(limit, aYear, promotion(aWeek)));
    expect(share).toBeLessThanOrEqual(delta);
    expect(share).toBeGreaterThan(0.005);
  });

  it("is undeserved in at most 5 % of teams that look after every decision, 2,000 times", () => {
    expect(shareThere(simulate(limit, 2000, promotion(1)))).toBeLessThanOrEqual(delta);
  });

  it("also where 90 % is wanted", () => {
    expect(shareThere(simulate(0.1, 2000, promotion(1, 0.1)))).toBeLessThanOrEqual(delta);
  });

  it("is undeserved in every fifth team that looks at the usual bound every week", () => {
    const share = shareThere(simulate(limit, aYear, peeking));
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.24);
  });
});

describe("promotion where it is deserved", () => {
  it.each([
    { errorRate: 0.01, within: [120, 160], share: 0.99 },
    { errorRate: 0.02, within: [240, 300], share: 0.97 },
    { errorRate: 0.03, within: [440, 540], share: 0.68 },
  ])("comes with a true error of $errorRate after $within decisions", (expected) => {
    const ends = simulate(expected.errorRate, aYear, promotion(aWeek));
    expect(shareThere(ends)).toBeGreaterThan(expected.share);
    const [from = 0, to = 0] = expected.within;
    expect(median(ends)).toBeGreaterThanOrEqual(from);
    expect(median(ends)).toBeLessThanOrEqual(to);
  });
});

describe("demotion by audits", () => {
  it.each([
    { errorRate: 0.1, from: 105, to: 135 },
    { errorRate: 0.15, from: 42, to: 53 },
    { errorRate: 0.25, from: 16, to: 21 },
    { errorRate: 0.5, from: 7, to: 9 },
  ])("comes with an error of $errorRate after $from to $to audits", ({ errorRate, from, to }) => {
    const ends = simulate(errorRate, 3000, alarm, 9);
    expect(shareThere(ends)).toBe(1);
    expect(median(ends)).toBeGreaterThanOrEqual(from);
    expect(median(ends)).toBeLessThanOrEqual(to);
  });

  it("is a false alarm in about 3 % of 600 audits where 3 % are wrong", () => {
    expect(shareThere(simulate(0.03, 600, alarm, 9))).toBeLessThan(0.045);
  });
});

describe("ten topics, each exactly at the limit", () => {
  it("promotes any of them in at most 5 % of teams, where δ for each would in a third", () => {
    const random = createRandom(11);
    const teams = 300;
    const languages = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr"];
    let promoted = 0;
    let wouldBe = 0;
    for (let team = 0; team < teams; team += 1) {
      const cases = Array.from({ length: 6000 }, (_, at) =>
        judged({
          at,
          conversationId: String(at),
          language: languages[at % languages.length] ?? "en",
          isRight: !random.chance(limit),
        }),
      );
      // Also one that has lost it again since.
      const hasRisen = ({ stands, alarms }: TopicStanding) => stands === "automatic" || alarms > 0;
      if (climb(cases, terms).topics.some(hasRisen)) promoted += 1;
      if (simulate(limit, 600, promotion(1), 100 + team, languages.length).some(Boolean)) {
        wouldBe += 1;
      }
    }
    expect(promoted / teams).toBeLessThanOrEqual(delta);
    expect(wouldBe / teams).toBeGreaterThan(0.2);
  });
});
