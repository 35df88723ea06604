import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createIntercom } from "../adapters/intercom/intercom.ts";
import { createOpenAIJudge } from "../adapters/openai/openai-judge.ts";
import type { Config } from "../config.ts";
import { createDependencyHealth } from "../core/dependency-health.ts";
import { withGuidance } from "../core/judging/guidance.ts";
import { withWhoAsked } from "../core/judging/who-asks.ts";
import { recall, recallQuery, whoseTurn } from "../core/knowledge/recall.ts";
import type { Log, Prompts } from "../core/ports.ts";
import type { BacktestPorts } from "../core/proving/backtest.ts";
import { leakFree } from "../core/proving/leak-free.ts";
import type { PastTurn } from "../core/proving/past-turns.ts";
import { recentHistory } from "../core/turn.ts";
import { createRedact } from "../lib/redact.ts";
import { openArticleStore } from "./article-store.ts";
import { withCheckModel } from "./checker.ts";
import { createDrafter, loadPromptsIn, presentDrafting, withCalibrationFile } from "./drafter.ts";
import { createEmbedder } from "./embedding.ts";
import { createHelpCenter } from "./help-center.ts";
import { openMemoryDatabase } from "./memory-database.ts";
import { composeProving, type ProvingDoors } from "./proving.ts";

const judgeInstructions = new URL("../../prompts/judge.md", import.meta.url);
/** English has about four characters to a token. */
const charactersPerToken = 4;

export type BacktestDoors = Omit<ProvingDoors, "calibrationFile" | "ladderStore"> & {
  ports: Omit<BacktestPorts, "record">;
  /** Another one whenever settings or policy file say something else. */
  policyHash: string;
  /** Reads the help center's articles, as the service does at start. */
  loadArticles(): Promise<void>;
  /** About how many tokens the model will read for that turn. */
  tokensFor(past: PastTurn): Promise<number>;
  close(): Promise<void>;
};

/**
 * What `npm run backtest` needs: everything that drafts, and nothing that sends.
 *
 * @param promptsDirectory other prompts than those in use
 * @returns `null` where there is no Intercom to read
 * @throws PromptError when the prompts cannot be used
 * @throws DatabaseError when the database of MEMORY_URL cannot be used
 */
export async function composeBacktest(
  config: Config,
  log: Log,
  promptsDirectory?: string,
): Promise<BacktestDoors | null> {
  if (config.intercom === null) return null;
  const stopping = new AbortController();
  const embedder = createEmbedder(config, log);
  const database = await openMemoryDatabase(config, log, "end");
  const { memory, policy } = await composeProving(config, log, { embedder, database });
  const present = presentDrafting(config, promptsDirectory);
  const intercom = createIntercom({ ...config.intercom, log });
  const health = createDependencyHealth(["help center"], Date.now);
  const articles = await openArticleStore(config, log, embedder, database);
  const helpCenter = createHelpCenter(config, articles, intercom, health, log);
  const { model } = config;
  const judge =
    model === null || model.judge === null
      ? null
      : createOpenAIJudge({
          ...model,
          model: model.judge.model,
          instructions: readFileSync(judgeInstructions, "utf8"),
        });
  const doors = { memory, helpCenter };
  const prompts = loadPromptsIn(config, promptsDirectory);
  const written = createDrafter(config, log, null, promptsDirectory);
  const checked = withCheckModel(written, { ...config, policy }, log);
  return {
    memory,
    policy,
    policyHash: createHash("sha256").update(JSON.stringify(policy)).digest("hex").slice(0, 12),
    present,
    ports: {
      ...doors,
      archive: withWhoAsked(intercom.archive, () => policy),
      drafter: withGuidance(withCalibrationFile(checked, config, log), () => policy),
      judge,
      clock: Date.now,
      log,
      redact: createRedact(config.redactPatterns),
    },
    async loadArticles() {
      await helpCenter.load();
      await helpCenter.fillVectors(stopping.signal);
    },
    tokensFor: (past) => tokensOf(past, doors, prompts, policy.historyTurns),
    async close() {
      stopping.abort();
      helpCenter.stop();
      await helpCenter.close();
      memory.close();
    },
  };
}

/** About how many tokens the model will read for that turn. */
export async function tokensOf(
  past: PastTurn,
  doors: Parameters<typeof leakFree>[1],
  prompts: Prompts,
  historyTurns: number,
): Promise<number> {
  const { conversation, turn } = past;
  const recalled = await recall(
    recallQuery(turn),
    whoseTurn(conversation, turn),
    leakFree(past, doors),
  );
  const history = recentHistory(turn, historyTurns);
  const { system, user } = prompts.render({ conversation, turn, history, recall: recalled });
  return (system.length + user.length) / charactersPerToken;
}
