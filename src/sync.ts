import { parseArgs } from "node:util";
import { composeBackfill } from "./compose/backfill.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import type { BackfillOptions, BackfillReport } from "./core/learning/backfill-report.ts";
import type { Log } from "./core/ports.ts";
import { describeError } from "./lib/log.ts";
import { sleep } from "./lib/sleep.ts";

// `npm run sync [-- --since=2026-01-31 --until=… --limit=1000 --dry-run]`: learns from past
// conversations in this terminal. The running service may go on meanwhile.

const redrawMs = 250;
const barWidth = 30;

const config = readConfig();
const options = readOptions();
const log = createTerminalLog();
const composed = composeBackfill(config, log);
if (composed === null) exitWith("In mock mode there is no Intercom to learn from.");
const { backfill, close } = composed;

process.once("SIGINT", () => backfill.stop());
process.once("SIGTERM", () => backfill.stop());
backfill.start(options);
const finished = new AbortController();
const settled = backfill.settled().then(() => finished.abort());
while (!finished.signal.aborted) {
  draw(backfill.report());
  await sleep(redrawMs, finished.signal);
}
await settled;
const report = backfill.report();
draw(report);
close();
process.stdout.write(`\n${JSON.stringify(report, null, 2)}\n`);
process.exitCode = report?.state === "done" ? 0 : 1;

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error.problems.join("\n"));
    throw error;
  }
}

function readOptions(): BackfillOptions {
  try {
    const { values } = parseArgs({
      options: {
        since: { type: "string" },
        until: { type: "string" },
        limit: { type: "string" },
        "dry-run": { type: "boolean" },
      },
    });
    return {
      since: readTime("--since", values.since),
      until: readTime("--until", values.until),
      limit: readLimit(values.limit),
      dryRun: values["dry-run"] ?? false,
    };
  } catch (error) {
    exitWith(error instanceof Error ? error.message : String(error));
  }
}

function readTime(name: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new Error(`${name} must be a date such as 2026-01-31`);
  return time;
}

function readLimit(value: string | undefined): number | null {
  if (value === undefined) return null;
  const limit = Number(value);
  if (!(Number.isInteger(limit) && limit > 0)) throw new Error("--limit must be a number above 0");
  return limit;
}

/** Only what went wrong, above the bar; the counts stand beside it. */
function createTerminalLog(): Log {
  const say = (values: object, event: string) => {
    const shown = Object.entries(values).map(([key, value]) => [
      key,
      value instanceof Error ? describeError(value) : value,
    ]);
    clearLine();
    process.stderr.write(`${event} ${JSON.stringify(Object.fromEntries(shown))}\n`);
  };
  return { debug: () => {}, info: () => {}, warn: say, error: say };
}

function draw(report: BackfillReport | null): void {
  if (report === null || !process.stderr.isTTY) return;
  const { conversations, stored, conversationsPerSecond, secondsLeft } = report;
  const wanted = Math.max(1, Math.min(conversations.found, options.limit ?? conversations.found));
  const share = Math.min(1, conversations.read / wanted);
  const full = Math.round(share * barWidth);
  const bar = "█".repeat(full) + "░".repeat(barWidth - full);
  const left = secondsLeft === null ? "" : ` · ${inMinutes(secondsLeft)} left`;
  clearLine();
  process.stderr.write(
    `${bar} ${Math.floor(share * 100)} %  ${conversations.read} of ${conversations.found} · ` +
      `${stored.answers} answers · ${conversationsPerSecond.toFixed(0)}/s${left}`,
  );
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
}

function inMinutes(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function exitWith(problem: string): never {
  process.stderr.write(`\n${problem}\n\n`);
  process.exit(1);
}
