import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findChromium, launchBrowser } from "./e2e/browser.ts";
import { type ChatPage, startChatWorld } from "./e2e/chat-world.ts";
import { answerObject, type ChatRequest, unansweredMessagesIn } from "./stand-ins/openai.ts";

// `npm run screenshots`: the main states of the page at /chat, as pictures for the documentation.
// A stand-in plays the model, so that they come out the same each time and without an account.

const directory = new URL("../docs/images/", import.meta.url).pathname;

const answers: [pattern: RegExp, source: string, answer: object][] = [
  [
    /bookkeeper/i,
    "Invite teammates",
    {
      reasoning:
        "The article on roles answers this exactly: a bookkeeper reads, exports and marks as paid, and does not send.",
      reply:
        "Hello Ada,\n\nyes. Invite them under **Settings → Team → Invite** and choose the role **Bookkeeper**. They can read everything, export it and mark invoices as paid, but they cannot send invoices.\n\nYou find all roles here: [Invite teammates](https://help.quillbox.example/invite-teammates)",
      confidence: 0.94,
    },
  ],
  [
    /money back/i,
    "Find your Quillbox bills",
    {
      intent: "complaint",
      reasoning:
        "The customer wants a refund. Whether they paid twice has to be looked up in the account, which only a person can do.",
      reply:
        "I am sorry about that, Ada. A colleague can look at the two payments and take it from here.\n\nYou can see all our bills under **Settings → Subscription → Bills**.",
      confidence: 0.71,
      needs_human: true,
    },
  ],
];

const chromium = findChromium();
if (chromium === null) process.exit(1);
await mkdir(directory, { recursive: true });
const browser = await launchBrowser(chromium);
const world = await startChatWorld(browser, { OPENAI_MODEL: "example-model" });
world.openai.answers((request) => {
  const said = unansweredMessagesIn(request).join("\n");
  const [, source = "", answer] = answers.find(([pattern]) => pattern.test(said)) ?? [];
  return answerObject({ ...answer, used_sources: numbersOf(source, request) });
});

try {
  const size = { width: 1280, height: 820 };
  const light = await world.visit({ viewport: size, colorScheme: "light" });
  await light.page.locator("#welcome").waitFor();
  await take(light, "chat-welcome");

  const name = light.page.getByLabel("Customer’s name");
  await name.fill("Ada Lovelace");
  await name.press("Tab");
  await light.say("Can my bookkeeper get access without sending invoices?");
  await light.answers.first().waitFor();
  await light.answers.first().click();
  await light.details.waitFor();
  await take(light, "chat-automatic");

  await light.page.keyboard.press("Escape");
  await light.chooseMode("Manual");
  await light.say("I paid twice this month and want my money back!");
  await light.drafts.waitFor();
  const path = `/chat${new URL(light.page.url()).hash}`;
  const dark = await world.visit({ viewport: size, colorScheme: "dark" }, path);
  await dark.drafts.waitFor();
  await take(dark, "chat-manual");

  const narrow = await world.visit({ viewport: { width: 360, height: 740 } }, path);
  await narrow.drafts.waitFor();
  await take(narrow, "chat-narrow");
} finally {
  await browser.close();
  await world.stop();
}

/** Under which number the prompt lists the source whose title begins like that. */
function numbersOf(title: string, { messages }: ChatRequest): number[] {
  const prompt = messages.map(({ content }) => content).join("\n");
  const found = prompt.split("<source ").find((source) => source.includes(title));
  return found === undefined ? [] : [Number.parseInt(found.replace(/^\D+/, ""), 10)];
}

async function take({ page }: ChatPage, name: string): Promise<void> {
  await page.screenshot({ path: join(directory, `${name}.png`), animations: "disabled" });
}
