import { parseArgs } from "node:util";
import { createIntercom } from "./adapters/intercom/intercom.ts";
import { insightStore } from "./compose/insight.ts";
import { openMemory } from "./compose/memory.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { buildInsight } from "./core/insight/insight-run.ts";
import { createRedact } from "./lib/redact.ts";
import { createTerminalLog } from "./lib/terminal-log.ts";

// `npm run insight [-- --since 90d]`: counts anew what /insight shows. Reads Intercom within the share
// of its rate limit that live replies leave, and the answer memory; changes nothing in either.

const dayMs = 86_400_000;
const stopping = new AbortController();
process.once("SIGINT", () =>
  stopping.abort(new Error("Stopped; what was read is kept, the next run goes on.")),
);

async function main(): Promise<void> {
  const since = Date.now() - readDays() * dayMs;
  const config = loadConfig();
  if (config.intercom === null || config.isMock) {
    throw new Error(
      "There is no Intercom to read. In mock mode /insight shows what was typed on /chat, without this command.",
    );
  }
  const log = createTerminalLog();
  const { archive } = createIntercom({ ...config.intercom, log });
  const memory = await openMemory(config, log);
  try {
    const data = await buildInsight(
      since,
      {
        archive,
        memory,
        store: insightStore(config),
        redact: createRedact(config.redactPatterns),
        clock: Date.now,
      },
      progress,
      stopping.signal,
    );
    const { conversations, verdicts } = data;
    process.stdout.write(
      `${conversations.length} conversations and ${verdicts.length} decisions counted: see /insight.\n`,
    );
  } finally {
    memory.close();
  }
}

function progress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of} conversations`);
  if (process.stderr.isTTY && done === of) process.stderr.write("\n");
}

function readDays(): number {
  const { values } = parseArgs({ options: { since: { type: "string", default: "90d" } } });
  const days = Number(/^(\d+)d$/.exec(values.since)?.[1]);
  if (days >= 1 && days <= 730) return days;
  throw new Error("--since must be a number of days from 1d to 730d.");
}

await main().catch((error: unknown) => {
  const isSettings = error instanceof ConfigError;
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n${isSettings ? error.problems.join("\n") : why}\n\n`);
  process.exitCode = 1;
});
// Connections kept alive must not hold up the prompt.
process.exit();
