import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createCalibrationFile } from "../adapters/calibration-file/calibration-file.ts";
import { builtInModel, createBuiltInDrafter } from "../adapters/mock/built-in-drafter.ts";
import { createOpenAIDrafter } from "../adapters/openai/openai-drafter.ts";
import { loadPrompts } from "../adapters/openai/prompts.ts";
import { createReloadingPrompts } from "../adapters/openai/reloading-prompts.ts";
import type { ModelSight } from "../adapters/openai/sight.ts";
import type { Config } from "../config.ts";
import { withClaimCheck } from "../core/judging/claim-checked-drafter.ts";
import type { Drafter, Log, Prompts } from "../core/ports.ts";
import { withCalibration } from "../core/proving/calibrated-drafter.ts";
import { dataFolder } from "./memory.ts";

const promptsDirectory = new URL("../../prompts", import.meta.url).pathname;

/**
 * The prompts of that folder, or those in use.
 *
 * @throws PromptError when they cannot be used
 */
export function loadPromptsIn(
  { promptTokenBudget, teamLanguage, hasPromptExamples }: Config,
  directory = promptsDirectory,
): Prompts {
  return loadPrompts(directory, promptTokenBudget, teamLanguage, hasPromptExamples);
}

/** What a draft of now would come from. @throws PromptError when the prompts cannot be used */
export function presentDrafting(
  config: Config,
  directory = promptsDirectory,
): { model: string; promptHash: string } {
  const promptHash = loadPromptsIn(config, directory).hash();
  return { model: config.model?.model ?? builtInModel, promptHash };
}

/** Other sets of prompts to compare with those in use: folders below `prompts/` that hold both files. */
export function otherPromptSets(directory = promptsDirectory): string[] {
  const isWhole = (name: string) =>
    ["system.md", "user.md"].every((file) => existsSync(join(directory, name, file)));
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isWhole(entry.name))
    .map(({ name }) => name)
    .sort();
}

/**
 * The same model with one of those sets, which is read again whenever it changes.
 *
 * @throws Error when there is none of that name
 */
export function createOtherDrafter(
  config: Config,
  name: string,
  log: Log,
  directory = promptsDirectory,
): Drafter {
  if (!otherPromptSets(directory).includes(name)) {
    throw new Error(`There is no folder prompts/${name} with a system.md and a user.md.`);
  }
  const { teamLanguage, model } = config;
  const prompts = reloading(config, join(directory, name), log);
  return model === null
    ? createBuiltInDrafter({ prompts })
    : createOpenAIDrafter({ ...model, prompts, teamLanguage, log });
}

/**
 * @param sight told how the server took images; `null`: none are shown
 * @param directory where the prompts are
 * @throws PromptError when they cannot be used
 */
export function createDrafter(
  config: Config,
  log: Log,
  sight: ModelSight | null = null,
  directory = promptsDirectory,
): Drafter {
  const { teamLanguage } = config;
  const prompts = config.isMock
    ? reloading(config, directory, log)
    : loadPromptsIn(config, directory);
  const shown = sight === null ? {} : { sight };
  const drafter =
    config.model === null
      ? createBuiltInDrafter({ prompts })
      : createOpenAIDrafter({ ...config.model, ...shown, prompts, teamLanguage, log });
  return config.policy.claimCheck === "off" ? drafter : withClaimCheck(drafter);
}

/** The same drafter with what is known of its confidence; around all that looks at a draft. */
export function withCalibrationFile(drafter: Drafter, config: Config, log: Log): Drafter {
  const { current } = createCalibrationFile(dataFolder(config), log);
  return withCalibration(drafter, current, log);
}

function reloading(
  { promptTokenBudget, teamLanguage, hasPromptExamples }: Config,
  directory: string,
  log: Log,
): Prompts {
  return createReloadingPrompts(directory, promptTokenBudget, log, teamLanguage, hasPromptExamples);
}
