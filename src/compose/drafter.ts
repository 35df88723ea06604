import { createCalibrationFile } from "../adapters/calibration-file/calibration-file.ts";
import { builtInModel, createBuiltInDrafter } from "../adapters/mock/built-in-drafter.ts";
import { createOpenAIDrafter } from "../adapters/openai/openai-drafter.ts";
import { loadPrompts } from "../adapters/openai/prompts.ts";
import { createReloadingPrompts } from "../adapters/openai/reloading-prompts.ts";
import type { Config } from "../config.ts";
import { withClaimCheck } from "../core/judging/claim-checked-drafter.ts";
import type { Drafter, Log, Prompts } from "../core/ports.ts";
import { withCalibration } from "../core/proving/calibrated-drafter.ts";
import { dataFolder } from "./memory.ts";

const promptsDirectory = new URL("../../prompts", import.meta.url).pathname;

/** @throws PromptError when the prompts cannot be used */
export function loadShippedPrompts({ promptTokenBudget, teamLanguage }: Config): Prompts {
  return loadPrompts(promptsDirectory, promptTokenBudget, teamLanguage);
}

/** What a draft of now would come from. @throws PromptError when the prompts cannot be used */
export function presentDrafting(config: Config): { model: string; promptHash: string } {
  const promptHash = loadShippedPrompts(config).hash();
  return { model: config.model?.model ?? builtInModel, promptHash };
}

export function createDrafter(config: Config, log: Log): Drafter {
  const { promptTokenBudget, teamLanguage } = config;
  const prompts = config.isMock
    ? createReloadingPrompts(promptsDirectory, promptTokenBudget, log, teamLanguage)
    : loadShippedPrompts(config);
  const drafter =
    config.model === null
      ? createBuiltInDrafter({ prompts })
      : createOpenAIDrafter({ ...config.model, prompts, teamLanguage, log });
  const calibrationFile = createCalibrationFile(dataFolder(config), log);
  const checked = config.policy.claimCheck === "off" ? drafter : withClaimCheck(drafter);
  return withCalibration(checked, calibrationFile.current, log);
}
