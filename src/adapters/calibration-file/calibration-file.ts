import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Log } from "../../core/ports.ts";
import type { Calibration } from "../../core/proving/calibration.ts";
import { featureNames } from "../../core/proving/combined-confidence.ts";
import { fileVersion } from "../../lib/file-version.ts";

const share = z.number().min(0).max(1);
const quality = z.object({ brier: share, ece: share });
const combinedForm = z.object({
  model: z.object({
    intercept: z.number(),
    features: z.array(
      z.object({
        name: z.enum(featureNames),
        mean: z.number(),
        spread: z.number().positive(),
        weight: z.number(),
      }),
    ),
  }),
  gain: z.object({
    fitted: z.int(),
    tested: z.int(),
    byConfidence: quality,
    combined: quality,
    strength: z.number(),
  }),
});
const calibrationForm = z.object({
  method: z.enum(["platt", "isotonic"]),
  model: z.string(),
  promptHash: z.string().nullable(),
  from: z.number(),
  until: z.number(),
  madeAt: z.number(),
  fitted: z.int(),
  tested: z.int(),
  knots: z
    .array(z.object({ confidence: share, probability: share }))
    .min(1)
    .refine(isRising, { error: "must rise in both confidence and probability" }),
  quality: z.object({ model: quality, calibrated: quality }),
  combined: combinedForm.optional(),
});

function isRising(knots: Calibration["knots"]): boolean {
  return knots.every((knot, index) => {
    const before = knots[index - 1];
    if (before === undefined) return true;
    return knot.confidence > before.confidence && knot.probability >= before.probability;
  });
}

export type CalibrationFile = {
  path: string;
  /** What the file says, read again whenever it has changed; `null`: there is none that can be used. */
  current(): Calibration | null;
  /** Puts it in the place of the one before, whole or not at all. @throws Error of the file system */
  write(calibration: Calibration): void;
};

/** `calibration.json` in the folder of `DATA_DIR`. One that cannot be read is said once and ignored. */
export function createCalibrationFile(directory: string, log: Log): CalibrationFile {
  const path = join(directory, "calibration.json");
  let version = "none";
  let calibration: Calibration | null = null;

  return {
    path,
    current() {
      const now = fileVersion(path);
      if (now !== version) {
        version = now;
        calibration = now === "none" ? null : read(path, log);
      }
      return calibration;
    },
    write(next) {
      const beside = `${path}.${process.pid}.new`;
      writeFileSync(beside, `${JSON.stringify(next, null, 2)}\n`);
      renameSync(beside, path);
    },
  };
}

function read(path: string, log: Log): Calibration | null {
  try {
    const calibration = calibrationForm.parse(JSON.parse(readFileSync(path, "utf8")));
    const { method, model, promptHash, fitted, tested } = calibration;
    log.info({ path, method, model, promptHash, fitted, tested }, "calibration read");
    return calibration;
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    log.warn(
      { path, problem },
      "the calibration cannot be read and is ignored: npm run calibrate writes it anew",
    );
    return null;
  }
}
