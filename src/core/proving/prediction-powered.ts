/** An estimate of a share, with the interval that holds it in 95 of 100 samples; all 0 to 1. */
export type Estimate = { share: number; from: number; to: number };

/** 95 % of a normal distribution. */
const quantile = 1.96;

/**
 * The share of right drafts from few labels of people and many verdicts of a judge (PPI++, Angelopoulos
 * et al., "Prediction-powered inference" 2023): the mean verdict of all, corrected by how far labels and
 * verdicts differ where both are known, and weighed by how much the verdicts are worth. A judge worth
 * nothing gets no weight, and what is left is the mean of the labels.
 *
 * The interval is a normal approximation: near 0 and 1, or with fewer than some thirty labels, it
 * promises too much.
 *
 * @param labelled a random part of all, each with its verdict
 * @param unlabelled the verdicts on the others
 * @returns `null` with fewer than two labels
 */
export function estimateShare(
  labelled: { label: number; verdict: number }[],
  unlabelled: number[],
): Estimate | null {
  const count = labelled.length;
  if (count < 2) return null;
  const labels = labelled.map(({ label }) => label);
  const verdicts = labelled.map(({ verdict }) => verdict);
  const weight = weightOf(labels, verdicts, unlabelled);
  const rest = labelled.map(({ label, verdict }) => label - weight * verdict);
  const share = mean(rest) + (unlabelled.length === 0 ? 0 : weight * mean(unlabelled));
  const ofUnlabelled =
    unlabelled.length < 2 ? 0 : (weight ** 2 * variance(unlabelled)) / unlabelled.length;
  const margin = quantile * Math.sqrt(variance(rest) / count + ofUnlabelled);
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  return { share: inside(share), from: inside(share - margin), to: inside(share + margin) };
}

/** What makes the interval shortest, 0 to 1. */
function weightOf(labels: number[], verdicts: number[], unlabelled: number[]): number {
  const spread = variance([...verdicts, ...unlabelled]);
  if (unlabelled.length === 0 || spread === 0) return 0;
  const [labelMean, verdictMean] = [mean(labels), mean(verdicts)];
  const together =
    labels.reduce(
      (sum, label, index) => sum + (label - labelMean) * ((verdicts[index] ?? 0) - verdictMean),
      0,
    ) /
    (labels.length - 1);
  const weight = together / ((1 + labels.length / unlabelled.length) * spread);
  return Math.min(1, Math.max(0, weight));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
