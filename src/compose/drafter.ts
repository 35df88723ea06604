import { createBuiltInDrafter } from "../adapters/mock/built-in-drafter.ts";
import { createOpenAIDrafter } from "../adapters/openai/openai-drafter.ts";
import { loadPrompts } from "../adapters/openai/prompts.ts";
import { createReloadingPrompts } from "../adapters/openai/reloading-prompts.ts";
import type { Config } from "../config.ts";
import type { Drafter, Log, Prompts } from "../core/ports.ts";

const promptsDirectory = new URL("../../prompts", import.meta.url).pathname;

/** @throws PromptError when the prompts cannot be used */
export function loadShippedPrompts({ promptTokenBudget }: Config): Prompts {
  return loadPrompts(promptsDirectory, promptTokenBudget);
}

export function createDrafter(config: Config, log: Log): Drafter {
  const prompts = config.isMock
    ? createReloadingPrompts(promptsDirectory, config.promptTokenBudget, log)
    : loadShippedPrompts(config);
  if (config.model === null) return createBuiltInDrafter({ prompts });
  return createOpenAIDrafter({ ...config.model, prompts, log });
}
