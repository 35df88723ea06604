import { surenessOf } from "../judging/sureness.ts";
import type { Policy } from "../types.ts";
import { belongsTo } from "./calibrated-drafter.ts";
import { calibratedProbability } from "./calibrated-probability.ts";
import type { Calibration } from "./calibration.ts";
import type { LadderTerms } from "./ladder.ts";

/** How probable it may be, over all topics together, that one has earned it undeservedly. */
const delta = 0.05;

/**
 * The ladder's terms as the policy has them now.
 *
 * @param errorLimit at most that share of a topic's drafts may be wrong, 0 to 1
 */
export function ladderTerms(
  errorLimit: number,
  policy: Policy,
  present: Pick<LadderTerms, "model" | "promptHash">,
  calibration: Calibration | null,
): LadderTerms {
  const isFitting = calibration !== null && belongsTo(calibration, present);
  return {
    ...present,
    errorLimit,
    delta,
    confidenceThreshold: policy.confidenceThreshold,
    surenessOf: (draft) => {
      const calibrated = isFitting ? calibratedProbability(calibration, draft) : undefined;
      return surenessOf({ ...draft, calibrated }, policy);
    },
  };
}
