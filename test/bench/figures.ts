/** One line of the result: what was measured, beside its goal and what it is compared with. */
export type Figure = {
  name: string;
  value: number;
  unit: string;
  goal: Goal | null;
  reference: { name: string; value: number } | null;
  /** The figure divided by its reference; `null` where a quotient says nothing. */
  ratio: number | null;
};

/** What the goal is about: the figure itself, or its ratio to the reference. */
export type Goal = { of: "value" | "ratio"; atLeast?: number; atMost?: number };

export function formatFigure({ name, value, unit, goal, reference, ratio }: Figure): string {
  const columns = [
    name.padEnd(48),
    `${short(value)} ${unit}`.padStart(13),
    (reference === null ? "" : `${reference.name} ${short(reference.value)} ${unit}`).padEnd(34),
    (ratio === null ? "" : `ratio ${ratio.toFixed(2)}`).padEnd(11),
    goal === null ? "no goal" : verdict(goal, goal.of === "value" ? value : ratio),
  ];
  return columns.join("  ").trimEnd();
}

function verdict({ of, atLeast, atMost }: Goal, measured: number | null): string {
  const isMet = measured !== null && measured >= (atLeast ?? 0) && measured <= (atMost ?? Infinity);
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `goal: ${of === "ratio" ? "ratio " : ""}${bound}, ${isMet ? "met" : "MISSED"}`;
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1);
}

export function median(values: number[]): number {
  return percentile(values, 0.5);
}

/** The smallest value that at least this share (0 to 1) of the values does not exceed. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
