import {
  type CalibrationFile,
  createCalibrationFile,
} from "../adapters/calibration-file/calibration-file.ts";
import { createLadderFile } from "../adapters/ladder-file/ladder-file.ts";
import { createPolicyFile } from "../adapters/policy-file/policy-file.ts";
import type { Database } from "../adapters/postgres/database.ts";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Log } from "../core/ports.ts";
import type { LadderStore } from "../core/proving/ladder-keeper.ts";
import type { Policy } from "../core/types.ts";
import type { QueryEmbedder } from "../lib/by-meaning/embedder.ts";
import { presentDrafting } from "./drafter.ts";
import { createMemory, dataFolder, openMemory } from "./memory.ts";

/** What the commands look at that prove what drafts are worth; nothing that answers customers. */
export type ProvingDoors = {
  memory: AnswerMemory;
  /** With the policy file, as the service would have it now. */
  policy: Policy;
  /** What a draft of now would come from. */
  present: { model: string; promptHash: string };
  calibrationFile: CalibrationFile;
  ladderStore: LadderStore;
};

/**
 * @param shared with the articles, where these are looked at too
 * @throws PromptError when the prompts cannot be used
 * @throws PolicyFileError when the policy file cannot be used
 * @throws DatabaseError when the database of MEMORY_URL cannot be used
 */
export async function composeProving(
  config: Config,
  log: Log,
  shared?: { embedder: QueryEmbedder | null; database: Database | null },
): Promise<ProvingDoors> {
  const { policyFile } = config;
  const folder = dataFolder(config);
  const policy =
    policyFile === null
      ? config.policy
      : createPolicyFile(policyFile, config.policy, log).current();
  return {
    memory:
      shared === undefined
        ? await openMemory(config, log)
        : await createMemory(config, log, shared.embedder, shared.database),
    policy,
    present: presentDrafting(config),
    calibrationFile: createCalibrationFile(folder, log),
    ladderStore: createLadderFile(folder, () => makeDataFolder(folder), log),
  };
}
