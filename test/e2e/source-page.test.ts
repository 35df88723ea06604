import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../adapters/slack/slack-world.ts";
import { findChromium, launchBrowser } from "./browser.ts";
import { isTooWide, seriousFindings, targetsBelow, visible } from "./chat-visits.ts";
import { secrets, startWorld, type World } from "./world.ts";

const chromium = findChromium();
const patienceMs = 30_000;
let world: World;
let folder: string;
/** Where the note in Intercom leads, from this service's address on. */
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "handbook-"));
  const filler = (word: string) => `${`More of ${word} is written here. `.repeat(40)}\n\n`;
  await writeFile(
    join(folder, "exports.md"),
    `# Exports for all\n\n## Formats\n\n${filler("formats")}## Deadlines\n\nA ledger export lapses after nine days.\n\n${filler("deadlines")}`,
  );
  world = await startWorld({
    REPLY_MODE: "note",
    PUBLIC_URL: "https://responder.example",
    KNOWLEDGE_SOURCES: `handbook=${folder}`,
  });
  await eventually(async () => {
    const { knowledge } = (await (await world.ready()).json()) as {
      knowledge: { state: string }[];
    };
    expect(knowledge[0]?.state).toBe("read");
  }, patienceMs);
  const { conversationId } = await world.ask("When does a ledger export lapse? sources=1");
  await eventually(() => expect(world.notes(conversationId)).toHaveLength(1), patienceMs);
  const [note = ""] = world.notes(conversationId);
  const [, address = ""] =
    /<a href="https:\/\/responder\.example(\/source\?[^"]+)"/.exec(note) ?? [];
  expect(note).toContain("(handbook/exports.md)");
  path = address.replaceAll("&amp;", "&");
  expect(path).toMatch(/^\/source\?id=[^&]+&passage=[\w-]+#passage$/);
}, 120_000);
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

it("tells nobody without a token what a source says, and names no path of this machine", async () => {
  const address = world.service().baseUrl + path;
  const shut = await fetch(address, { headers: { accept: "text/html" } });
  expect(shut.status).toBe(401);
  expect(await shut.text()).not.toMatch(/ledger|Deadlines/);
  const headers = { accept: "text/html", authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
  const html = await (await fetch(address, { headers })).text();
  expect(html).toContain("ledger export lapses");
  expect(html).not.toContain(folder);
});

describe.skipIf(chromium === null)("the page of a source, for a teammate", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? "");
  });
  afterAll(() => browser?.close());

  it("opens at the passage after the login, and from another site without a second one", {
    timeout: 60_000,
  }, async () => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 1280, height: 500 },
    });
    const page = await context.newPage();
    await page.goto(world.service().baseUrl + path);
    await page.getByLabel("ADMIN_TOKEN").fill(secrets.ADMIN_TOKEN);
    await page.getByRole("button", { name: "Log in" }).click();
    const cited = page.getByRole("region", { name: "The passage that was used" });
    await visible(cited.getByText("A ledger export lapses after nine days."));
    await expect.poll(() => cited.evaluate("scrollY > 100"), { timeout: patienceMs }).toBe(true);

    const link = `<a href="${world.service().baseUrl}${path}">the card</a>`;
    await page.goto(`data:text/html,${encodeURIComponent(link)}`);
    await page.getByRole("link", { name: "the card" }).click();
    await visible(cited);
    await context.close();
  });

  it.each(["light", "dark"] as const)(
    "can be read by everybody, in %s and on a phone",
    { timeout: 60_000 },
    async (colorScheme) => {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width: 360, height: 740 },
        extraHTTPHeaders: { authorization: `Bearer ${secrets.ADMIN_TOKEN}` },
      });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("console", (message) => void errors.push(message.text()));
      await page.goto(world.service().baseUrl + path);
      await visible(page.getByRole("heading", { name: "Exports for all" }).first());
      expect(await seriousFindings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      expect(await targetsBelow(page, 24)).toEqual([]);
      expect(errors).toEqual([]);
      await context.close();
    },
  );
});
