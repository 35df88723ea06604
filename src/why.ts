import { parseArgs } from "node:util";
import { composeExplaining } from "./compose/explaining.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import type { Explanation } from "./core/explaining/explain-conversation.ts";
import type { Log } from "./core/ports.ts";
import { whyReport } from "./why-report.ts";

// `npm run why -- 12345 [--json] [--url https://…]`: what happened to a conversation, what keeps it
// from being answered, and what to do. Asks the running service, which remembers its latest looks;
// where none answers, it reads Intercom itself and says what it cannot know.

const usage = `Which conversation?  make why CONVERSATION=215471234567890
                     npm run why -- 215471234567890 [--json] [--url https://YOUR-HOST]
Its id is the number at the end of its address in Intercom.`;

/** The service reads the conversation for it, with retries. */
const askTimeoutMs = 60_000;

/** What stands in the way, as a sentence for whoever asked. */
class WhyError extends Error {
  override readonly name = "WhyError";
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: "boolean" }, url: { type: "string" } },
    allowPositionals: true,
  });
  const [conversationId] = positionals;
  if (conversationId === undefined || !/^[\w-]{1,64}$/.test(conversationId)) {
    throw new WhyError(usage);
  }
  const config = loadConfig();
  const explanation =
    (await askService(conversationId, config, values.url)) ??
    (await readIntercom(conversationId, config));
  process.stdout.write(
    values.json ? `${JSON.stringify(explanation, null, 2)}\n` : `${whyReport(explanation)}\n`,
  );
}

/** @returns `null` where no service can be asked */
async function askService(
  conversationId: string,
  { port, adminToken, isMock }: Config,
  url: string | undefined,
): Promise<Explanation | null> {
  if (adminToken === null && !isMock) {
    say("ADMIN_TOKEN is not set, so the running service cannot be asked.");
    return null;
  }
  const address = `${url ?? `http://127.0.0.1:${port}`}/why/${conversationId}`;
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${adminToken ?? ""}` },
    signal: AbortSignal.timeout(askTimeoutMs),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    say(`The service does not answer at ${address}: ${explain(cause)}.`);
    return null;
  });
  if (response === null) return null;
  if (response.ok) return (await response.json()) as Explanation;
  const { error = `it answers ${response.status}` } = (await response.json().catch(() => ({}))) as {
    error?: string;
  };
  say(`The service at ${address} cannot say: ${error}`);
  return null;
}

async function readIntercom(conversationId: string, config: Config): Promise<Explanation> {
  const explainFromIntercom = composeExplaining(config, silent);
  if (explainFromIntercom === null) {
    throw new WhyError("In mock mode only the running service knows its conversations: make mock");
  }
  return explainFromIntercom(conversationId);
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

function say(words: string): void {
  process.stderr.write(`${words}\n`);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("\n");
  return error instanceof Error ? error.message : String(error);
}

await main().catch((error: unknown) => {
  say(`\n${explain(error)}`);
  process.exitCode = 1;
});
// Connections kept alive must not hold up the prompt.
process.exit();
