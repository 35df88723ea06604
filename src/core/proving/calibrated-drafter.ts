import type { Drafter, Log } from "../ports.ts";
import type { Draft } from "../types.ts";
import type { Calibration } from "./calibration.ts";
import { probabilityAt } from "./knots.ts";

/**
 * The same drafter; each draft also says how probable it is that it is right, where a calibration
 * belongs to its model and its prompts. One that belongs to others is passed over, and that is said
 * once for each.
 */
export function withCalibration(
  drafter: Drafter,
  current: () => Calibration | null,
  log: Log,
): Drafter {
  let lastIgnored = "";
  return {
    async draft(request, signal) {
      const drafting = await drafter.draft(request, signal);
      const calibration = current();
      if (calibration === null || "noDraft" in drafting) return drafting;
      const { draft } = drafting;
      if (!belongsTo(calibration, draft.origin)) {
        sayIgnored(calibration, draft.origin);
        return drafting;
      }
      const calibrated = probabilityAt(calibration.knots, draft.confidence);
      return { draft: { ...draft, calibrated } };
    },
  };

  function sayIgnored({ madeAt }: Calibration, { model, promptHash }: Draft["origin"]): void {
    const ignored = `${madeAt} ${model} ${promptHash}`;
    if (ignored === lastIgnored) return;
    lastIgnored = ignored;
    log.warn(
      { model, promptHash },
      "calibration.json belongs to another model or other prompts and is ignored: npm run calibrate makes one as soon as there are decisions",
    );
  }
}

/** Whether it was made of drafts from that model with those prompts. */
export function belongsTo(
  calibration: Pick<Calibration, "model" | "promptHash">,
  origin: { model: string; promptHash: string | null },
): boolean {
  return calibration.model === origin.model && calibration.promptHash === origin.promptHash;
}
