import { describe, expect, it } from "vitest";
import { withCalibration } from "../../../src/core/proving/calibrated-drafter.ts";
import { type Calibration, calibrate } from "../../../src/core/proving/calibration.ts";
import { isotonic } from "../../../src/core/proving/isotonic.ts";
import type { JudgedCase } from "../../../src/core/proving/judged-drafts.ts";
import { probabilityAt } from "../../../src/core/proving/knots.ts";
import { platt } from "../../../src/core/proving/platt.ts";
import { conversation, customer, draft, part, recallOf } from "../../fixtures/conversations.ts";
import { createRandom } from "../../soak/random.ts";
import { judged } from "./judged.ts";

const present = { model: "test-model", promptHash: "0123456789ab" };
/** What models say. */
const said = [0.6, 0.75, 0.85, 0.9, 0.95];

/** Decisions about a model whose numbers are `off` too high. */
function decisions(count: number, off: number, seed = 1): JudgedCase[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const confidence = said[Math.floor(random.between(0, said.length))] ?? 0.9;
    const isRight = random.chance(confidence - off);
    return judged({ at: index, conversationId: `c${index}`, confidence, isRight });
  });
}

describe("a calibration", () => {
  it.each([
    { count: 150, method: "platt" },
    { count: 900, method: "isotonic" },
  ])("of $count decisions, by $method, finds how often drafts were right", (expected) => {
    const found = calibrate(decisions(expected.count, 0.25), present, 99);
    if (found.kind !== "calibrated") throw new Error(found.kind);
    const { calibration } = found;
    expect(calibration).toMatchObject({
      ...present,
      method: expected.method,
      fitted: (expected.count * 2) / 3,
      tested: expected.count / 3,
      from: 0,
      until: expected.count - 1,
      madeAt: 99,
    });
    for (const confidence of said) {
      const off = Math.abs(probabilityAt(calibration.knots, confidence) - (confidence - 0.25));
      expect(off).toBeLessThan(0.12);
    }
    const { model, calibrated } = calibration.quality;
    expect(calibrated.ece).toBeLessThan(model.ece / 2);
    expect(calibrated.brier).toBeLessThan(model.brier);
  });

  it("is fitted on what came earlier and tested on what came later", () => {
    // The model got worse: what was learnt from the earlier two thirds is of no use later.
    const good = decisions(400, 0);
    const bad = decisions(200, 0).map((one, index) => ({
      ...one,
      conversationId: `later${index}`,
      isRight: false,
    }));
    const found = calibrate([...good, ...bad], present, 0);
    if (found.kind === "not-yet") throw new Error(found.kind);
    const { quality } = found.kind === "calibrated" ? found.calibration : found;
    expect(quality.calibrated.ece).toBeGreaterThan(0.7);
  });

  it("is not made where the model's own number is as good", () => {
    const honest = Array.from({ length: 300 }, (_, index) =>
      judged({
        conversationId: `c${index}`,
        confidence: index % 10 === 0 ? 0 : 1,
        isRight: index % 10 !== 0,
      }),
    );
    expect(calibrate(honest, present, 0)).toMatchObject({ kind: "no-gain", labels: 300 });
  });

  it("says how many decisions are missing, and of which kind", () => {
    expect(calibrate(decisions(23, 0.2), present, 0)).toEqual({
      kind: "not-yet",
      labels: 23,
      decisions: 37,
      of: "any",
    });
    const allRight = decisions(90, 0).map((one) => ({ ...one, isRight: true }));
    expect(calibrate(allRight, present, 0)).toMatchObject({ decisions: 5, of: "wrong" });
  });

  it("takes one decision of each conversation, about present drafts that could have gone out", () => {
    const same = decisions(100, 0.2).map((one) => ({ ...one, conversationId: "same" }));
    const others = decisions(100, 0.2).map((one) => ({ ...one, model: "another" }));
    const kept = decisions(100, 0.2, 2).map((one) => ({ ...one, couldGoOut: false }));
    expect(calibrate([...same, ...others, ...kept], present, 0)).toMatchObject({ labels: 1 });
  });
});

