import type { Knot } from "./knots.ts";

type Label = { confidence: number; isRight: boolean };
type Block = { confidenceSum: number; right: number; count: number };

/**
 * Isotonic regression: the rising line of steps that is nearest to the labels (pool adjacent
 * violators). Labels of the same confidence are pooled first: models say only a handful of numbers,
 * and in any other order the same labels would give another line.
 *
 * No probability is 0 or 1: of n labels none says more than 1/(n + 2).
 *
 * Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability
 * estimates" (2002).
 */
export function isotonic(labels: Label[]): Knot[] {
  const blocks: Block[] = [];
  const tied = [...Map.groupBy(labels, ({ confidence }) => confidence)];
  for (const [confidence, same] of tied.sort(([one], [other]) => one - other)) {
    blocks.push({
      confidenceSum: confidence * same.length,
      right: same.filter(({ isRight }) => isRight).length,
      count: same.length,
    });
    while (violates(blocks.at(-2), blocks.at(-1))) pool(blocks);
  }
  const least = 1 / (labels.length + 2);
  return blocks.map(({ confidenceSum, right, count }) => ({
    confidence: confidenceSum / count,
    probability: Math.min(1 - least, Math.max(least, right / count)),
  }));
}

function violates(before: Block | undefined, after: Block | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return before.right / before.count >= after.right / after.count;
}

function pool(blocks: Block[]): void {
  const [after, before] = [blocks.pop(), blocks.pop()];
  if (after === undefined || before === undefined) return;
  blocks.push({
    confidenceSum: before.confidenceSum + after.confidenceSum,
    right: before.right + after.right,
    count: before.count + after.count,
  });
}
