import type { Drafter, Log } from "../ports.ts";
import type { Draft } from "../types.ts";
import { calibratedProbability } from "./calibrated-probability.ts";
import type { Calibration } from "./calibration.ts";
import { signalsOf } from "./draft-signals.ts";

/**
 * The same drafter; each draft also carries what can be counted of it, and says how probable it is that it is right, where a calibration
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
      if ("noDraft" in drafting) return drafting;
      const calibration = current();
      const draft = { ...drafting.draft, signals: signalsOf(request, drafting.draft) };
      if (calibration === null) return { draft };
      if (!belongsTo(calibration, draft.origin)) {
        sayIgnored(calibration, draft.origin);
        return { draft };
      }
      return { draft: { ...draft, calibrated: calibratedProbability(calibration, draft) } };
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
