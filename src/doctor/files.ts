import { loadPrompts } from "../adapters/openai/prompts.ts";
import { createPolicyFile } from "../adapters/policy-file/policy-file.ts";
import type { Config } from "../config.ts";
import type { Prompts } from "../core/ports.ts";
import { type Check, createFindings } from "./check.ts";

const promptsDirectory = new URL("../../prompts", import.meta.url).pathname;
const quiet = () => {};

/** @returns the prompts too, for whoever drafts with them; `null` where they cannot be used */
export function checkFiles(config: Config): { checks: Check[]; prompts: Prompts | null } {
  const findings = createFindings("files");
  const { policyFile } = config;
  if (policyFile !== null) {
    try {
      createPolicyFile(policyFile, config.policy, {
        debug: quiet,
        info: quiet,
        warn: quiet,
        error: quiet,
      });
      findings.ok("policy", `${policyFile} can be used`);
    } catch (error) {
      const hint = "Correct the file; docs/policy.md says what may stand in it.";
      findings.wrong("failed", "policy", wordsOf(error), hint, "POLICY_FILE");
    }
  }
  try {
    const prompts = loadPrompts(promptsDirectory, config.promptTokenBudget);
    findings.ok("prompts", "system.md and user.md can be used");
    return { checks: findings.checks, prompts };
  } catch (error) {
    const hint = "Correct the file; docs/prompts.md names every placeholder.";
    findings.wrong("failed", "prompts", wordsOf(error), hint);
    return { checks: findings.checks, prompts: null };
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
