import type { Calibrated, Calibration, ReliabilityRow } from "./calibration.ts";

/** What came of a calibration, as text for a terminal. */
export function calibrationReport(
  calibrated: Calibrated,
  { model, promptHash }: { model: string; promptHash: string | null },
  path: string,
): string {
  const about = `What the confidence of ${model} with the present prompts (${promptHash ?? "none"}) has meant so far.`;
  return [about, "", ...linesOf(calibrated, path)].join("\n");
}

function linesOf(calibrated: Calibrated, path: string): string[] {
  switch (calibrated.kind) {
    case "not-yet":
      return notYetLines(calibrated);
    case "no-gain":
      return [
        `${calibrated.labels} decisions, and nothing to gain: on the later third of them the model's own number`,
        "was as near to the truth as the calibrated one. Nothing was written.",
        "",
        ...qualityLines(calibrated.quality),
      ];
    case "calibrated":
      return [
        ...madeOfLines(calibrated.calibration),
        "",
        ...tableLines(calibrated.reliability),
        "",
        ...qualityLines(calibrated.calibration.quality),
        "",
        ...combinedLines(calibrated),
        "",
        `Written to ${path}. Cards and /chat now show both numbers, without a restart. With`,
        "THRESHOLD_ON=calibrated, CONFIDENCE_THRESHOLD is compared with the calibrated one: choose it anew then.",
      ];
  }
}

/** Whether what is known besides the confidence is worth anything, and what it is that counts. */
function combinedLines({
  gain,
  calibration,
}: Extract<Calibrated, { kind: "calibrated" }>): string[] {
  if (gain === null) {
    return [
      "By confidence alone: too few decisions are known with margin, agreement and sources to combine them",
      "with it (20 right and 20 wrong ones among the earlier, 60 later ones; kept with each decision from now on).",
    ];
  }
  const { fitted, tested, byConfidence, combined, strength } = gain;
  const compared = `Brier score ${combined.brier.toFixed(3)} in place of ${byConfidence.brier.toFixed(3)} on ${tested} later decisions (fitted to ${fitted}; gain over its standard error ${strength.toFixed(1)}, 1.6 needed)`;
  if (calibration.combined === undefined) {
    return [
      "By confidence alone: with recall and sources it would be no better that can be told from chance:",
      `${compared}.`,
    ];
  }
  const weights = calibration.combined.model.features
    .toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight))
    .map(({ name, weight }) => `${name} ${weight >= 0 ? "+" : "−"}${Math.abs(weight).toFixed(2)}`);
  return [
    `Combined with recall and sources, which is better than by confidence alone:`,
    `${compared}.`,
    `What counts, in standard deviations: ${weights.join(", ")}.`,
  ];
}

function notYetLines(notYet: Extract<Calibrated, { kind: "not-yet" }>): string[] {
  const { labels, decisions, of } = notYet;
  const is = decisions === 1 ? "is" : "are";
  const kinds = {
    any: `${decisions} more decision${decisions === 1 ? "" : "s"} ${is} needed.`,
    right: `${decisions} more that found a draft right ${is} needed.`,
    wrong: `${decisions} more that found a draft wrong ${is} needed to tell which confidence is too high.`,
  };
  return [
    `${labels} decisions about such drafts so far. Not yet: ${kinds[of]}`,
    "Nothing was written.",
  ];
}

function madeOfLines({ method, fitted, tested, from, until }: Calibration): string[] {
  const methods = { platt: "Platt's method", isotonic: "isotonic regression" };
  return [
    `Fitted to ${fitted} decisions by ${methods[method]}, tested on the ${tested} after them (${dayOf(from)} to ${dayOf(until)}).`,
  ];
}

function tableLines(rows: ReliabilityRow[]): string[] {
  const cells = rows.map(({ from, to, count, said, calibrated, right }) => [
    `${Math.round(from * 100)} to ${percentOf(to)}`,
    String(count),
    percentOf(said),
    percentOf(calibrated),
    percentOf(right),
  ]);
  const table = [["confidence", "drafts", "model said", "calibrated", "were right"], ...cells];
  return table.map((row) =>
    row
      .map((cell) => cell.padStart(14))
      .join("")
      .trimEnd(),
  );
}

function qualityLines({ model, calibrated }: Calibration["quality"]): string[] {
  return [
    `Off on average (ECE): the model ${percentOf(model.ece)}, calibrated ${percentOf(calibrated.ece)}.`,
    `Brier score (0 is best): the model ${model.brier.toFixed(3)}, calibrated ${calibrated.brier.toFixed(3)}.`,
  ];
}

function percentOf(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
