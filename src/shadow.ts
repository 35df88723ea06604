import { composeBacktest } from "./compose/backtest.ts";
import { createShadow } from "./compose/shadow.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { compareShadow } from "./core/proving/shadow.ts";
import { shadowReport, shadowSummary } from "./core/proving/shadow-summary.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";

// `npm run shadow`: compares drafts that nobody saw with what teammates said since. Reads Intercom
// within the share that live replies leave, and asks JUDGE_MODEL, if there is one, about each.

const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort(new Error("Stopped; what was compared is kept.")));

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createTerminalLog();
  const shadow = createShadow(config, log);
  const doors = await composeBacktest(config, log);
  try {
    const store = await shadow.ifThere();
    if (store !== null && doors !== null) {
      await compareShadow({ ...doors.ports, store, log }, stopping.signal);
    }
    const summary = shadowSummary(store?.all() ?? []);
    process.stdout.write(`${shadowReport(summary, (doors?.ports.judge ?? null) !== null)}\n`);
  } finally {
    await doors?.close();
    shadow.close();
  }
}

await main().catch((error: unknown) => {
  const isSettings = error instanceof ConfigError;
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n${isSettings ? error.problems.join("\n") : why}\n\n`);
  process.exitCode = 1;
});
// Connections kept alive must not hold up the prompt.
process.exit();
