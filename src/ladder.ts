import { parseArgs } from "node:util";
import { composeProving } from "./compose/proving.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { surenessOf } from "./core/judging/sureness.ts";
import { belongsTo } from "./core/proving/calibrated-drafter.ts";
import { judgedCases } from "./core/proving/judged-drafts.ts";
import { probabilityAt } from "./core/proving/knots.ts";
import { climb } from "./core/proving/ladder.ts";
import { ladderReport } from "./core/proving/wording.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";

// `npm run ladder [-- --target 95]`: which topics have earned automatic replies by what people
// decided about drafts. Reads the answer memory and changes nothing; the service may go on meanwhile.

const delta = 0.05;
const readTimeoutMs = 120_000;

async function main(): Promise<void> {
  const errorLimit = 1 - readTarget() / 100;
  const config = loadConfig();
  const { memory, policy, present, calibrationFile } = composeProving(config, createTerminalLog());
  try {
    const stored = await memory.findVerdicts(AbortSignal.timeout(readTimeoutMs));
    const { cases, ...notCases } = judgedCases(stored);
    const { confidenceThreshold } = policy;
    const calibration = calibrationFile.current();
    const isFitting = calibration !== null && belongsTo(calibration, present);
    const knots = isFitting ? calibration.knots : null;
    const terms = {
      errorLimit,
      delta,
      confidenceThreshold,
      ...present,
      surenessOf: (confidence: number) => {
        const calibrated = knots === null ? undefined : probabilityAt(knots, confidence);
        return surenessOf({ confidence, calibrated }, policy);
      },
    };
    const report = ladderReport(climb(cases, terms), terms, policy, notCases);
    process.stdout.write(`${report}\n`);
  } finally {
    memory.close();
  }
}

/** How many of 100 drafts of a topic must be right. */
function readTarget(): number {
  const { values } = parseArgs({ options: { target: { type: "string", default: "95" } } });
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
