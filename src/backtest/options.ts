import { parseArgs } from "node:util";

export type BacktestCommand = {
  /** How many days back. */
  days: number;
  sample: number;
  seed: number;
  out: string;
  /** Go on with the newest run. */
  resume: boolean;
  /** Nobody is asked whether it may cost what it will. */
  yes: boolean;
  /** US dollars; `null`: no limit. */
  budget: number | null;
  /** A CSV with people's labels, for the newest run; `null`: none. */
  labels: string | null;
  /** Write the newest run's report anew, with what people have said meanwhile. */
  report: boolean;
  /** A picture of the curve, to be posted in a chat; `null`: none. */
  png: string | null;
  /** At most that share may be wrong, 0 to 1. */
  errorLimit: number;
};

export const backtestUsage = `npm run backtest -- [--since 90d] [--sample 300] [--target 95] [--budget 5] [--yes] [--resume] [--labels report.csv] [--report] [--out report.html] [--png curve.png] [--seed 1]

  --since    conversations of so many days (90d)
  --sample   so many of them, one turn each
  --target   how many of 100 automatic replies must be right, 80 to 99.5
  --budget   stop before more US dollars than that are spent
  --yes      do not ask before the first call of the model
  --resume   go on with the newest run instead of beginning one
  --labels   take the labels of a CSV into the newest run and write its report anew; asks no model
  --report   write the newest run's report anew, with the labels of /chat/try-past; asks no model
  --out      where the report goes; the CSV goes beside it
  --png      also writes the curve as a picture, to be posted in a chat
  --seed     another number chooses other conversations`;

/** @throws Error with a sentence for whoever typed it */
export function readBacktestCommand(args: string[], today: string): BacktestCommand {
  const { values } = parseArgs({
    args,
    options: {
      since: { type: "string", default: "90d" },
      sample: { type: "string", default: "300" },
      target: { type: "string", default: "95" },
      seed: { type: "string", default: "1" },
      out: { type: "string", default: `backtest-${today}.html` },
      budget: { type: "string" },
      labels: { type: "string" },
      report: { type: "boolean", default: false },
      png: { type: "string" },
      yes: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
    },
  });
  const { out, yes, resume, report } = values;
  if (!/\.html?$/i.test(out)) throw new Error("--out must be the name of an HTML file.");
  const { png = null } = values;
  if (png !== null && !/\.png$/i.test(png))
    throw new Error("--png must be the name of a PNG file.");
  return {
    png,
    days: number(
      "--since",
      values.since.replace(/d$/, ""),
      1,
      3650,
      "a number of days such as 90d",
    ),
    sample: whole("--sample", values.sample, 1, 5000),
    seed: whole("--seed", values.seed, 0, 2 ** 31),
    errorLimit: 1 - number("--target", values.target, 80, 99.5, "a number from 80 to 99.5") / 100,
    budget:
      values.budget === undefined
        ? null
        : number("--budget", values.budget, 0, 1_000_000, "an amount of US dollars"),
    labels: values.labels ?? null,
    out,
    yes,
    resume,
    report,
  };
}

function whole(name: string, text: string, from: number, to: number): number {
  const what = `a whole number from ${from} to ${to}`;
  const value = number(name, text, from, to, what);
  if (!Number.isInteger(value)) throw new Error(`${name} must be ${what}.`);
  return value;
}

function number(name: string, text: string, from: number, to: number, what: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= from && value <= to)) throw new Error(`${name} must be ${what}.`);
  return value;
}
