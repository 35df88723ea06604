import type { Knot } from "./knots.ts";

type Label = { confidence: number; isRight: boolean };

/** A confidence of 0 or 1 has no logarithm of its odds. */
const edge = 0.005;
const newtonSteps = 50;
const gridSteps = 100;

/**
 * Platt's method: probability = 1 / (1 + exp(-(a · logit(confidence) + b))), by maximum likelihood
 * with his smoothed targets, which keep it from certainty. As knots, a hundredth apart.
 *
 * Platt, "Probabilistic outputs for support vector machines" (1999); Lin, Lin and Weng (2007).
 */
export function platt(labels: Label[]): Knot[] {
  const right = labels.filter(({ isRight }) => isRight).length;
  const targets = {
    right: (right + 1) / (right + 2),
    wrong: 1 / (labels.length - right + 2),
  };
  const { slope, intercept } = maximize(
    labels.map(({ confidence, isRight }) => ({
      x: logit(confidence),
      target: isRight ? targets.right : targets.wrong,
    })),
  );
  return Array.from({ length: gridSteps + 1 }, (_, step) => {
    const confidence = step / gridSteps;
    return { confidence, probability: sigmoid(slope * logit(confidence) + intercept) };
  });
}

/** Newton's method; a confidence that ranks the wrong way round gets a level line. */
function maximize(points: { x: number; target: number }[]): { slope: number; intercept: number } {
  const meanTarget = points.reduce((sum, { target }) => sum + target, 0) / points.length;
  let [slope, intercept] = [0, logit(meanTarget)];
  for (let step = 0; step < newtonSteps; step += 1) {
    // The small ridge keeps it solvable where all confidences are the same.
    let [gradientSlope, gradientIntercept, xx, x, one] = [0, 0, 1e-6, 0, 1e-6];
    for (const point of points) {
      const probability = sigmoid(slope * point.x + intercept);
      const weight = probability * (1 - probability);
      gradientSlope += (point.target - probability) * point.x;
      gradientIntercept += point.target - probability;
      xx += weight * point.x * point.x;
      x += weight * point.x;
      one += weight;
    }
    const determinant = xx * one - x * x;
    slope += (one * gradientSlope - x * gradientIntercept) / determinant;
    intercept += (xx * gradientIntercept - x * gradientSlope) / determinant;
  }
  return slope > 0 ? { slope, intercept } : { slope: 0, intercept: logit(meanTarget) };
}

function logit(share: number): number {
  const inside = Math.min(1 - edge, Math.max(edge, share));
  return Math.log(inside / (1 - inside));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
