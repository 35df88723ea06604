import { parseArgs } from "node:util";
import { composeForgetting } from "./compose/forgetting.ts";
import { ConfigError, loadConfig } from "./config.ts";
import type { Log } from "./core/ports.ts";
import { describeError } from "./lib/log.ts";

// `npm run forget -- --contact ID | --email ADDRESS [--json]`: removes what is stored of a person
// and says what was removed. The running service may go on meanwhile.

const usage = `Whom?  npm run forget -- --contact 667d60ac8a68186f43bafdbb
   or  npm run forget -- --email ada@example.com
The id stands at the end of the contact's address in Intercom. What is stored is removed for good.`;

/** What stands in the way, as a sentence for whoever asked. */
class ForgetError extends Error {
  override readonly name = "ForgetError";
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      contact: { type: "string" },
      email: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const { contact, email } = values;
  if ((contact === undefined) === (email === undefined)) throw new ForgetError(usage);
  if (contact !== undefined && !/^[\w-]{1,64}$/.test(contact)) throw new ForgetError(usage);

  const { forget, findByEmail, close } = await composeForgetting(loadConfig(), terminalLog);
  try {
    const ids = contact === undefined ? await idsOf(email ?? "", findByEmail) : [contact];
    const forgotten = [];
    for (const id of ids) forgotten.push(await forget(id));
    process.stdout.write(
      values.json
        ? `${JSON.stringify(forgotten, null, 2)}\n`
        : forgotten.map((one) => `${inWords(one)}\n`).join(""),
    );
  } finally {
    close();
  }
}

async function idsOf(
  email: string,
  findByEmail: ((email: string) => Promise<string[]>) | null,
): Promise<string[]> {
  if (findByEmail === null) {
    throw new ForgetError(
      "In mock mode there is no Intercom to find an address in: use --contact.",
    );
  }
  const ids = await findByEmail(email);
  if (ids.length > 0) return ids;
  throw new ForgetError(
    "Intercom knows no contact with that address. Whoever was deleted there is found by their id: --contact",
  );
}

function inWords(removed: {
  contact: string;
  conversations: number;
  turns: number;
  answers: number;
  cards: number;
}): string {
  const { contact, conversations, turns, answers, cards } = removed;
  if (turns + answers + cards === 0) return `Contact ${contact}: nothing is stored of them.`;
  const emptied = cards === 0 ? "" : ` ${counted(cards, "card")} in Slack emptied.`;
  return `Contact ${contact}: removed ${counted(turns, "message")} and ${counted(answers, "answer")} of ${counted(conversations, "conversation")}. They are not learnt again.${emptied}`;
}

function counted(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** Only what went wrong. */
const terminalLog: Log = {
  debug() {},
  info() {},
  warn: say,
  error: say,
};

function say(values: object, event: string): void {
  const error = "error" in values ? ` ${JSON.stringify(describeError(values.error))}` : "";
  process.stderr.write(`${event}${error}\n`);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join("\n");
  return error instanceof Error ? error.message : String(error);
}

await main().catch((error: unknown) => {
  process.stderr.write(`\n${explain(error)}\n`);
  process.exitCode = 1;
});
// Connections kept alive must not hold up the prompt.
process.exit();
