import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Insight } from "../../src/core/insight/insight.ts";
import { eventually } from "../adapters/slack/slack-world.ts";
import { findChromium, launchBrowser } from "./browser.ts";
import { isTooWide, seriousFindings, targetsBelow } from "./chat-visits.ts";
import { command } from "./proving-commands.ts";
import { secrets, startWorld, type World } from "./world.ts";

const chromium = findChromium();
const patienceMs = 30_000;
let world: World;
let forgettable = "";
let first: Awaited<ReturnType<typeof build>>;

beforeAll(async () => {
  world = await startWorld({ REPLY_MODE: "auto" });
  for (const place of ["here", "there"]) {
    const { conversationId } = await world.ask(`How do I log in ${place}? confidence=0.95`);
    await eventually(() => expect(world.replies(conversationId)).toHaveLength(1), patienceMs);
  }
  const { conversationId } = await world.ask("Where is <b>my</b> invoice? confidence=0.2");
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(1), patienceMs);
  world.intercom.teammateWrites(conversationId, "I have sent it again.");
  forgettable = conversationId;
  expect(await figures()).toBeNull();
  first = await build();
}, 120_000);
afterAll(async () => {
  await world.stop();
});

const address = () => `${world.service().baseUrl}/insight`;
const asProgram = { authorization: `Bearer ${secrets.ADMIN_TOKEN}`, accept: "application/json" };

async function figures(): Promise<Insight> {
  const response = await fetch(address(), { headers: asProgram });
  return ((await response.json()) as { insight: Insight }).insight;
}
const reads = () =>
  world.intercom.requests.filter(
    ({ method, path }) => method === "GET" && /^\/conversations\/\d+/.test(path),
  ).length;

/** `npm run insight`; with how many conversations it read. */
async function build() {
  const before = reads();
  const { code, output, complaints } = await command("insight", "", [], world.settings);
  expect({ code, complaints }).toEqual({ code: 0, complaints: "" });
  return { output, read: reads() - before };
}

it("counts what Intercom holds with one command, and only what is new the next time", {
  timeout: 60_000,
}, async () => {
  expect(first.output).toContain("3 conversations and 0 decisions counted");
  expect(first.read).toBeGreaterThanOrEqual(3);
  expect(await figures()).toMatchObject({
    turns: 3,
    outcomes: { automatic: 2, teammate: 1 },
    automatic: { count: 2, of: 3 },
    said: { customer: 3, us: 2, teammate: 1 },
    gaps: [{ text: "Where is <b>my</b> invoice? confidence=0.2" }],
    reasons: [{ reason: "rule confidence_floor", count: 1 }],
  });
  expect((await build()).read).toBe(0);
});

it("shows nothing to whoever has no token", async () => {
  const page = await fetch(address(), { headers: { accept: "text/html" } });
  expect(page.status).toBe(401);
  expect(await page.text()).toContain("ADMIN_TOKEN opens it");
});

describe.skipIf(chromium === null)("the page at /insight", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? "");
  });
  afterAll(() => browser?.close());

  it("is read without a script, and counts by other assumptions", { timeout: 60_000 }, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(address());
    await page.getByLabel("ADMIN_TOKEN").fill(secrets.ADMIN_TOKEN);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "What became of it, by day" }).waitFor();
    const words = await page.locator("main").textContent();
    expect(words).toContain(
      "67 % of what customers asked in the last 30 days was answered by itself",
    );
    expect(words).toContain("Where is <b>my</b> invoice?");
    expect(words).toMatch(/Hours saved\s*0\.2/);
    await page.getByLabel("Minutes for a reply by hand").fill("60");
    await page.getByRole("button", { name: "Count" }).click();
    await page.waitForURL(/minutes=60/);
    expect(await page.locator("main").textContent()).toMatch(/Hours saved\s*2\.0/);
    await context.close();
  });

  it.each(["light", "dark"] as const)(
    "can be used by everybody, in %s and on a phone",
    {
      timeout: 60_000,
    },
    async (colorScheme) => {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width: 360, height: 740 },
        extraHTTPHeaders: { authorization: asProgram.authorization },
      });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("console", (message) => void errors.push(message.text()));
      await page.goto(address());
      await page.getByRole("heading", { name: "What became of it, by day" }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      expect(await targetsBelow(page, 24)).toEqual([]);
      expect(errors).toEqual([]);
      await context.close();
    },
  );
});

it("forgets what it keeps of a customer who is to be forgotten", { timeout: 60_000 }, async () => {
  expect((await figures()).gaps).toHaveLength(1);
  const { contacts } = world.intercom.conversation(forgettable);
  const url = `${world.service().baseUrl}/memory?contact=${contacts.contacts[0]?.id}`;
  const response = await fetch(url, {
    method: "DELETE",
    headers: { authorization: asProgram.authorization },
  });
  expect(response.status).toBe(200);
  expect((await figures()).gaps).toEqual([]);
});
