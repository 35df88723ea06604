import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { beginRun } from "../../src/backtest/record.ts";
import { generateConversations } from "../bench/generated-conversations.ts";
import { caseOf } from "../core/proving/case-of.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { answerObject, unansweredMessagesIn } from "../stand-ins/openai.ts";
import { readCsv, startBacktest } from "./backtest-process.ts";
import { findChromium, launchBrowser } from "./browser.ts";
import {
  focused,
  isTooWide,
  seriousFindings,
  shows,
  targetsBelow,
  visible,
} from "./chat-visits.ts";
import { type ChatWorld, startChatWorld } from "./chat-world.ts";

const chromium = findChromium();
const path = "/chat/try-past";
const confidenceOf = (question: string) =>
  Number(/number (\d+)/.exec(question)?.[1] ?? 0) % 2 === 0 ? 0.9 : 0.6;

/** A lead tries the responder on what was, and says of each draft whether it was right. */
describe.skipIf(chromium === null)("the page at /chat/try-past", { timeout: 120_000 }, () => {
  let browser: Browser;
  let intercom: IntercomStandIn;
  const worlds: ChatWorld[] = [];
  const errors: string[][] = [];

  beforeAll(async () => {
    browser = await launchBrowser(chromium ?? "");
    intercom = await startIntercomStandIn({ rateLimit: 6_000 });
    for (const document of generateConversations(80)) intercom.import(document);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await Promise.all(worlds.splice(0).map((world) => world.stop()));
  });
  afterAll(async () => {
    await browser.close();
    await intercom.stop();
  });

  async function begin(environment: Record<string, string>) {
    const world = await startChatWorld(browser, environment);
    worlds.push(world);
    return world;
  }
  async function visit(world: ChatWorld, options: Parameters<ChatWorld["visit"]>[0] = {}) {
    const visited = await world.visit(options, path);
    errors.push(visited.errors);
    return visited.page;
  }

  it("drafts for the last 50 conversations, which are only read, and keeps what a person says", async () => {
    const world = await begin({
      MOCK_READS_INTERCOM: "true",
      INTERCOM_ACCESS_TOKEN: intercom.accessToken,
      INTERCOM_ADMIN_ID: intercom.adminId,
      INTERCOM_API_BASE_URL: intercom.baseUrl,
      MODEL_PRICE_INPUT: "2",
      MODEL_PRICE_OUTPUT: "10",
    });
    const { openai } = world;
    openai.answers((request) => {
      const question = unansweredMessagesIn(request).join("\n");
      return answerObject({ reply: `About: ${question}`, confidence: confidenceOf(question) });
    });
    const page = await visit(world);
    await page.getByRole("button", { name: "Choose the conversations" }).click();
    await shows(page.locator("#estimate"), /50 drafts by \S+: about [\d,]+ tokens.*\$ 0\.\d+/);
    expect(openai.requests).toHaveLength(0);
    await page.getByRole("button", { name: "Draft them" }).click();
    await shows(page.locator("#counts"), "0 of 50 looked at");
    await page.locator("#working").waitFor({ state: "hidden", timeout: 30_000 });
    expect(openai.requests).toHaveLength(50);
    const kept = join(world.mockDataDir, "tried");
    const [name = ""] = readdirSync(kept).filter((file) => file.endsWith(".jsonl"));
    expect(readFileSync(join(kept, name), "utf8")).not.toContain("4111 1111");

    let wrong = 0;
    let sure = 0;
    for (let number = 1; number <= 50; number += 1) {
      await shows(page.locator("#case-title"), `Conversation ${number} of 50`);
      const question = (await page.locator("#case-question").textContent()) ?? "";
      // How sure it was is not said before.
      expect(await page.locator("#last").textContent()).toBe("");
      const isSure = confidenceOf(question) === 0.9;
      if (isSure) sure += 1;
      const isWrong = isSure && wrong === 0;
      if (isWrong) wrong += 1;
      await page.keyboard.press(isWrong ? "w" : "a");
    }
    await shows(
      page.locator("#counts"),
      "50 of 50 looked at: 49 acceptable, 0 with an edit, 1 wrong.",
    );
    const sentence = `At 0.80, ${sure} of 50 would have gone out, ${sure - 1} of them right:`;
    await shows(page.locator("#sentence"), sentence);
    await page.getByLabel("Sends from this confidence on").fill("50");
    await shows(
      page.locator("#sentence"),
      "At 0.50, 50 of 50 would have gone out, 49 of them right: 90 to 100 %.",
    );
    const written = intercom.requests.filter(
      ({ method, path: asked }) => method !== "GET" && !asked.endsWith("/search"),
    );
    expect(written).toEqual([]);

    await world.restart();
    const later = await visit(world);
    await shows(later.locator("#counts"), "50 of 50 looked at: 49 acceptable");
  });

  it("shows it with the demo where there is no account, by the keyboard alone, on a phone", async () => {
    const world = await begin({ OPENAI_BASE_URL: "", OPENAI_API_KEY: "" });
    const page = await visit(world, {
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
    });
    const start = page.getByRole("button", { name: "Choose the conversations" });
    await visible(start);
    expect(await seriousFindings(page)).toEqual([]);
    await start.focus();
    await page.keyboard.press("Enter");
    await page.locator("#working").waitFor({ state: "hidden" });
    await shows(page.locator("#case-question"), "How do I reset my password?");
    await shows(page.locator("#case-draft"), "Forgot password?");
    await shows(page.locator("#case-answer"), "a second link makes the first one useless");
    await page.keyboard.press("a");
    await shows(page.locator("#announcer"), /Noted: acceptable. Conversation 2: Can my bookkeeper/);
    await page.keyboard.press("e");
    await shows(page.locator("#case-title"), "Conversation 3 of");
    await page.keyboard.press("ArrowLeft");
    await shows(page.locator("#last"), /You said: with an edit. The model was sure to \d+ %/);
    await focused(page.locator("#case-title"));
    await page.keyboard.press("w");
    await shows(
      page.locator("#counts"),
      /2 of \d+ looked at: 1 acceptable, 0 with an edit, 1 wrong/,
    );
    await shows(page.locator("#counts"), /go to people whatever the threshold/);
    const slider = page.getByLabel("Sends from this confidence on");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await shows(page.locator("#sentence"), "At 0.79,");
    expect(await page.locator("#plot svg").getAttribute("aria-label")).toMatch(/^At 0.79/);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await targetsBelow(page, 24)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
  });

  it("takes a person's word on the newest backtest, which then counts in its report", async () => {
    const world = await begin({ OPENAI_BASE_URL: "", OPENAI_API_KEY: "" });
    const { mockDataDir } = world;
    backtestIn(mockDataDir);
    const page = await visit(world);
    await page.locator("#runs label", { hasText: "Backtest" }).click();
    await shows(page.locator("#case-question"), "Question");
    for (let number = 1; number <= 40; number += 1) {
      await shows(page.locator("#case-title"), `Conversation ${number} of 60`);
      await page.keyboard.press(number % 4 === 0 ? "w" : "a");
    }
    await shows(
      page.locator("#with-judge"),
      /People labelled 40 drafts.*kappa 1.00.*It may be believed/,
    );
    await shows(
      page.locator("#with-judge"),
      /Labels and judge together: \d+(\.\d)? % of the rated drafts/,
    );

    const out = join(mockDataDir, "report.html");
    const settings = { MOCK_MODE: "true", DATA_DIR: join(mockDataDir, "..") };
    const run = await startBacktest(settings, ["--report", "--out", out]).ended;
    expect(run).toMatchObject({ code: 0, complaints: "" });
    const labels = readCsv(out.replace("html", "csv")).map(({ label }) => label);
    expect(labels.filter((label) => label === "ok")).toHaveLength(30);
    expect(labels.filter((label) => label === "wrong")).toHaveLength(10);
    expect(labels.filter((label) => label === "")).toHaveLength(20);
  });

  it("never ran into an error of its own or a rule of its Content-Security-Policy", () => {
    expect(errors.flat()).toEqual([]);
  });
});

/** A finished run of 60 cases whose judge says what the labels of the test will say. */
function backtestIn(dataDir: string): void {
  const folder = join(dataDir, "backtest");
  mkdirSync(folder);
  const { record } = beginRun(folder, "2026-01-01", {
    after: 0,
    until: Date.now(),
    sample: 60,
    seed: 1,
    model: "test",
    promptHash: "0123456789ab",
    judgeModel: "judge",
  });
  const cases = Array.from({ length: 60 }, () => caseOf());
  record.choose(
    cases.map(({ conversationId, basePartId }) => ({ conversationId, basePartId })),
    { listed: 60, read: 60, withoutTurn: 0 },
  );
  for (const [
    index,
    { judgement, judgeTokens, label, isJudgeTrusted, ...drafted },
  ] of cases.entries()) {
    const isRight = (index + 1) % 4 !== 0;
    record.keepDrafted(drafted);
    record.keepJudged({
      basePartId: drafted.basePartId,
      tokens: null,
      judgement: {
        reasons: "",
        isSupported: isRight,
        isOnQuestion: true,
        isConsistent: true,
        isSendable: true,
        isAnswerable: true,
      },
    });
  }
}
