import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import { beginRun } from "../backtest/record.ts";
import { type BacktestDoors, composeBacktest } from "../compose/backtest.ts";
import { dataFolder } from "../compose/memory.ts";
import type { Config } from "../config.ts";
import { surenessOf } from "../core/judging/sureness.ts";
import type { Log } from "../core/ports.ts";
import {
  casesSoFar,
  keyOf,
  type Progress,
  readAgain,
  runBacktest,
} from "../core/proving/backtest.ts";
import { type BacktestCase, isRightDraft } from "../core/proving/backtest-case.ts";
import { costOf } from "../core/proving/backtest-summary.ts";
import { dollars } from "../core/proving/backtest-wording.ts";
import type { PastTurn } from "../core/proving/past-turns.ts";
import type { PreviewedCase, PreviewSide } from "../core/proving/preview.ts";
import type { Policy } from "../core/types.ts";
import type { Compared } from "./compared.ts";
import { noIntercom } from "./wording.ts";

/** What a draft and a judgement have, in tokens, where nothing is known yet. */
const expectedReply = 350;
const expectedJudgement = 200;
const estimatedFrom = 5;

/**
 * Has the backtest's turns drafted anew, by another model or with other prompts, and compares.
 *
 * @param mayBegin asked with what it will cost, in a sentence, before the first call of the model
 * @returns `null` where it may not begin
 * @throws PromptError when the prompts cannot be used
 */
export async function previewDrafts(
  { prompts, model: name }: { prompts: string | null; model: string | null },
  config: Config,
  log: Log,
  backtest: BacktestCase[],
  mayBegin: (cost: string) => Promise<boolean>,
  tell: Progress,
  signal: AbortSignal,
): Promise<Compared[] | null> {
  const { model } = config;
  if (model === null && name !== null)
    throw new Error("--model needs OPENAI_API_KEY or OPENAI_BASE_URL.");
  const changed =
    model === null || name === null ? config : { ...config, model: { ...model, model: name } };
  const doors = await composeBacktest(
    changed,
    log,
    prompts === null ? undefined : resolve(prompts),
  );
  if (doors === null) throw new Error(noIntercom);
  try {
    await doors.loadArticles();
    const turns = await readAgain(backtest, doors.ports.archive, doors.policy, signal);
    if (!(await mayBegin(await costSentence(turns, changed, doors)))) return null;
    const { record } = beginRun(folderOf(config), nameOf(Date.now()), {
      after: 0,
      until: Date.now(),
      sample: turns.length,
      seed: 0,
      ...doors.present,
      judgeModel: doors.ports.judge?.model ?? null,
    });
    record.choose(turns.map(keyOf), { listed: 0, read: turns.length, withoutTurn: 0 });
    await runBacktest(turns, { ...doors.ports, record }, doors.policy, () => true, tell, signal);
    const anew = new Map(casesSoFar(record).map((one) => [one.basePartId, one]));
    const cases = backtest.flatMap((before): PreviewedCase[] => {
      const after = anew.get(before.basePartId);
      if (after === undefined) return [];
      const { conversationId, url, question, answer } = before;
      const sides = { before: sideOf(before, doors.policy), after: sideOf(after, doors.policy) };
      return [{ conversationId, url, question, answer, ...sides }];
    });
    return [
      {
        title: `${cases.length} turns of the newest backtest, drafted anew by ${doors.present.model} (prompts ${doors.present.promptHash})`,
        cases,
        isDraftedAnew: true,
      },
    ];
  } finally {
    await doors.close();
  }
}

/** By the same measure on both sides: judge and code, not what a person said of one of them alone. */
function sideOf(one: BacktestCase, policy: Policy): PreviewSide {
  const { draft, heldBack } = one;
  if (draft === null) {
    return {
      decision: `note: ${heldBack ?? "no-draft"}`,
      isSent: false,
      reply: null,
      confidence: null,
      isRight: null,
    };
  }
  const { reply, confidence } = draft;
  const sureness = surenessOf({ confidence, calibrated: draft.whole?.calibrated }, policy);
  const isSent = heldBack === null && sureness !== null && sureness >= policy.confidenceThreshold;
  const held = heldBack === null ? "low-confidence" : heldBack;
  const isRight = isRightDraft({ ...one, label: null });
  return {
    decision: isSent ? "reply: confident" : `review: ${held}`,
    isSent,
    reply,
    confidence,
    isRight,
  };
}

async function costSentence(
  turns: PastTurn[],
  { model }: Config,
  doors: BacktestDoors,
): Promise<string> {
  const count = turns.length;
  if (model === null) return `${count} drafts by the built-in drafter of mock mode, at no cost.`;
  const counts = await Promise.all(turns.slice(0, estimatedFrom).map(doors.tokensFor));
  const read = counts.reduce((sum, one) => sum + one, 0) / Math.max(1, counts.length);
  const drafts = costOf(
    [{ tokens: { prompt: count * read, completion: count * expectedReply } }],
    model.prices,
  );
  const judging = { prompt: count * read, completion: count * expectedJudgement };
  const judge =
    model.judge === null
      ? "no judge (JUDGE_MODEL), so nothing will be said about quality"
      : `judged by ${model.judge.model}, ${dollars(costOf([{ tokens: judging }], model.judge.prices))} at most`;
  return `${count} drafts by ${model.model}: about ${Math.round(count * read).toLocaleString("en")} tokens to read, ${dollars(drafts)} by MODEL_PRICE_INPUT and MODEL_PRICE_OUTPUT as they are set; ${judge}.`;
}

function folderOf(config: Config): string {
  const folder = join(dataFolder(config), "previews");
  makeDataFolder(dataFolder(config));
  if (!existsSync(folder)) mkdirSync(folder);
  return folder;
}

function nameOf(now: number): string {
  return new Date(now).toISOString().replaceAll(/[:.]/g, "-");
}
