import axe from "axe-core";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchBrowser } from "./browser.ts";
import { type ChatPage, type ChatWorld, startChatWorld } from "./chat-world.ts";

/** One service and one browser for the tests of a `describe`; each test visits with a browser context of its own. */
export function useChatVisits(chromium: string | null, environment: Record<string, string> = {}) {
  let browser: Browser;
  let started: ChatWorld;
  const visits: ChatPage[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? "");
    started = await startChatWorld(browser, environment);
  });
  afterEach(async () => {
    // A test that failed leaves no fault to the next.
    started.openai.failAlways(null);
    started.openai.setLatency(0);
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await started?.stop();
  });

  const visit = async (...options: Parameters<ChatWorld["visit"]>) => {
    const visited = await started.visit(...options);
    visits.push(visited);
    return visited;
  };
  return {
    world: () => started,
    /** What the pages reported as errors of their own or of their Content-Security-Policy. */
    errors: () => visits.flatMap(({ errors }) => errors),
    visit,
    /** A visitor in a session of their own. */
    async begin(options: Parameters<ChatWorld["visit"]>[0] = {}) {
      const visited = await visit(options);
      const { page } = visited;
      await page.waitForURL(/#/);
      const before = page.url();
      const isNarrow = (page.viewportSize()?.width ?? 0) < 720;
      if (isNarrow) await page.getByRole("button", { name: "Sessions" }).click();
      await page.locator("#new-session").click();
      await page.waitForURL((url) => url.href !== before);
      await visible(page.locator("#welcome"));
      // A new session begins in the mode of the one before.
      await visited.chooseMode("Automatic");
      return visited;
    },
  };
}

export const visible = (locator: Locator) => locator.waitFor({ state: "visible" });
export const shows = (locator: Locator, text: string | RegExp) =>
  visible(locator.filter({ hasText: text }).first());

/** Waits until the element has the focus. */
export const focused = (locator: Locator) => visible(locator.and(locator.page().locator(":focus")));

/** Buttons, fields, choices and summaries that are shown smaller than that, as their markup begins. */
export const targetsBelow = (page: Page, pixels: number) =>
  page.evaluate<string[]>(`
    [...document.querySelectorAll("button, summary, label:has(input), textarea, input")]
      .filter((target) => !target.matches("label input") && target.checkVisibility())
      .filter((target) => {
        const { width, height } = target.getBoundingClientRect();
        return width < ${pixels} || height < ${pixels};
      })
      .map(({ outerHTML }) => outerHTML.slice(0, 120))`);

export const isTooWide = (page: Page) =>
  page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");

/** What axe finds of serious or critical impact. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The page's own policy forbids injected scripts; evaluating goes past it.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    type Axe = {
      run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
    };
    const { axe: loaded } = globalThis as unknown as { axe: Axe };
    const { violations } = await loaded.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}
