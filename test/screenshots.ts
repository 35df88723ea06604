import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findChromium, launchBrowser } from "./e2e/browser.ts";
import { type ChatPage, startChatWorld } from "./e2e/chat-world.ts";

// `npm run screenshots`: the main states of the pages at /chat, /memory and /source, as pictures for the documentation:
// what somebody gets who starts the mock on a fresh machine, without an account.

const directory = new URL("../docs/images/", import.meta.url).pathname;

const chromium = findChromium();
if (chromium === null) process.exit(1);
await mkdir(directory, { recursive: true });
const browser = await launchBrowser(chromium);
const world = await startChatWorld(browser, { OPENAI_BASE_URL: "", OPENAI_API_KEY: "" });

try {
  const size = { width: 1280, height: 820 };
  const light = await world.visit({ viewport: size, colorScheme: "light" });
  await light.page.locator("#welcome").waitFor();
  await take(light, "chat-welcome");

  const name = light.page.getByLabel("Customer’s name");
  await name.fill("Ada Lovelace");
  await name.press("Tab");
  await light.page.getByRole("button", { name: "A follow-up" }).click();
  await light.answers.nth(1).waitFor();
  await light.answers.nth(1).click();
  await light.details.waitFor();
  await take(light, "chat-automatic");

  await light.page.keyboard.press("Escape");
  await light.chooseMode("Manual");
  await light.say("Please refund my last bill, I was charged twice!");
  await light.drafts.waitFor();
  const path = `/chat${new URL(light.page.url()).hash}`;
  const dark = await world.visit({ viewport: size, colorScheme: "dark" }, path);
  await dark.drafts.waitFor();
  await take(dark, "chat-manual");

  const narrow = await world.visit({ viewport: { width: 360, height: 740 } }, path);
  await narrow.drafts.waitFor();
  await take(narrow, "chat-narrow");

  const memory = await world.visit({ viewport: size, colorScheme: "light" }, "/memory");
  await memory.page.locator("#list > li .as-link").first().click();
  await memory.page.locator("#details").waitFor();
  await take(memory, "memory");

  await memory.page
    .getByLabel("A customer’s question")
    .fill("Is an annual subscription fee refunded?");
  await memory.page.keyboard.press("Enter");
  const found = memory.page.getByRole("link", { name: "Refunds of subscription fees" });
  const opened = memory.page.context().waitForEvent("page");
  await found.click();
  const source = await opened;
  await source.locator("#passage").waitFor();
  await source.screenshot({ path: join(directory, "source.png"), animations: "disabled" });
} finally {
  await browser.close();
  await world.stop();
}

async function take({ page }: ChatPage, name: string): Promise<void> {
  await page.screenshot({ path: join(directory, `${name}.png`), animations: "disabled" });
}
