import { readFileSync } from "node:fs";
import { createOpenAIChecker } from "../adapters/openai/openai-checker.ts";
import type { Config } from "../config.ts";
import { withChecks } from "../core/judging/checked-drafter.ts";
import type { Checker, Drafter, Log } from "../core/ports.ts";

const instructionsFile = new URL("../../prompts/check.md", import.meta.url);

/** CHECK_MODEL, or `null` where there is none. */
export function createChecker({ model }: Config, log: Log): Checker | null {
  if (model === null || model.checkModel === null) return null;
  const instructions = readFileSync(instructionsFile, "utf8").trim();
  return createOpenAIChecker({ ...model, model: model.checkModel, instructions, log });
}

/** The same drafter with CHECK_MODEL beside it, where there is one. */
export function withCheckModel(drafter: Drafter, config: Config, log: Log): Drafter {
  const checker = createChecker(config, log);
  return checker === null
    ? drafter
    : withChecks(drafter, { checker, policy: () => config.policy, log });
}
