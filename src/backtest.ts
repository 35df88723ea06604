import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { makeDataFolder } from "./adapters/sqlite/data-folder.ts";
import { toCsv } from "./backtest/csv.ts";
import { readLabels } from "./backtest/labels.ts";
import { type BacktestCommand, backtestUsage, readBacktestCommand } from "./backtest/options.ts";
import { curvePicture } from "./backtest/picture.ts";
import { beginRun, newestRun, newestRunBeside, type RunFile } from "./backtest/record.ts";
import { reportHtml } from "./backtest/report.ts";
import { type BacktestDoors, composeBacktest } from "./compose/backtest.ts";
import { dataFolder } from "./compose/memory.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { checkedByPeople } from "./core/proving/agreement.ts";
import {
  casesSoFar,
  chooseTurns,
  chosenBefore,
  type Progress,
  runBacktest,
} from "./core/proving/backtest.ts";
import { costOf, type Prices, summaryOf } from "./core/proving/backtest-summary.ts";
import { caveat, dollars, headline } from "./core/proving/backtest-wording.ts";
import type { PastTurn } from "./core/proving/past-turns.ts";
import { seededRandom } from "./lib/seeded-random.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";

// `npm run backtest`: what would have gone out on the team's own past, and how much of it was right.
// Reads Intercom and the memory, asks the model, and sends nothing to anybody.

const delta = 0.05;
const dayMs = 24 * 60 * 60_000;
/** What a draft and a judgement have, in tokens, where nothing is known yet. */
const expectedReply = 350;
const expectedJudgement = 200;
/** A judge reads the sources and the texts, but neither the rules nor the history. */
const judgeReadsShare = 0.7;
const estimatedFrom = 5;

const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort(new Error("Stopped; go on with --resume.")));

async function main(): Promise<void> {
  const now = Date.now();
  const command = readBacktestCommand(
    process.argv.slice(2),
    new Date(now).toISOString().slice(0, 10),
  );
  checkFolder(command.out);
  if (command.png !== null) checkFolder(command.png);
  const config = loadConfig();
  if (command.labels !== null || command.report) return writeAgain(command, config);
  const doors = await composeBacktest(config, createTerminalLog());
  if (doors === null) {
    throw new Error(
      "There is no Intercom to read. Outside mock mode there is; in it, set MOCK_READS_INTERCOM=true with the token and admin id of your workspace.",
    );
  }
  try {
    const run = openRun(command, config, doors, now);
    await doors.loadArticles();
    const turns = await turnsOf(run, doors);
    if (await mayBegin(command, config, doors, run, turns))
      await drive(command, config, doors, run, turns);
    else process.exitCode = 1;
  } finally {
    await doors.close();
  }
}

/** Before anything is paid for, not after. */
function checkFolder(out: string): void {
  const folder = dirname(resolve(out));
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new Error(
      `The report cannot be written: ${folder} is not there, or this user may not write in it. Name another place.`,
      { cause },
    );
  }
}

/** The newest run, to go on with, or a new one. */
function openRun(
  command: BacktestCommand,
  config: Config,
  doors: BacktestDoors,
  now: number,
): RunFile {
  const folder = join(dataFolder(config), "backtest");
  const judgeModel = doors.ports.judge?.model ?? null;
  if (command.resume) {
    const run = newestRun(folder);
    if (run === null)
      throw new Error(`There is no run to go on with in ${folder}: leave --resume out.`);
    const { model, promptHash } = run.plan;
    const isSame =
      model === doors.present.model &&
      promptHash === doors.present.promptHash &&
      run.plan.judgeModel === judgeModel;
    if (isSame) return run;
    throw new Error(
      `The newest run (${run.path}) was begun with another model, judge or other prompts, and would mix two kinds of drafts. Put them back, or leave --resume out.`,
    );
  }
  makeDataFolder(dataFolder(config));
  if (!existsSync(folder)) mkdirSync(folder);
  const name = new Date(now).toISOString().replaceAll(/[:.]/g, "-");
  const { days, sample, seed } = command;
  return beginRun(folder, name, {
    after: now - days * dayMs,
    until: now,
    sample,
    seed,
    ...doors.present,
    judgeModel,
    policyHash: doors.policyHash,
  });
}

async function turnsOf(
  { plan, record }: RunFile,
  { ports, policy }: BacktestDoors,
): Promise<PastTurn[]> {
  const { signal } = stopping;
  const ready = { ...ports, record };
  if (record.chosen() !== null) return chosenBefore(ready, policy, signal);
  return chooseTurns(plan, ready, policy, seededRandom(plan.seed), tell, signal);
}

