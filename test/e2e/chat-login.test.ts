import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findChromium, launchBrowser } from "./browser.ts";
import { type ChatWorld, startChatWorld } from "./chat-world.ts";

const chromium = findChromium();
const adminToken = "a-token-of-some-length";
const suggestToken = "another-token-of-some-length";

describe.skipIf(chromium === null)("the page at /chat outside mock mode, in Chromium", () => {
  let browser: Browser;
  let world: ChatWorld;

  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? "");
    world = await startChatWorld(browser, {
      MOCK_MODE: "false",
      ADMIN_TOKEN: adminToken,
      SUGGEST_TOKEN: suggestToken,
      INTERCOM_ACCESS_TOKEN: "unused",
      INTERCOM_WEBHOOK_SECRET: "unused",
      INTERCOM_ADMIN_ID: "1",
      // Nothing listens there; the page does not need Intercom.
      INTERCOM_API_BASE_URL: "http://127.0.0.1:9",
    });
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  it("opens with ADMIN_TOKEN, remembers only what it is told to, and logs out", async () => {
    const { page, say, drafts, answers, chooseMode, errors } = await world.visit();
    const token = page.getByLabel("ADMIN_TOKEN");
    await token.fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("This is not the value of ADMIN_TOKEN").waitFor();
    await token.fill(adminToken);
    await page.getByRole("button", { name: "Log in" }).click();

    await page.locator("#welcome").waitFor();
    await chooseMode("Manual");
    await say("Do you ship to Norway?");
    await drafts.waitFor();
    await page.getByLabel("Remember this answer").check();
    await drafts.getByRole("button", { name: "Approve" }).click();
    await answers.filter({ hasText: "Norway" }).waitFor();
    // Nobody waits for the memory, so neither does the page.
    await vi.waitFor(
      async () => expect(await keptQuestions()).toEqual(["Do you ship to Norway?"]),
      { timeout: 30_000 },
    );

    await page.getByRole("button", { name: "Log out" }).click();
    await token.waitFor();
    expect(errors).toEqual([]);
  });

  it("lets in with SUGGEST_TOKEN at /memory, to look and suggest, and nowhere else", async () => {
    const { page, errors } = await world.visit({}, "/memory");
    await page.getByLabel("ADMIN_TOKEN or SUGGEST_TOKEN").fill(suggestToken);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("button", { name: "Suggest an answer" }).click();
    await page.getByLabel("The customer’s question").fill("Do you ship to Sweden?");
    await page.getByLabel("The answer", { exact: true }).fill("Yes.");
    await page.getByRole("button", { name: "Suggest", exact: true }).click();
    await page.getByText("Suggested: an admin decides about it.").waitFor();
    const suggested = page.locator("#list > li", { hasText: "Do you ship to Sweden?" });
    await suggested.getByRole("checkbox").check();
    expect(await page.locator("#bulk").isVisible()).toBe(false);
    await suggested.getByRole("button").click();
    await page.locator("#details").getByText("Suggested").first().waitFor();
    for (const name of ["Accept", "Edit", "Decline", "Remove for good", "Import"]) {
      expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
    }
    await page.goto(`${world.baseUrl}/chat`);
    await page.getByLabel("ADMIN_TOKEN").waitFor();
    expect(errors).toEqual([]);

    // The admin's login is one for both pages.
    await page.getByLabel("ADMIN_TOKEN").fill(adminToken);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("#welcome").waitFor();
    await page.goto(`${world.baseUrl}/memory`);
    await page.getByLabel("State").selectOption("suggested");
    await suggested.getByRole("button").click();
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await page.getByText("Accepted: it is found from now on.").waitFor();
  });

  async function keptQuestions(): Promise<string[]> {
    const headers = { authorization: `Bearer ${adminToken}` };
    const response = await fetch(`${world.baseUrl}/memory`, { headers });
    const { answers } = (await response.json()) as { answers: { question: string }[] };
    return answers.map(({ question }) => question);
  }
});
