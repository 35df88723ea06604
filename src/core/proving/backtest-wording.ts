import type { Agreement } from "./agreement.ts";
import type { BacktestSummary } from "./backtest-summary.ts";

/** The result in one sentence or two. */
export function headline(
  summary: BacktestSummary,
  errorLimit: number,
  judge: string | null,
): string {
  const { turns, unknown, rated, certification } = summary;
  const { certified, stillNeeded } = certification;
  const target = percentOf(1 - errorLimit);
  if (turns === 0) return "No turn of the past was drafted, so there is nothing to say.";
  if (rated.count === 0) {
    return judge === null
      ? "Nobody has said which drafts are right: set JUDGE_MODEL, or read them below."
      : "No draft that could go out was judged, so there is nothing to say.";
  }
  if (certified !== null) {
    const known = turns - unknown;
    const share = percentOf(certified.count / known);
    const right = certified.count - certified.wrong;
    return `At ${certified.threshold.toFixed(2)}, ${share} would have gone out by themselves (${certified.count} of ${known}), and at least ${target} of them are right: ${right} of ${certified.count}.`;
  }
  const { cases, threshold } = stillNeeded ?? { cases: 0, threshold: 1 };
  const confidence = threshold.toFixed(2);
  return `Not yet: before ${target} can be promised at any threshold, ${cases} more draft${cases === 1 ? "" : "s"} with a confidence of ${confidence} or more ${cases === 1 ? "is" : "are"} needed, if all of them are right.`;
}

/** What the result is not. */
export const caveat =
  "This is the past, compared with what teammates said then. It can open review; automatic replies are earned by people's decisions on live drafts: npm run ladder.";

/** How far the judge may be believed, and what labels and verdicts say together. */
export function labelSentences(
  agreement: Agreement,
  estimate: BacktestSummary["estimate"],
): string[] {
  const { labelled, both, agreed, kappa, trust } = agreement;
  if (labelled === 0) {
    return [
      "No person has looked at these drafts yet. Look at them under /chat/try-past, with one key for each, and run this again with --report; or write ok, edit or wrong into the column label of the CSV, from the top (its order is chance), and run it with --labels and its name.",
    ];
  }
  const measured = kappa === null ? "" : ` (kappa ${kappa.toFixed(2)})`;
  const verdicts = {
    unknown: "Too few to tell whether it may be believed: twenty are needed.",
    trusted: "It may be believed.",
    "not-trusted":
      "It may not be believed: what it says is shown, and counts for nothing; only labels and what code finds do.",
  };
  return [
    `People labelled ${labelled} drafts. The judge says the same as they of ${agreed} of ${both}${measured}. ${verdicts[trust]}`,
    ...(estimate === null
      ? []
      : [
          `Labels and judge together: ${percentOf(estimate.share)} of the rated drafts are right, ${percentOf(estimate.from)} to ${percentOf(estimate.to)} with 95 % confidence.`,
        ]),
  ];
}

export function percentOf(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

export function dollars(amount: number | null): string {
  if (amount === null) return "not known (set MODEL_PRICE_INPUT and MODEL_PRICE_OUTPUT)";
  return `$ ${amount.toFixed(amount < 1 ? 4 : 2)}`;
}
