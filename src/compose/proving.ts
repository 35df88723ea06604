import {
  type CalibrationFile,
  createCalibrationFile,
} from "../adapters/calibration-file/calibration-file.ts";
import { createLadderFile } from "../adapters/ladder-file/ladder-file.ts";
import { createPolicyFile } from "../adapters/policy-file/policy-file.ts";
import { makeDataFolder } from "../adapters/sqlite/data-folder.ts";
import type { Config } from "../config.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";
import type { Log } from "../core/ports.ts";
import type { LadderStore } from "../core/proving/ladder-keeper.ts";
import type { Policy } from "../core/types.ts";
import { presentDrafting } from "./drafter.ts";
import { createEmbedder } from "./embedding.ts";
import { createMemory, dataFolder } from "./memory.ts";

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
 * @param embedder of the process, where it is shared with the articles
 * @throws PromptError when the prompts cannot be used
 * @throws PolicyFileError when the policy file cannot be used
 */
export function composeProving(
  config: Config,
  log: Log,
  embedder = createEmbedder(config, log),
): ProvingDoors {
  const { policyFile } = config;
  const folder = dataFolder(config);
  const policy =
    policyFile === null
      ? config.policy
      : createPolicyFile(policyFile, config.policy, log).current();
  return {
    memory: createMemory(config, log, embedder),
    policy,
    present: presentDrafting(config),
    calibrationFile: createCalibrationFile(folder, log),
    ladderStore: createLadderFile(folder, () => makeDataFolder(folder), log),
  };
}
