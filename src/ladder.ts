import { parseArgs } from "node:util";
import { composeProving } from "./compose/proving.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { judgedCases } from "./core/proving/judged-drafts.ts";
import { climb } from "./core/proving/ladder.ts";
import { earnedTopics } from "./core/proving/ladder-moves.ts";
import { ladderTerms } from "./core/proving/ladder-terms.ts";
import { ladderReport } from "./core/proving/wording.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";

// `npm run ladder [-- --target 95]`: which topics have earned automatic replies by what people
// decided about drafts. Reads the answer memory and changes nothing; the service may go on meanwhile.

const readTimeoutMs = 120_000;

async function main(): Promise<void> {
  const target = readTarget();
  const config = loadConfig();
  const { memory, policy, present, calibrationFile, ladderStore } = await composeProving(
    config,
    createTerminalLog(),
  );
  try {
    const stored = await memory.findVerdicts(AbortSignal.timeout(readTimeoutMs));
    const { cases, ...notCases } = judgedCases(stored);
    const errorLimit = target === null ? (policy.ladder?.errorLimit ?? 0.05) : 1 - target / 100;
    const terms = ladderTerms(errorLimit, policy, present, calibrationFile.current());
    const inForce =
      policy.ladder === null ? null : earnedTopics(ladderStore.moves() ?? [], policy.ladder);
    const report = ladderReport(climb(cases, terms), terms, policy, notCases, inForce);
    process.stdout.write(`${report}\n`);
  } finally {
    memory.close();
  }
}

/** How many of 100 drafts of a topic must be right; `null`: as the policy says, or 95. */
function readTarget(): number | null {
  const { values } = parseArgs({ options: { target: { type: "string" } } });
  if (values.target === undefined) return null;
  const target = Number(values.target);
  if (target >= 85 && target <= 99.5) return target;
  throw new Error(
    "--target must be a number from 85 to 99.5: how many of 100 drafts must be right.",
  );
}

await main().catch((error: unknown) => {
  const isSettings = error instanceof ConfigError;
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n${isSettings ? error.problems.join("\n") : why}\n\n`);
  process.exitCode = 1;
});
