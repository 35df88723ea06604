import { readFileSync } from "node:fs";
import { createOpenAIChecker } from "../adapters/openai/openai-checker.ts";
import type { Config } from "../config.ts";
import { withChecks } from "../core/judging/checked-drafter.ts";
import type { Drafter, Log } from "../core/ports.ts";

const instructionsFile = new URL("../../prompts/check.md", import.meta.url);

/** The same drafter with CHECK_MODEL beside it, where there is one. */
export function withCheckModel(drafter: Drafter, config: Config, log: Log): Drafter {
  const { model } = config;
  if (model === null || model.checkModel === null) return drafter;
  const instructions = readFileSync(instructionsFile, "utf8").trim();
  const checker = createOpenAIChecker({ ...model, model: model.checkModel, instructions, log });
  return withChecks(drafter, { checker, policy: () => config.policy, log });
}
