import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { createInProcessQueue } from "./adapters/queue/in-process-queue.ts";
import { askReport } from "./ask-report.ts";
import { compose, mockWebhookSecret, type Service } from "./compose.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { explanationWithAdvice } from "./core/no-draft.ts";
import type { Log } from "./core/ports.ts";
import type { JourneyReport } from "./core/types.ts";
import { sign } from "./lib/intercom-signature.ts";
import { describeError } from "./lib/log.ts";

// `make ask`: one question to mock mode, from a signed webhook to the decision, in a process of its
// own. With --conversation the question is what stands in a real conversation.

const usage = `Ask something:  make ask Q="How do I reset my password?"
or, with MOCK_READS_INTERCOM=true, about a real conversation:  make ask CONVERSATION=215471234567890`;

/** The model's own time limit is below that. */
const answerTimeoutMs = 120_000;

/** What stands in the way, as a sentence for whoever asked. */
class AskError extends Error {
  override readonly name = "AskError";
}

async function main(): Promise<void> {
  const wanted = readArguments();
  const config = readConfig(wanted);
  const journey = Promise.withResolvers<JourneyReport>();
  const service = await compose(config, createTerminalLog(), {
    onReport: journey.resolve,
    // Nobody waits for a second try: what fails is said.
    createQueue: (options) =>
      createInProcessQueue({
        ...options,
        retryDelaysMs: [],
        work: (hint, slot) => options.work(hint, slot).catch(journey.reject),
      }),
  });
  const server = createServer(service.app);
  try {
    await service.prepare();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await deliver((server.address() as AddressInfo).port, wanted, service);
    const report = await withTimeout(journey.promise);
    process.stdout.write(`${askReport(report, config.policy)}\n`);
    if (report.drafting !== null && "noDraft" in report.drafting) {
      throw new AskError(explanationWithAdvice(report.drafting.noDraft));
    }
  } finally {
    server.close();
    server.closeAllConnections();
    await service.stop();
  }
}

type Wanted = { question: string } | { conversationId: string };

function readArguments(): Wanted {
  const { values, positionals } = parseArgs({
    options: { conversation: { type: "string" } },
    allowPositionals: true,
  });
  const conversationId = values.conversation?.trim() ?? "";
  if (conversationId !== "") return { conversationId };
  const question = positionals.join(" ").trim();
  if (question === "") throw new AskError(usage);
  return { question };
}

function readConfig(wanted: Wanted): Config {
  const config = loadConfig();
  if (!config.isMock) throw new AskError("This is for mock mode only: set MOCK_MODE=true.");
  if ("conversationId" in wanted && !config.mockReadsIntercom) {
    throw new AskError(
      "To read a real conversation set MOCK_READS_INTERCOM=true, INTERCOM_ACCESS_TOKEN and INTERCOM_ADMIN_ID.",
    );
  }
  // There is one message, so nothing is gained by waiting for a second.
  const policy = { ...config.policy, quietPeriodMs: 0 };
  return { ...config, isChatEnabled: false, policy };
}

/** Sends the notification that Intercom would send, signed as Intercom would sign it. */
async function deliver(port: number, wanted: Wanted, { mockInbox }: Service): Promise<void> {
  const item = "question" in wanted ? newConversation() : { id: wanted.conversationId };
  const body = Buffer.from(JSON.stringify({ topic: "conversation.user.created", data: { item } }));
  const response = await fetch(`http://127.0.0.1:${port}/webhooks/intercom`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Hub-Signature": sign(mockWebhookSecret, body),
    },
    body,
  });
  await response.arrayBuffer();
  if (!response.ok) throw new AskError(`The webhook was answered with ${response.status}.`);

  function newConversation() {
    const contact = { id: "ask", name: null };
    const id = mockInbox.open(contact);
    const part = mockInbox.customerWrites(id, "question" in wanted ? wanted.question : "");
    const { author } = part;
    return { id, source: { id: part.id, body: part.text, author } };
  }
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(answerTimeoutMs);
  const tooLate = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(new AskError(`No answer came about within ${answerTimeoutMs / 1000} s.`));
    });
  });
  return Promise.race([work, tooLate]);
}

/** Standard output is for the answer; only what goes wrong is said beside it. */
function createTerminalLog(): Log {
  const say = (values: object, event: string) => {
    const error = "error" in values ? JSON.stringify(describeError(values.error)) : "";
    process.stderr.write(`${event} ${error}\n`);
  };
  return { debug() {}, info() {}, warn: say, error: say };
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("\n");
  return error instanceof Error ? error.message : String(error);
}

await main().catch((error: unknown) => {
  process.stderr.write(`\n${explain(error)}\n`);
  process.exitCode = 1;
});
// Connections kept alive and timers of what has been stopped must not hold up the prompt.
process.exit();
