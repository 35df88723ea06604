import { loadPrompts } from "../adapters/openai/prompts.ts";
import { createPolicyFile } from "../adapters/policy-file/policy-file.ts";
import type { Config } from "../config.ts";
import type { DraftOn } from "../core/policy.ts";
import type { Prompts } from "../core/ports.ts";
import type { Policy } from "../core/types.ts";
import { type Check, createFindings } from "./check.ts";

const promptsDirectory = new URL("../../prompts", import.meta.url).pathname;
const quiet = () => {};

/**
 * @returns the prompts too, for whoever drafts with them; `null` where they cannot be used. And the
 *   policy: of the settings alone where the file cannot be used
 */
export function checkFiles(config: Config): {
  checks: Check[];
  prompts: Prompts | null;
  policy: Policy;
} {
  const findings = createFindings("files");
  const { policyFile } = config;
  let { policy } = config;
  if (policyFile !== null) {
    try {
      policy = createPolicyFile(policyFile, config.policy, {
        debug: quiet,
        info: quiet,
        warn: quiet,
        error: quiet,
      }).current();
      const { draftOn } = policy;
      findings.ok("policy", `${policyFile} can be used`);
      if (draftOn !== null) findings.unproved("draft-on", topicsFor(draftOn));
    } catch (error) {
      const hint = "Correct the file; docs/policy.md says what may stand in it.";
      findings.wrong("failed", "policy", wordsOf(error), hint, "POLICY_FILE");
    }
  }
  try {
    const prompts = loadPrompts(promptsDirectory, config.promptTokenBudget);
    findings.ok("prompts", "system.md and user.md can be used");
    return { checks: findings.checks, prompts, policy };
  } catch (error) {
    const hint = "Correct the file; docs/prompts.md names every placeholder.";
    findings.wrong("failed", "prompts", wordsOf(error), hint);
    return { checks: findings.checks, prompts: null, policy };
  }
}

/** Without them nobody hears of the request. */
function topicsFor({ tags, words }: DraftOn): string {
  const topics = [
    ...(tags.length === 0 ? [] : ["conversation_part.tag.created"]),
    ...(words.length === 0 ? [] : ["conversation.admin.noted"]),
  ];
  return `drafts on demand (draft_on) need the webhook ${topics.length === 1 ? "topic" : "topics"} ${topics.join(" and ")}; whether they are subscribed cannot be read over the API`;
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
