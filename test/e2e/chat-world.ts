import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startOpenAIStandIn } from "../stand-ins/openai.ts";
import { type ServiceProcess, startService } from "./service-process.ts";

/** Mock mode as a process of its own, with a model that a test can steer, and pages in a browser. */
export async function startChatWorld(browser: Browser, environment: Record<string, string> = {}) {
  const openai = await startOpenAIStandIn();
  const dataDir = await mkdtemp(join(tmpdir(), "auto-responder-chat-"));
  const settings = {
    MOCK_MODE: "true",
    OPENAI_BASE_URL: openai.url,
    DATA_DIR: dataDir,
    ...environment,
  };
  let service: ServiceProcess = await startService(settings);
  const { baseUrl } = service;

  return {
    openai,
    baseUrl,
    /** Where the service keeps what is tried out. */
    mockDataDir: join(dataDir, "mock"),
    service: () => service,
    async restart(isDown: () => Promise<void> = async () => {}) {
      await service.kill();
      await isDown();
      service = await startService({ ...settings, PORT: new URL(baseUrl).port });
    },
    /** A visitor with a browser of their own; whatever the page reports as an error fails the test. */
    async visit(options: BrowserContextOptions = {}, path = "/chat"): Promise<ChatPage> {
      const context = await browser.newContext({ reducedMotion: "reduce", ...options });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (message.text().includes("Content Security Policy")) errors.push(message.text());
      });
      page.setDefaultTimeout(8_000);
      await page.goto(baseUrl + path);
      return chatPage(page, errors);
    },
    async stop() {
      await service.kill();
      await openai.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type ChatWorld = Awaited<ReturnType<typeof startChatWorld>>;
export type ChatPage = ReturnType<typeof chatPage>;

/** What a person does on the page, and what they see. */
function chatPage(page: Page, errors: string[]) {
  const composer = page.getByLabel("The customer’s message");
  return {
    page,
    errors,
    composer,
    async say(text: string) {
      await composer.fill(text);
      await composer.press("Enter");
    },
    answers: page.locator(".entry.assistant .bubble:not(.is-dropped)"),
    customers: page.locator(".entry.customer .bubble"),
    drafts: page.locator(".draft-card"),
    notices: page.locator(".entry.notice"),
    problems: page.locator(".entry.error"),
    production: page.locator(".production"),
    details: page.getByRole("complementary", { name: "Why this answer" }),
    async chooseMode(mode: "Automatic" | "Manual") {
      await page.locator(".modes label", { hasText: mode }).click();
    },
  };
}
