import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createDemoArchive } from "../adapters/mock/demo-archive.ts";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import { beginRun, newestRun, newestRunBeside } from "../backtest/record.ts";
import type { Config } from "../config.ts";
import { withWhoAsked } from "../core/judging/who-asks.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { ConversationArchive } from "../core/learning/backfill-run.ts";
import type { Drafter, HelpCenter, Log } from "../core/ports.ts";
import { type BacktestRecord, casesSoFar } from "../core/proving/backtest.ts";
import type { Label } from "../core/proving/backtest-case.ts";
import { costOf } from "../core/proving/backtest-summary.ts";
import { dollars } from "../core/proving/backtest-wording.ts";
import { casesToLabel, labelledSoFar } from "../core/proving/labelling.ts";
import type { PastTurn } from "../core/proving/past-turns.ts";
import { createTrial, type Trial } from "../core/proving/trial.ts";
import type { PastRuns, RunName } from "../http/chat/past-routes.ts";
import { createRedact } from "../lib/redact.ts";
import { seededRandom } from "../lib/seeded-random.ts";
import { tokensOf } from "./backtest.ts";
import { loadPromptsIn, presentDrafting } from "./drafter.ts";
import { dataFolder } from "./memory.ts";

/** So many conversations are looked at by one person in one sitting. */
const trialSize = 50;
/** What a draft has, in tokens, where nothing is known yet. */
const expectedReply = 350;
const estimatedFrom = 5;

/** What may be tried on the past and looked at by people: the newest conversations, and the backtest. */
export function createPastRuns(
  config: Config,
  ports: {
    drafter: Drafter;
    memory: AnswerMemory;
    helpCenter: HelpCenter;
    archive: Pick<ConversationArchive, "list" | "read"> | null;
  },
  log: Log,
): PastRuns & { stop(): void } {
  const backtests = join(dataFolder(config), "backtest");
  const source = sourceOf(config, ports.archive);
  const trial = source === null ? null : createTrialOf(config, source.archive, ports, log);

  return {
    about: () => ({
      source: source?.name ?? null,
      hasBacktest: newestRunBeside(backtests) !== null,
      threshold: config.policy.confidenceThreshold,
    }),
    trial,
    view(name) {
      const record = recordOf(name);
      const cases = record === null ? [] : casesSoFar(record);
      return { cases: casesToLabel(cases), soFar: soFarOf(cases) };
    },
    label(name, turn, label) {
      const record = recordOf(name);
      if (record === null || record.drafted(turn) === null) return null;
      record.keepLabels(new Map<string, Label>([[turn, label]]));
      return soFarOf(casesSoFar(record));
    },
    stop: () => trial?.stop(),
  };

  function recordOf(name: RunName): BacktestRecord | null {
    if (name === "trial") return trial?.record() ?? null;
    return newestRunBeside(backtests)?.record ?? null;
  }
}

/** The same samples are drawn each time, so that a number changes only with the labels. */
function soFarOf(cases: Parameters<typeof labelledSoFar>[0]) {
  return labelledSoFar(cases, seededRandom(1));
}

/** The demo's conversations go with the demo's knowledge only. */
function sourceOf(
  { isMock, mockReadsIntercom, intercom, hasOwnKnowledge }: Config,
  archive: Pick<ConversationArchive, "list" | "read"> | null,
) {
  if (mockReadsIntercom && archive !== null) return { name: "intercom" as const, archive };
  const hasDemo = isMock && intercom === null && !hasOwnKnowledge;
  return hasDemo ? { name: "demo" as const, archive: createDemoArchive(Date.now) } : null;
}

function createTrialOf(
  config: Config,
  archive: Pick<ConversationArchive, "list" | "read">,
  ports: { drafter: Drafter; memory: AnswerMemory; helpCenter: HelpCenter },
  log: Log,
): Trial {
  const folder = join(dataFolder(config), "tried");
  const { drafter, memory, helpCenter } = ports;
  return createTrial({
    drafter,
    memory,
    helpCenter,
    archive: withWhoAsked(archive, () => config.policy),
    clock: Date.now,
    log,
    redact: createRedact(config.redactPatterns),
    count: trialSize,
    policy: () => config.policy,
    present: () => presentDrafting(config),
    store: {
      newest: () => newestRun(folder),
      begin(plan) {
        makeDataFolder(dataFolder(config));
        if (!existsSync(folder)) mkdirSync(folder);
        return beginRun(folder, new Date().toISOString().replaceAll(/[:.]/g, "-"), plan);
      },
    },
    estimateOf: (turns) => estimateOf(turns, config, { memory, helpCenter }),
    isFree: config.model === null,
    random: Math.random,
  });
}

async function estimateOf(
  turns: PastTurn[],
  config: Config,
  doors: { memory: AnswerMemory; helpCenter: HelpCenter },
): Promise<string> {
  const { model, policy } = config;
  if (model === null)
    return "No model is set: the built-in drafter of mock mode writes, at no cost.";
  const some = turns.slice(0, estimatedFrom);
  const prompts = loadPromptsIn(config);
  const counts = await Promise.all(
    some.map((past) => tokensOf(past, doors, prompts, policy.historyTurns)),
  );
  const read = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  const tokens = { prompt: turns.length * read, completion: turns.length * expectedReply };
  const cost = dollars(costOf([{ tokens }], model.prices));
  return `${turns.length} drafts by ${model.model}: about ${Math.round(tokens.prompt).toLocaleString("en")} tokens to read. Cost: ${cost}.`;
}