/** Says what it will cost, and asks. */
async function mayBegin(
  command: BacktestCommand,
  { model }: Config,
  doors: BacktestDoors,
  { record, path }: RunFile,
  turns: PastTurn[],
): Promise<boolean> {
  clearLine();
  const chosen = record.chosen() ?? [];
  say(
    `${chosen.length} turns are chosen, ${turns.length} of them are to be drafted. Kept in ${path}`,
  );
  if (model === null) {
    say("No model is set (OPENAI_API_KEY): the built-in drafter of mock mode writes, at no cost.");
    return true;
  }
  const some = turns.slice(0, estimatedFrom);
  const counts = await Promise.all(some.map(doors.tokensFor));
  const read = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  const drafts = costOf(
    [{ tokens: { prompt: turns.length * read, completion: turns.length * expectedReply } }],
    model.prices,
  );
  const unjudged = chosen.filter(({ basePartId }) => record.judged(basePartId) === null).length;
  const judge =
    model.judge === null
      ? 0
      : costOf(
          [
            {
              tokens: {
                prompt: unjudged * read * judgeReadsShare,
                completion: unjudged * expectedJudgement,
              },
            },
          ],
          model.judge.prices,
        );
  say(
    `Drafts by ${model.model}: about ${Math.round(turns.length * read).toLocaleString("en")} tokens to read, ${dollars(drafts)}.`,
  );
  say(
    model.judge === null
      ? "No JUDGE_MODEL: only code compares, and most drafts stay unjudged."
      : `Judged by ${model.judge.model}: ${judge === null ? "price not known (set JUDGE_PRICE_INPUT and JUDGE_PRICE_OUTPUT)" : dollars(judge)}.`,
  );
  if (command.budget !== null && (drafts === null || judge === null)) {
    throw new Error(
      "--budget needs prices: MODEL_PRICE_INPUT and MODEL_PRICE_OUTPUT, and those of the judge.",
    );
  }
  return command.yes || agreed();
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    say(
      "Nothing was asked of the model. Add --yes to begin, or --resume --yes to begin with these turns.",
    );
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("Begin? [y/N] ", { signal: stopping.signal });
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function drive(
  { budget, errorLimit, out, png }: BacktestCommand,
  { model }: Config,
  doors: BacktestDoors,
  { plan, record }: RunFile,
  turns: PastTurn[],
): Promise<void> {
  const prices = { drafts: model?.prices ?? null, judge: model?.judge?.prices ?? null };
  const mayPay = () =>
    budget === null || spentBy(record, prices) + nextOnes(record, prices) <= budget;
  const ports = { ...doors.ports, record };
  let failure: unknown = null;
  try {
    await runBacktest(turns, ports, doors.policy, mayPay, tell, stopping.signal);
  } catch (error) {
    // What is done is shown nevertheless.
    failure = error;
  }
  clearLine();
  const done = casesSoFar(record).length;
  const chosen = record.chosen()?.length ?? 0;
  if (done < chosen) {
    const why = mayPay() ? "" : " The budget is used up.";
    say(`${done} of ${chosen} turns are done.${why} Go on with --resume.`);
  }
  writeReport({ plan, record }, { errorLimit, out, png, prices });
  if (failure !== null) throw failure;
}

/** With what people said of the newest run's drafts, in the CSV or on the page. */
function writeAgain({ errorLimit, out, png, labels }: BacktestCommand, config: Config): void {
  const said = labels === null ? null : readLabels(readFileSync(labels, "utf8"));
  const run = newestRunBeside(join(dataFolder(config), "backtest"));
  if (run === null) throw new Error("There is no run yet: npm run backtest begins one.");
  if (said !== null) run.record.keepLabels(said);
  const { model } = config;
  const prices = { drafts: model?.prices ?? null, judge: model?.judge?.prices ?? null };
  writeReport(run, { errorLimit, out, png, prices });
}

function writeReport(
  { plan, record }: Pick<RunFile, "plan" | "record">,
  {
    errorLimit,
    out,
    png,
    prices,
  }: Pick<BacktestCommand, "errorLimit" | "out" | "png"> & { prices: BothPrices },
): void {
  const { cases, agreement } = checkedByPeople(casesSoFar(record));
  const summary = summaryOf(cases, {
    errorLimit,
    delta,
    random: seededRandom(plan.seed),
    prices,
  });
  const csvPath = out.replace(/\.html?$/i, ".csv");
  writeFileSync(csvPath, toCsv(cases));
  const csvName = basename(csvPath);
  const looked = record.looked();
  const madeAt = Date.now();
  writeFileSync(
    out,
    reportHtml({ plan, looked, cases, summary, agreement, errorLimit, delta, csvName, madeAt }),
  );
  const picture = png === null ? null : curvePicture(summary.certification, 1 - errorLimit);
  if (png !== null && picture === null) say("No draft was rated, so there is no curve to draw.");
  if (png !== null && picture !== null) writeFileSync(png, picture);
  process.stdout.write(
    `${headline(summary, errorLimit, plan.judgeModel)}\n${caveat}\n\n${out}\n${csvPath}\n${picture === null ? "" : `${png}\n`}`,
  );
}

type KeptRun = RunFile["record"];
type BothPrices = { drafts: Prices | null; judge: Prices | null };

function spentBy(record: KeptRun, prices: BothPrices): number {
  const cases = casesSoFar(record);
  const drafts = costOf(
    cases.map(({ draft }) => draft),
    prices.drafts,
  );
  const judge = costOf(
    cases.map(({ judgeTokens }) => judgeTokens && { tokens: judgeTokens }),
    prices.judge,
  );
  return (drafts ?? 0) + (judge ?? 0);
}

/** What is under way at the same time is not in the record yet. */
function nextOnes(record: KeptRun, prices: BothPrices): number {
  const done = casesSoFar(record).length;
  return done === 0 ? 0 : (spentBy(record, prices) / done) * 4;
}

function tell(...[step, done, of]: Parameters<Progress>): void {
  if (!process.stderr.isTTY) return;
  clearLine();
  process.stderr.write(`${step} ${done} of ${of}`);
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

await main().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof TypeError && "code" in error;
  const problem = error instanceof ConfigError ? error.problems.join("\n") : why;
  process.stderr.write(`\n${problem}\n${isUsage ? `\n${backtestUsage}\n` : ""}\n`);
  process.exitCode = 1;
});
process.exit();
