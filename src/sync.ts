import { parseArgs } from "node:util";
import { composeBackfill } from "./compose/backfill.ts";
import { withPolicyFile } from "./compose/policy-tools.ts";
import { type SourceChange, syncSources } from "./compose/source-sync.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import type { SourceState } from "./core/knowledge/source-states.ts";
import type { BackfillOptions, BackfillReport } from "./core/learning/backfill-report.ts";
import type { Log } from "./core/ports.ts";
import { describeError } from "./lib/log.ts";
import { sleep } from "./lib/sleep.ts";

// `npm run sync [-- --since=2026-01-31 --until=… --limit=1000 --dry-run]`: learns from past
// conversations in this terminal; with `--source NAME` (or `all`) reads that source of
// knowledge again. The running service may go on meanwhile.

const signs: Record<SourceChange["change"], string> = { new: "+", changed: "~", gone: "-" };
const redrawMs = 250;
const barWidth = 30;

const config = readConfig();
const { source, options } = readOptions();
const log = createTerminalLog();
if (source !== null) await readSources(source, options.dryRun);
const composed = await composeBackfill(config, log).catch((error) => exitWith(error.message));
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

/** Ends the process. */
async function readSources(source: string, dryRun: boolean): Promise<never> {
  const named = await startedOrExit(() => withPolicyFile(config));
  const names = named.policy.sources.map(({ name }) => name);
  if (config.isMock) exitWith("Mock mode keeps nothing of its sources: make mock reads them.");
  if (names.length === 0)
    exitWith("Neither KNOWLEDGE_SOURCES nor the policy file names a source to read.");
  if (source !== "all" && !names.includes(source)) {
    exitWith(`There is no source "${source}": there is ${names.join(", ")}. all reads them all.`);
  }
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  process.once("SIGTERM", () => stopping.abort());
  const wanted = { names: source === "all" ? [] : [source], dryRun, signal: stopping.signal };
  const { states, changes, done } = await startedOrExit(() => syncSources(named, wanted, log));
  const ended = new AbortController();
  const settled = done.then(() => ended.abort());
  while (!ended.signal.aborted) {
    drawSources(states());
    await sleep(redrawMs, ended.signal);
  }
  await settled;
  clearLine();
  for (const { change, title, url } of changes) {
    process.stdout.write(`${signs[change]} ${title}${url === null ? "" : `  ${url}`}\n`);
  }
  const count = (change: SourceChange["change"]) =>
    changes.filter((one) => one.change === change).length;
  const counts = { new: count("new"), changed: count("changed"), gone: count("gone") };
  const sources = states().map(({ name, state, articles, problem, failing, shortened }) => {
    return { name, state, articles, problem, failing, shortened };
  });
  process.stdout.write(`${JSON.stringify({ dryRun, ...counts, sources }, null, 2)}\n`);
  process.exit(sources.every(({ state }) => state === "read") ? 0 : 1);
}

function drawSources(states: SourceState[]): void {
  if (!process.stderr.isTTY) return;
  const parts = states.map(({ name, state, progress }) =>
    progress === null ? `${name}: ${state}` : `${name}: ${progress.read} of ${progress.found}`,
  );
  clearLine();
  process.stderr.write(parts.join(" · "));
}

/** A folder that is not there is said in words for people. */
async function startedOrExit<T>(start: () => T | Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    exitWith(error instanceof Error ? error.message : String(error));
  }
}

function readOptions(): { source: string | null; options: BackfillOptions } {
  try {
    const { values } = parseArgs({
      options: {
        since: { type: "string" },
        until: { type: "string" },
        limit: { type: "string" },
        "dry-run": { type: "boolean" },
        source: { type: "string" },
      },
    });
    const { source = null, since, until, limit } = values;
    if (source !== null && (since ?? until ?? limit) !== undefined) {
      throw new Error(
        "--source reads pages and files: --since, --until and --limit are of conversations",
      );
    }
    const options = {
      since: readTime("--since", since),
      until: readTime("--until", until),
      limit: readLimit(limit),
      dryRun: values["dry-run"] ?? false,
    };
    return { source, options };
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
