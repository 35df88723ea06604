import { describe, expect, it } from "vitest";
import { withCalibration } from "../../../src/core/proving/calibrated-drafter.ts";
import { calibratedProbability } from "../../../src/core/proving/calibrated-probability.ts";
import { calibrate } from "../../../src/core/proving/calibration.ts";
import { calibrationReport } from "../../../src/core/proving/calibration-wording.ts";
import {
  combineConfidence,
  combinedProbability,
} from "../../../src/core/proving/combined-confidence.ts";
import { signalsOf } from "../../../src/core/proving/draft-signals.ts";
import type { JudgedCase } from "../../../src/core/proving/judged-drafts.ts";
import type { DraftSignals } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  draft,
  part,
  recallOf,
  source,
} from "../../fixtures/conversations.ts";
import { createRandom } from "../../soak/random.ts";
import { judged } from "./judged.ts";

const present = { model: "test-model", promptHash: "0123456789ab" };
const dayMs = 24 * 60 * 60_000;

/** A model that always sounds alike, and is right where its best source fits. */
function decisions(count: number, worth: number, seed: number): JudgedCase[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const confidence = [0.85, 0.9, 0.95][index % 3] ?? 0.9;
    const best = random.between(0, 1);
    const signals: DraftSignals = {
      margin: random.between(0, 0.5),
      agreement: random.between(0, 1),
      best,
      used: 1,
      ageDays: Math.floor(random.between(0, 400)),
      unsupported: 0,
    };
    const isRight = random.chance(0.7 + worth * (best - 0.5));
    return judged({ at: index, conversationId: `c${index}`, confidence, signals, isRight });
  });
}

describe("confidence together with what else is known", () => {
  it("finds the weights of the truth, and leaves out what is always the same", () => {
    const random = createRandom(3);
    const labelled = decisions(6_000, 0, 2).map((one) => {
      const signals = one.signals as DraftSignals;
      const odds = -1 + 3 * signals.best;
      return { ...one, signals, isRight: random.chance(1 / (1 + Math.exp(-odds))) };
    });
    const model = combineConfidence(labelled);
    const names = model.features.map(({ name }) => name);
    expect(names).toEqual(["confidence", "best", "margin", "agreement", "age"]);
    const best = model.features.find(({ name }) => name === "best");
    expect((best?.weight ?? 0) / (best?.spread ?? 1)).toBeCloseTo(3, 0);
    for (const { name, weight } of model.features) {
      if (name !== "best") expect(Math.abs(weight)).toBeLessThan(0.1);
    }
    const [first] = labelled;
    if (first === undefined) throw new Error("none");
    const at = (value: number) =>
      combinedProbability(model, { ...first, signals: { ...first.signals, best: value } });
    expect(at(0.9)).toBeCloseTo(1 / (1 + Math.exp(1 - 2.7)), 1);
    expect(at(0.1)).toBeCloseTo(1 / (1 + Math.exp(1 - 0.3)), 1);
  });

  it("is used where it is better on later decisions, and the report says by how much", () => {
    const found = calibrate(decisions(600, 0.6, 5), present, 9);
    if (found.kind !== "calibrated") throw new Error(found.kind);
    const { combined } = found.calibration;
    expect(combined?.gain.strength).toBeGreaterThan(1.645);
    expect(combined?.gain.combined.brier).toBeLessThan(combined?.gain.byConfidence.brier ?? 0);
    const report = calibrationReport(found, present, "calibration.json");
    expect(report).toContain("Combined with recall and sources, which is better");
    expect(report).toMatch(/Brier score 0\.\d+ in place of 0\.\d+ on 200 later decisions/);
    expect(report).toMatch(/What counts, in standard deviations: best \+\d/);

    const of = (best: number) => {
      const signals = { ...(decisions(1, 0, 1)[0]?.signals as DraftSignals), best };
      return calibratedProbability(found.calibration, { confidence: 0.9, signals });
    };
    expect(of(0.95)).toBeGreaterThan(of(0.05) + 0.3);
    // Of drafts from before it was kept, the confidence alone speaks.
    const without = calibratedProbability(found.calibration, { confidence: 0.9 });
    expect(without).toBeCloseTo(0.7, 1);
  });

  it("is used for nothing in about nineteen of twenty teams where it is worth nothing", () => {
    let used = 0;
    const teams = 300;
    for (let team = 0; team < teams; team += 1) {
      const found = calibrate(decisions(300, 0, 100 + team), present, 9);
      if (found.kind === "calibrated" && found.calibration.combined !== undefined) used += 1;
    }
    expect(used / teams).toBeLessThan(0.07);
  });

  it("says what is missing where decisions do not know it", () => {
    const bare = decisions(300, 0, 4).map(({ signals: _signals, ...one }) => one);
    const found = calibrate(bare, present, 9);
    if (found.kind !== "calibrated") throw new Error(found.kind);
    expect(found).toMatchObject({ gain: null });
    expect(found.calibration.combined).toBeUndefined();
    expect(calibrationReport(found, present, "x")).toContain("too few decisions are known");
  });
});

describe("what is counted of a draft", () => {
  const question = part(customer, "How do I reset my password?");
  const asked = { conversation: conversation([question]), recall: recallOf([source()]) };
  const { readAt } = asked.conversation;

  it("is how well and how clearly its sources fit, how old they are, and what none of them says", () => {
    const usedSources = [
      source({ score: 0.81234, at: readAt - 10 * dayMs }),
      source({ score: 0.4, at: readAt - 3 * dayMs }),
    ];
    const unsupported = [{ sentence: "7 €.", kind: "number" as const, words: "7 €" }];
    expect(signalsOf(asked, { usedSources, unsupported })).toEqual({
      margin: 0.4,
      agreement: 1,
      best: 0.812,
      used: 2,
      ageDays: 3,
      unsupported: 1,
    });
    const support = { holds: true, probability: 0.93 };
    expect(signalsOf(asked, { usedSources, support })).toMatchObject({ support: 0.93 });
    const none = signalsOf(asked, { usedSources: [] });
    expect(none).toMatchObject({ best: 0, used: 0, ageDays: null, unsupported: 0 });
  });

  it("goes with every draft, also where there is no calibration yet", async () => {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const drafter = withCalibration({ draft: async () => ({ draft: draft() }) }, () => null, log);
    const turn = { basePartId: question.id, messages: [question], earlier: [] };
    const request = { ...asked, turn, history: [] };
    const drafted = await drafter.draft(request, new AbortController().signal);
    if (!("draft" in drafted)) throw new Error("no draft");
    expect(drafted.draft.signals).toMatchObject({ margin: 0.4, used: 1 });
    expect(drafted.draft.calibrated).toBeUndefined();
  });
});
