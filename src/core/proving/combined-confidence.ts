import type { DraftSignals } from "../types.ts";

/** The model's word and the signals as one probability: a logistic model. */
export type CombinedConfidence = {
  intercept: number;
  /** One for each feature, by its name. */
  features: { name: FeatureName; mean: number; spread: number; weight: number }[];
};

export type Signalled = { confidence: number; signals: DraftSignals };

/** A confidence of 0 or 1 has no logarithm of its odds. */
const edge = 0.005;
/** What is not known counts as old. */
const unknownAgeDays = 365;

/** What a check model that was not asked is taken to think. */
const unknownSupport = 0.5;

/** Eight numbers, each larger or smaller where drafts tend to be right. */
const featureOf = {
  confidence: ({ confidence }: Signalled) => {
    const inside = Math.min(1 - edge, Math.max(edge, confidence));
    return Math.log(inside / (1 - inside));
  },
  best: ({ signals }: Signalled) => signals.best,
  margin: ({ signals }: Signalled) => signals.margin,
  agreement: ({ signals }: Signalled) => signals.agreement,
  sources: ({ signals }: Signalled) => Math.min(3, signals.used),
  unsupported: ({ signals }: Signalled) => Math.min(3, signals.unsupported),
  support: ({ signals }: Signalled) => signals.support ?? unknownSupport,
  age: ({ signals }: Signalled) => Math.log1p(signals.ageDays ?? unknownAgeDays),
};
export type FeatureName = keyof typeof featureOf;
export const featureNames = Object.keys(featureOf) as FeatureName[];

/** On standardized features: so much does each weight cost, so that few labels make small weights. */
const ridge = 1;
const newtonSteps = 25;

/**
 * Logistic regression with a ridge, by Newton's method. A feature that is the same in all cases is
 * left out.
 *
 * @param labelled at least one of each kind
 */
export function combineConfidence(
  labelled: (Signalled & { isRight: boolean })[],
): CombinedConfidence {
  const features = featureNames.flatMap((name) => {
    const values = labelled.map(featureOf[name]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const spread = Math.sqrt(square);
    return spread < 1e-9 ? [] : [{ name, mean, spread }];
  });
  const rows = labelled.map((one) => [
    1,
    ...features.map(({ name, mean, spread }) => (featureOf[name](one) - mean) / spread),
  ]);
  const targets = labelled.map(({ isRight }) => (isRight ? 1 : 0));
  let weights = rows[0]?.map(() => 0) ?? [];
  for (let step = 0; step < newtonSteps; step += 1) {
    weights = newtonStep(weights, rows, targets);
  }
  const [intercept = 0, ...rest] = weights;
  return {
    intercept,
    features: features.map((feature, index) => ({ ...feature, weight: rest[index] ?? 0 })),
  };
}

/** @returns how probable it is that the draft is right, 0 to 1 */
export function combinedProbability(
  { intercept, features }: CombinedConfidence,
  draft: Signalled,
): number {
  const sum = features.reduce((so, { name, mean, spread, weight }) => {
    return so + (weight * (featureOf[name](draft) - mean)) / spread;
  }, intercept);
  return sigmoid(sum);
}

function newtonStep(weights: number[], rows: number[][], targets: number[]): number[] {
  // The intercept is not shrunk.
  const costOf = (index: number) => (index === 0 ? 1e-9 : ridge);
  const gradient = weights.map((weight, index) => -costOf(index) * weight);
  const curvature: number[][] = weights.map((_, row) =>
    weights.map((__, column) => (row === column ? costOf(row) : 0)),
  );
  for (const [index, row] of rows.entries()) {
    const probability = sigmoid(
      row.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0),
    );
    const error = (targets[index] ?? 0) - probability;
    const weight = probability * (1 - probability);
    for (const [one, value] of row.entries()) {
      gradient[one] = (gradient[one] ?? 0) + error * value;
      const line = curvature[one] ?? [];
      for (const [other, second] of row.entries()) {
        line[other] = (line[other] ?? 0) + weight * value * second;
      }
    }
  }
  const change = solved(curvature, gradient);
  return weights.map((weight, index) => weight + (change[index] ?? 0));
}

/** Gauss's elimination with pivots; the matrix is small and, by the ridge, never singular. */
function solved(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const factor = at(row, column) / at(column, column);
      rows[row] = rows[row]?.map((value, index) => value - factor * at(column, index)) ?? [];
    }
  }
  return rows.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
