import type { Draft, Policy } from "../types.ts";

/**
 * The number that is compared with the threshold, 0 to 1: the model's own, or, where the policy says
 * so, how often drafts like that were right; `null` where that is not known.
 */
export function surenessOf(
  { confidence, calibrated }: Pick<Draft, "confidence" | "calibrated">,
  { thresholdOn }: Pick<Policy, "thresholdOn">,
): number | null {
  return thresholdOn === "calibrated" ? (calibrated ?? null) : confidence;
}
