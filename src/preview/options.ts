import { parseArgs } from "node:util";

/** What is to be changed; of the first two the drafts stay as they are. */
export type PreviewedChange =
  | { kind: "threshold"; threshold: number }
  | { kind: "policy"; file: string }
  | { kind: "drafts"; prompts: string | null; model: string | null };

export type PreviewCommand = {
  change: PreviewedChange;
  /** At most so many decisions, the newest. */
  last: number;
  /** An HTML file with all flips side by side; `null`: none. */
  out: string | null;
  /** Nobody is asked whether it may cost what it will. */
  yes: boolean;
};

export const previewUsage = `npm run preview -- --threshold 0.85 | --policy FILE | --prompts DIR | --model NAME  [--last 200] [--out preview.html] [--yes]

  --threshold  another confidence threshold; no model is asked
  --policy     another policy file; no model is asked
  --prompts    a folder with a system.md and a user.md; each draft is written anew
  --model      another model; each draft is written anew
  --last       at most so many decisions, the newest (200)
  --out        writes what would change into an HTML file, side by side
  --yes        do not ask before the first call of the model`;

/** @throws Error with a sentence for whoever typed it */
export function readPreviewCommand(args: string[]): PreviewCommand {
  const { values } = parseArgs({
    args,
    options: {
      threshold: { type: "string" },
      policy: { type: "string" },
      prompts: { type: "string" },
      model: { type: "string" },
      last: { type: "string", default: "200" },
      out: { type: "string" },
      yes: { type: "boolean", default: false },
    },
  });
  const last = Number(values.last);
  if (!Number.isInteger(last) || last < 1 || last > 5000) {
    throw new Error("--last must be a whole number from 1 to 5000.");
  }
  const { out = null, yes } = values;
  if (out !== null && !/\.html?$/i.test(out)) throw new Error("--out must be an HTML file's name.");
  return { change: changeIn(values), last, out, yes };
}

function changeIn(values: {
  threshold?: string | undefined;
  policy?: string | undefined;
  prompts?: string | undefined;
  model?: string | undefined;
}): PreviewedChange {
  const { threshold, policy: file, prompts = null, model = null } = values;
  const isForDrafts = prompts !== null || model !== null;
  const asked = [threshold !== undefined, file !== undefined, isForDrafts].filter(Boolean).length;
  if (asked !== 1) {
    throw new Error(
      "Say one change: --threshold, --policy, or --prompts and --model (these two may go together).",
    );
  }
  if (file !== undefined) return { kind: "policy", file };
  if (threshold === undefined) return { kind: "drafts", prompts, model };
  const share = threshold.trim() === "" ? Number.NaN : Number(threshold);
  if (!(share >= 0 && share <= 1)) throw new Error("--threshold must be a number from 0 to 1.");
  return { kind: "threshold", threshold: share };
}
