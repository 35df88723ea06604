import type { DraftSignals } from "../types.ts";
import type { Calibration } from "./calibration.ts";
import { combinedProbability } from "./combined-confidence.ts";
import { probabilityAt } from "./knots.ts";

/**
 * How probable it is that a draft is right, 0 to 1: by everything that is known of it where the
 * calibration could show that this is worth something, else by the model's word alone.
 */
export function calibratedProbability(
  { knots, combined }: Pick<Calibration, "knots" | "combined">,
  { confidence, signals }: { confidence: number; signals?: DraftSignals | undefined },
): number {
  if (combined === undefined || signals === undefined) return probabilityAt(knots, confidence);
  return combinedProbability(combined.model, { confidence, signals });
}
