import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCalibrationFile } from "../../../src/adapters/calibration-file/calibration-file.ts";
import type { Calibration } from "../../../src/core/proving/calibration.ts";

const calibration: Calibration = {
  method: "platt",
  model: "test-model",
  promptHash: null,
  from: 1,
  until: 2,
  madeAt: 3,
  fitted: 60,
  tested: 30,
  knots: [
    { confidence: 0.5, probability: 0.3 },
    { confidence: 0.9, probability: 0.7 },
  ],
  quality: { model: { brier: 0.2, ece: 0.2 }, calibrated: { brier: 0.1, ece: 0.05 } },
};

let directory: string;
let warnings: object[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "calibration-"));
  warnings = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = () =>
  createCalibrationFile(directory, {
    debug() {},
    info() {},
    warn: (values) => void warnings.push(values),
    error() {},
  });

describe("calibration.json", () => {
  it("is read by a running process as soon as another has written it", () => {
    const running = open();
    expect(running.current()).toBeNull();
    open().write(calibration);
    expect(running.current()).toEqual(calibration);
    open().write({ ...calibration, fitted: 61 });
    expect(running.current()?.fitted).toBe(61);
    rmSync(join(directory, "calibration.json"));
    expect(running.current()).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["no JSON", "{"],
    [
      "a line that falls",
      JSON.stringify({ ...calibration, knots: calibration.knots.toReversed() }),
    ],
    [
      "a probability above 1",
      JSON.stringify({ ...calibration, knots: [{ confidence: 1, probability: 2 }] }),
    ],
  ])("is ignored with %s, and that is said once", (_fault, text) => {
    writeFileSync(join(directory, "calibration.json"), text);
    const file = open();
    expect([file.current(), file.current()]).toEqual([null, null]);
    expect(warnings).toHaveLength(1);
  });
});