describe("the isotonic line", () => {
  it("pools equal confidences first, whatever order the labels come in", () => {
    const labels = [0.9, 0.9, 0.9, 0.9].map((confidence, index) => ({
      confidence,
      isRight: index > 1,
    }));
    const lower = [
      { confidence: 0.5, isRight: true },
      { confidence: 0.5, isRight: false },
      { confidence: 0.5, isRight: false },
    ];
    const knots = isotonic([...labels, ...lower]);
    expect(isotonic([...labels, ...lower].reverse())).toEqual(knots);
    expect(knots).toEqual([
      { confidence: 0.5, probability: 1 / 3 },
      { confidence: 0.9, probability: 0.5 },
    ]);
  });

  it("never falls and is never certain", () => {
    const knots = isotonic(decisions(500, 0.1));
    for (const [index, knot] of knots.entries()) {
      expect(knot.probability).toBeGreaterThan(knots[index - 1]?.probability ?? 0);
      expect(knot.probability).toBeLessThan(1);
    }
    const alwaysRight = decisions(50, 0).map((one) => ({ ...one, isRight: true }));
    expect(isotonic(alwaysRight).map(({ probability }) => probability)).toEqual([1 - 1 / 52]);
  });
});

describe("Platt's line", () => {
  it("is level where a higher confidence was right less often", () => {
    const upsideDown = decisions(200, 0).map((one) => ({ ...one, isRight: one.confidence < 0.8 }));
    const knots = platt(upsideDown);
    expect(probabilityAt(knots, 0.2)).toBeCloseTo(probabilityAt(knots, 0.95));
  });

  it("is found where all confidences are the same, too", () => {
    const same = decisions(100, 0.3).map((one) => ({ ...one, confidence: 0.9 }));
    const share = same.filter(({ isRight }) => isRight).length / same.length;
    expect(probabilityAt(platt(same), 0.9)).toBeCloseTo(share, 1);
  });
});

describe("a drafter with a calibration", () => {
  const found = calibrate(
    decisions(900, 0.25),
    { model: "test-model", promptHash: "0123456789ab" },
    5,
  );
  const calibration = found.kind === "calibrated" ? found.calibration : null;
  const drafted = async (current: Calibration | null, origin: object) => {
    const warnings: object[] = [];
    const log = {
      debug() {},
      info() {},
      warn: (values: object) => void warnings.push(values),
      error() {},
    };
    const written = draft({ confidence: 0.9 });
    const given = { ...written, origin: { ...written.origin, ...origin } };
    const drafter = withCalibration({ draft: async () => ({ draft: given }) }, () => current, log);
    // Twice, because what is ignored is said once.
    const asked = [part(customer, "How do I reset my password?")];
    const turn = { basePartId: asked[0]?.id ?? "", messages: asked, earlier: [] };
    const request = { conversation: conversation(asked), turn, history: [], recall: recallOf() };
    await drafter.draft(request, new AbortController().signal);
    const drafting = await drafter.draft(request, new AbortController().signal);
    return { draft: "draft" in drafting ? drafting.draft : null, warnings };
  };

  it("says how often drafts of that confidence were right", async () => {
    const { draft: shown, warnings } = await drafted(calibration, present);
    expect(shown?.confidence).toBe(0.9);
    expect(shown?.calibrated).toBeCloseTo(0.65, 1);
    expect(warnings).toEqual([]);
  });

  it.each([
    { ...present, model: "another" },
    { ...present, promptHash: "another" },
  ])("ignores one that belongs to others, and says so once (%o)", async (origin) => {
    const { draft: shown, warnings } = await drafted(calibration, origin);
    expect(shown?.calibrated).toBeUndefined();
    expect(warnings).toEqual([origin]);
  });
});
