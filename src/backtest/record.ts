import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { BacktestPlan, BacktestRecord, ChosenTurn, Looked } from "../core/proving/backtest.ts";
import type { CaseJudgement, DraftedCase, Label } from "../core/proving/backtest-case.ts";

type Line =
  | { plan: BacktestPlan }
  | { chosen: ChosenTurn[]; looked: Looked }
  | { drafted: DraftedCase }
  | { judged: CaseJudgement }
  | { labels: [string, Label][] };

export type RunFile = { path: string; plan: BacktestPlan; record: BacktestRecord };

/**
 * Begins a run in a file of its own: one line for each thing done, added as soon as it is done.
 *
 * @param folder must be there
 * @param name of the file, without its ending
 */
export function beginRun(folder: string, name: string, plan: BacktestPlan): RunFile {
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, `${JSON.stringify({ plan })}\n`, { flag: "wx" });
  return { path, plan, record: recordIn(path, []) };
}

/** The newest run of the folder, to go on with, or `null`. */
export function newestRun(folder: string): RunFile | null {
  const path = newestPath(folder);
  if (path === null) return null;
  const text = readFileSync(path, "utf8");
  const whole = wholeLines(text);
  // What comes next must not be glued to the half line of a killed process.
  if (whole.length < text.length) writeFileSync(path, whole);
  return runIn(path, whole);
}

/**
 * The newest run to look at while another process may be at work on it: nothing is written to it but
 * labels, which have a file of their own.
 */
export function newestRunBeside(folder: string): RunFile | null {
  const path = newestPath(folder);
  return path === null ? null : runIn(path, wholeLines(readFileSync(path, "utf8")));
}

function newestPath(folder: string): string | null {
  if (!existsSync(folder)) return null;
  const [newest] = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .reverse();
  return newest === undefined ? null : join(folder, newest);
}

function runIn(path: string, whole: string): RunFile | null {
  const lines = linesIn(whole);
  const [first] = lines;
  if (first === undefined || !("plan" in first)) return null;
  return { path, plan: first.plan, record: recordIn(path, lines) };
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

/** Our own writing, taken at its word. */
function linesIn(whole: string): Line[] {
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

function recordIn(path: string, lines: Line[]): BacktestRecord {
  let chosen: ChosenTurn[] | null = null;
  let looked: Looked = { listed: 0, read: 0, withoutTurn: 0 };
  const drafted = new Map<string, DraftedCase>();
  const judged = new Map<string, CaseJudgement>();
  // Of runs that kept them among the rest.
  const earlierLabels = new Map<string, Label>();
  const labels = labelsBeside(path);
  const take = (line: Line) => {
    if ("chosen" in line) ({ chosen, looked } = line);
    else if ("drafted" in line) drafted.set(line.drafted.basePartId, line.drafted);
    else if ("judged" in line) judged.set(line.judged.basePartId, line.judged);
    else if ("labels" in line)
      for (const [turn, label] of line.labels) earlierLabels.set(turn, label);
  };
  const keep = (line: Line) => {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    take(line);
  };
  for (const line of lines) take(line);
  return {
    chosen: () => chosen,
    choose: (turns, counts) => keep({ chosen: turns, looked: counts }),
    looked: () => looked,
    drafted: (basePartId) => drafted.get(basePartId) ?? null,
    keepDrafted: (one) => keep({ drafted: one }),
    judged: (basePartId) => judged.get(basePartId) ?? null,
    keepJudged: (one) => keep({ judged: one }),
    label: (basePartId) => labels.read().get(basePartId) ?? earlierLabels.get(basePartId) ?? null,
    keepLabels: labels.add,
  };
}

/**
 * Labels stand in a file beside the run's, because people may label on a page while the run is still
 * drafting in another process. It is read again whenever it has grown.
 */
function labelsBeside(runPath: string) {
  const path = runPath.replace(/jsonl$/, "labels");
  let size = 0;
  let known = new Map<string, Label>();
  return {
    read() {
      const present = existsSync(path) ? statSync(path).size : 0;
      if (present === size) return known;
      known = new Map(readFileSync(path, "utf8").split("\n").flatMap(labelsIn));
      size = present;
      return known;
    },
    /** Begins with a new line, so that half a line of a killed process spoils nothing. */
    add: (more: Map<string, Label>) => appendFileSync(path, `\n${JSON.stringify([...more])}\n`),
  };
}

function labelsIn(line: string): [string, Label][] {
  try {
    return line === "" ? [] : JSON.parse(line);
  } catch {
    return [];
  }
}
