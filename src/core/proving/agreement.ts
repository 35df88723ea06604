import { type BacktestCase, isRightDraft } from "./backtest-case.ts";

/** How far judge and people say the same of the drafts that both have looked at. */
export type Agreement = {
  labelled: number;
  /** Those of them that the judge has judged too. */
  both: number;
  agreed: number;
  /** Cohen's, -1 to 1; `null` where it cannot be told: one of them says the same of all. */
  kappa: number | null;
  /** `unknown`: there are too few labels to tell. */
  trust: "unknown" | "trusted" | "not-trusted";
};

/** Below it nothing is concluded. */
const fewestLabels = 20;
/** Landis and Koch (1977) call agreement from there on substantial. */
const leastKappa = 0.6;

/**
 * Compares the judge with people's labels. One that does not agree with them stays to be read, but
 * counts for nothing.
 */
export function checkedByPeople(cases: BacktestCase[]): {
  cases: BacktestCase[];
  agreement: Agreement;
} {
  const labelled = cases.filter(({ label }) => label !== null);
  const pairs = labelled.flatMap((one) => {
    const judged = isRightDraft({ ...one, label: null });
    if (judged === null || one.judgement === null) return [];
    return [{ people: one.label === "ok", judge: judged }];
  });
  const agreed = pairs.filter(({ people, judge }) => people === judge).length;
  const kappa = kappaOf(pairs);
  const trust = trustIn(pairs.length, agreed, kappa);
  return {
    cases: cases.map((one) => ({ ...one, isJudgeTrusted: trust !== "not-trusted" })),
    agreement: { labelled: labelled.length, both: pairs.length, agreed, kappa, trust },
  };
}

function trustIn(both: number, agreed: number, kappa: number | null): Agreement["trust"] {
  if (both < fewestLabels) return "unknown";
  if (kappa === null) return agreed === both ? "trusted" : "not-trusted";
  return kappa >= leastKappa ? "trusted" : "not-trusted";
}

/** Agreement beyond what chance alone would give (Cohen, 1960). */
function kappaOf(pairs: { people: boolean; judge: boolean }[]): number | null {
  const count = pairs.length;
  if (count === 0) return null;
  const people = pairs.filter((pair) => pair.people).length / count;
  const judge = pairs.filter((pair) => pair.judge).length / count;
  const agreed = pairs.filter((pair) => pair.people === pair.judge).length / count;
  const byChance = people * judge + (1 - people) * (1 - judge);
  return byChance === 1 || judge === 0 || judge === 1 || people === 0 || people === 1
    ? null
    : (agreed - byChance) / (1 - byChance);
}
