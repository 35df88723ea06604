import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { newestRunBeside } from "./backtest/record.ts";
import { dataFolder } from "./compose/memory.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { checkedByPeople } from "./core/proving/agreement.ts";
import { casesSoFar } from "./core/proving/backtest.ts";
import type { BacktestCase } from "./core/proving/backtest-case.ts";
import { previewOf } from "./core/proving/preview.ts";
import { flipLines, previewSentences } from "./core/proving/preview-wording.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";
import { previewDrafts } from "./preview/by-drafts.ts";
import { previewPolicy } from "./preview/by-policy.ts";
import { previewThreshold } from "./preview/by-threshold.ts";
import type { Compared } from "./preview/compared.ts";
import {
  type PreviewCommand,
  type PreviewedChange,
  previewUsage,
  readPreviewCommand,
} from "./preview/options.ts";
import { previewHtml } from "./preview/report.ts";
import { noBacktest } from "./preview/wording.ts";

// `npm run preview`: which decisions of the past would be others with another threshold, policy,
// model or other prompts, and whether that is more than chance. Sends nothing to anybody.

const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort(new Error("Stopped.")));

async function main(): Promise<void> {
  const command = readPreviewCommand(process.argv.slice(2));
  const compared = await compare(command);
  if (compared === null) {
    process.exitCode = 1;
    return;
  }
  const previews = compared
    .filter(({ cases }) => cases.length > 0)
    .map(({ title, cases, isDraftedAnew }) => ({
      title,
      preview: previewOf(cases, isDraftedAnew),
    }));
  if (previews.length === 0) throw new Error(noBacktest);
  const change = changeWords(command.change);
  const blocks = previews.map(({ title, preview }) => {
    return [`${title}:`, ...previewSentences(preview), ...flipLines(preview)].join("\n  ");
  });
  process.stdout.write(`With ${change}\n\n${blocks.join("\n\n")}\n`);
  if (command.out !== null) {
    writeFileSync(command.out, previewHtml(change, previews));
    process.stdout.write(`\n${command.out}\n`);
  }
}

/** @returns `null` where it may not begin */
async function compare({ change, last, yes }: PreviewCommand): Promise<Compared[] | null> {
  const config = loadConfig();
  const log = createTerminalLog();
  const backtest = newestCases(join(dataFolder(config), "backtest"), last);
  if (change.kind === "threshold") {
    return previewThreshold(change.threshold, config, log, backtest, last);
  }
  if (backtest === null) throw new Error(noBacktest);
  const { signal } = stopping;
  if (change.kind === "policy") return previewPolicy(change.file, config, log, backtest, signal);
  const mayBegin = async (cost: string) => {
    process.stderr.write(`${cost}\n`);
    return yes || agreed();
  };
  return previewDrafts(change, config, log, backtest, mayBegin, tell, signal);
}

/** The newest of the newest run, with what people and judge say of them; `null`: there is no run. */
function newestCases(folder: string, last: number): BacktestCase[] | null {
  const run = newestRunBeside(folder);
  if (run === null) return null;
  const { cases } = checkedByPeople(casesSoFar(run.record));
  return cases.toSorted((one, other) => other.askedAt - one.askedAt).slice(0, last);
}

function changeWords(change: PreviewedChange): string {
  if (change.kind === "threshold") return `a threshold of ${change.threshold.toFixed(2)}`;
  if (change.kind === "policy") return `the policy file ${change.file}`;
  const { prompts, model } = change;
  return [model && `the model ${model}`, prompts && `the prompts in ${prompts}`]
    .filter((words) => words !== null)
    .join(" and ");
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    process.stderr.write("Nothing was asked of the model. Add --yes to begin.\n");
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("Begin? [y/N] ", { signal: stopping.signal });
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function tell(_step: string, done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2Kdrafted ${done} of ${of}`);
}

await main().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof TypeError && "code" in error;
  const problem = error instanceof ConfigError ? error.problems.join("\n") : why;
  process.stderr.write(`\n${problem}\n${isUsage ? `\n${previewUsage}\n` : ""}\n`);
  process.exitCode = 1;
});
process.exit();
