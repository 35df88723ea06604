import type { BacktestCase } from "./backtest-case.ts";
import { wilsonInterval } from "./wilson.ts";

/** What a threshold would have let out, and what a person says of that. */
export type VerdictPoint = {
  /** 0 to 1. */
  threshold: number;
  /** How many would have gone out. */
  out: number;
  /** Of those, how many a person has looked at, and how many of them could go out as they are. */
  seen: number;
  right: number;
  /** The 95 % interval of the share that is right, 0 to 1. */
  from: number;
  to: number;
};

/** At every whole hundredth from 0 to 1, by nothing but people's labels. */
export function verdictCurve(cases: BacktestCase[]): VerdictPoint[] {
  const sendable = cases.flatMap(({ draft, heldBack, label }) =>
    draft === null || heldBack !== null ? [] : [{ confidence: draft.confidence, label }],
  );
  return Array.from({ length: 101 }, (_, hundredths) => {
    const threshold = hundredths / 100;
    // A confidence of 0.29 is stored as a little less than 29 hundredths.
    const out = sendable.filter(({ confidence }) => confidence >= threshold - 1e-9);
    const seen = out.filter(({ label }) => label !== null);
    const right = seen.filter(({ label }) => label === "ok").length;
    const { from, to } = wilsonInterval(right, seen.length);
    return { threshold, out: out.length, seen: seen.length, right, from, to };
  });
}

/** One point in a sentence; it says so where not all of it was looked at. */
export function verdictSentence(point: VerdictPoint, turns: number): string {
  const { threshold, out, seen, right, from, to } = point;
  const begin = `At ${threshold.toFixed(2)}, ${out} of ${turns} would have gone out`;
  if (out === 0) return `${begin}.`;
  if (seen === 0) return `${begin}; you have looked at none of them yet.`;
  const interval = `${Math.round(from * 100)} to ${Math.round(to * 100)} %`;
  if (seen === out) return `${begin}, ${right} of them right: ${interval}.`;
  return `${begin}; of the ${seen} of them that you have looked at, ${right} ${right === 1 ? "is" : "are"} right: ${interval}.`;
}
