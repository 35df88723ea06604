import { checkPolicyFile, explainRulesFor } from "./compose/policy-tools.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { fileReport, rulesReport } from "./policy-report.ts";

// `npm run policy -- check FILE`: whether a policy file can be used, or everything that is wrong with
// it. `npm run policy -- explain CONVERSATION_ID`: each rule, and whether it fits that conversation.

const usage = `What about the policy?
  npm run policy -- check policy.yaml          whether the file can be used
  npm run policy -- explain 215471234567890    which rules fit that conversation`;

async function main([command, subject]: string[]): Promise<string> {
  if (command === "check" && subject !== undefined) {
    return fileReport(subject, checkPolicyFile(subject));
  }
  if (command === "explain" && subject !== undefined && /^[\w-]{1,64}$/.test(subject)) {
    const explained = await explainRulesFor(subject, loadConfig());
    if (explained !== null) return rulesReport(subject, explained);
    throw new Error(`There is no conversation ${subject}, or no customer has written in it.`);
  }
  throw new Error(usage);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("\n");
  return error instanceof Error ? error.message : String(error);
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
// Connections kept alive must not hold up the prompt.
process.exit();
