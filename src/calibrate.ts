import { makeDataFolder } from "./adapters/sqlite/data-folder.ts";
import { dataFolder } from "./compose/memory.ts";
import { composeProving } from "./compose/proving.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { calibrate } from "./core/proving/calibration.ts";
import { calibrationReport } from "./core/proving/calibration-wording.ts";
import { judgedCases } from "./core/proving/judged-drafts.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";

// `npm run calibrate`: what the model's confidence has meant so far, by what people decided about
// its drafts, into `calibration.json` under DATA_DIR. The service may go on meanwhile.

const readTimeoutMs = 120_000;

async function main(): Promise<void> {
  const config = loadConfig();
  const { memory, present, calibrationFile } = await composeProving(config, createTerminalLog());
  try {
    const stored = await memory.findVerdicts(AbortSignal.timeout(readTimeoutMs));
    const calibrated = calibrate(judgedCases(stored).cases, present, Date.now());
    if (calibrated.kind === "calibrated") {
      makeDataFolder(dataFolder(config));
      calibrationFile.write(calibrated.calibration);
    }
    process.stdout.write(`${calibrationReport(calibrated, present, calibrationFile.path)}\n`);
  } finally {
    memory.close();
  }
}

await main().catch((error: unknown) => {
  const isSettings = error instanceof ConfigError;
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n${isSettings ? error.problems.join("\n") : why}\n\n`);
  process.exitCode = 1;
});
