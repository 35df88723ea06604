export type Knot = { confidence: number; probability: number };

/** @returns how probable it is that a draft of that confidence is right, 0 to 1 */
export function probabilityAt(knots: Knot[], confidence: number): number {
  const after = knots.findIndex((knot) => knot.confidence >= confidence);
  const next = knots[after] ?? knots.at(-1);
  const before = after <= 0 ? undefined : knots[after - 1];
  if (next === undefined) return confidence;
  if (before === undefined || next.confidence === before.confidence) return next.probability;
  const share = (confidence - before.confidence) / (next.confidence - before.confidence);
  return before.probability + share * (next.probability - before.probability);
}
