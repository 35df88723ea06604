import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

/** The newest run of the folder, or `null`. What a killed process wrote half of its last line is left out. */
export function newestRun(folder: string): RunFile | null {
  if (!existsSync(folder)) return null;
  const [newest] = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .reverse();
  if (newest === undefined) return null;
  const path = join(folder, newest);
  const lines = linesIn(path);
  const [first] = lines;
  if (first === undefined || !("plan" in first)) return null;
  return { path, plan: first.plan, record: recordIn(path, lines) };
}

/** Our own writing, taken at its word. */
function linesIn(path: string): Line[] {
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  // What comes next must not be glued to the half line.
  if (whole.length < text.length) writeFileSync(path, whole);
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
  const labels = new Map<string, Label>();
  const take = (line: Line) => {
    if ("chosen" in line) ({ chosen, looked } = line);
    else if ("drafted" in line) drafted.set(line.drafted.basePartId, line.drafted);
    else if ("judged" in line) judged.set(line.judged.basePartId, line.judged);
    else if ("labels" in line) for (const [turn, label] of line.labels) labels.set(turn, label);
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
    label: (basePartId) => labels.get(basePartId) ?? null,
    keepLabels: (more) => keep({ labels: [...more] }),
  };
}
