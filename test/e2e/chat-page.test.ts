import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { loadPrompts } from "../../src/adapters/openai/prompts.ts";
import { findChromium } from "./browser.ts";
import {
  focused,
  isTooWide,
  seriousFindings,
  shows,
  targetsBelow,
  useChatVisits,
  visible,
} from "./chat-visits.ts";

const chromium = findChromium();

describe.skipIf(chromium === null)("the page at /chat, in Chromium", () => {
  const { world, errors, visit, begin } = useChatVisits(chromium);

  it("answers the first question of the first visit, with what production would do and why", async () => {
    const { page, say, answers, production, customers } = await visit();
    await visible(page.getByRole("button", { name: "How do I reset my password?" }));
    expect(await page.locator("#demo").isVisible()).toBe(false);
    await say("Can you help? confidence=0.95");
    await shows(answers, "You wrote: Can you help? confidence=0.95");
    await shows(production, /In production: Reply\s*95 % · The confidence reaches the threshold/);
    expect(await customers.allTextContents()).toEqual(["Can you help? confidence=0.95"]);
    expect(await page.locator(".session-name").first().textContent()).toContain("Can you help?");
  });

  it("gives each browser a session of its own, to which it comes back", async () => {
    const first = await visit();
    await first.page.waitForURL(/#/);
    await first.say("I was here first.");
    await shows(first.answers, "I was here first.");
    const second = await visit();
    await visible(second.page.locator("#welcome"));
    expect(second.page.url()).not.toBe(first.page.url());
    await first.page.goto(`${world().baseUrl}/chat`);
    await shows(first.customers, "I was here first.");
    // A link leads into another's, for whoever wants that.
    const shared = await visit(
      {},
      new URL(first.page.url()).pathname + new URL(first.page.url()).hash,
    );
    await shows(shared.customers, "I was here first.");
  });

  it("shows every answer in Automatic, also one that production would not send", async () => {
    const { say, answers, production, notices } = await begin();
    await say("Can I fly? confidence=0.5");
    await shows(answers, "You wrote: Can I fly?");
    await shows(
      production,
      /In production: Review\s*50 % · It is not sure enough to answer by itself/,
    );
    await say("Thanks, that helped!");
    await shows(notices, "only said thanks");
    await say("Good to know. intent=thanks");
    await shows(notices, "No answer is needed");
    await shows(production, /In production: Stay quiet/);
  });

  it("answers two messages in a row with one answer that saw both", async () => {
    const { say, answers } = await begin();
    world().openai.setLatency(300);
    await say("first line");
    await say("second line");
    await shows(answers, /first line[\s\S]*second line/);
    world().openai.setLatency(0);
    expect(await answers.count()).toBe(1);
  });

  it("greets by the name that was given to the customer, and renames and deletes sessions", async () => {
    const { page, say, answers } = await begin();
    const name = page.getByLabel("Customer’s name");
    await name.fill("Ada Lovelace");
    await name.press("Tab");
    await say("Hello there");
    await shows(answers, "You wrote: Hello there");
    const prompt = JSON.stringify(world().openai.requests.at(-1));
    expect(prompt).toContain("Ada Lovelace");

    await page.getByRole("button", { name: /^Rename Hello there/ }).click();
    await page.getByLabel("Name of the session").fill("Greeting");
    await page.keyboard.press("Enter");
    await visible(page.getByRole("button", { name: "Greeting", exact: true }));
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Delete Greeting" }).click();
    await page
      .getByRole("button", { name: "Greeting", exact: true })
      .waitFor({ state: "detached" });
  });

  describe("in Manual", () => {
    const draft = async (text: string) => {
      const visited = await begin();
      await visited.chooseMode("Manual");
      await visited.say(text);
      await shows(visited.drafts, `You wrote: ${text}`);
      return visited;
    };

    it("sends what is approved, also by the key A", async () => {
      const { page, composer, drafts, answers } = await draft("Approve me");
      expect(await answers.count()).toBe(0);
      await composer.press("Escape");
      await page.keyboard.press("a");
      await shows(answers, "You wrote: Approve me");
      await focused(composer);
      await shows(page.locator(".meta"), "Approved and sent");
      expect(await drafts.count()).toBe(0);
    });

    it("sends the edited text with Ctrl+Enter, after a look at how it will be seen", async () => {
      const { page, composer, answers } = await draft(`Edit me ${"and more ".repeat(400)}`);
      await composer.press("Escape");
      await page.keyboard.press("e");
      const field = page.getByLabel("Edited reply");
      await focused(field);
      await field.fill("Better **words**.");
      await shows(page.locator(".preview strong"), "words");
      const box = await page.getByRole("button", { name: "Send edited reply" }).boundingBox();
      const height = page.viewportSize()?.height ?? 0;
      expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press("Control+Enter");
      await shows(answers, "Better words.");
      await shows(page.locator(".meta"), "Edited and sent");
      await focused(composer);
    });

    it("sends nothing after a rejection, and goes on with the next message", async () => {
      const { page, composer, drafts, answers, say } = await draft("Reject me");
      await composer.press("Escape");
      await page.keyboard.press("r");
      await shows(page.locator(".dropped-title"), "Rejected: nothing was sent");
      expect(await answers.count()).toBe(0);
      await say("And now?");
      await shows(drafts, "And now?");
    });

    it("replaces a draft when the customer writes again", async () => {
      const { page, say, drafts } = await draft("One thing");
      await say("Another thing");
      await shows(page.locator(".dropped-title"), "Replaced");
      await shows(drafts, /One thing[\s\S]*Another thing/);
      expect(await drafts.count()).toBe(1);
    });
  });

  it("opens beside a message what led to it", async () => {
    const { page, say, answers, details } = await begin();
    await say("How do I reset my password? sources=1 confidence=0.87");
    await shows(answers, "reset my password");
    await answers.first().click();
    await visible(details);
    const text = (await details.textContent()) ?? "";
    for (const expected of [
      "87 %",
      "threshold of 80 %",
      "The stand-in answers what it is asked.",
      "The confidence reaches the threshold",
      "confident",
      "question",
      "English",
      "Reset your password",
      "✓ used",
      "Recall",
      "Draft",
      "gpt-4o",
      "Tokens read",
      "Raw answer",
    ]) {
      expect(text).toContain(expected);
    }
    const source = details.locator(".sources").getByRole("link", { name: "Reset your password" });
    expect(await source.getAttribute("href")).toMatch(/^https:\/\/help\.quillbox\.example\//);
    await details.getByText("For engineers").click();
    expect(await details.locator(".steps li").count()).toBeGreaterThan(4);
    await details.getByText("Exact prompt: user").click();
    await shows(details.locator("details[open] details[open] pre"), "<unanswered>");
    await page.keyboard.press("Escape");
    await details.waitFor({ state: "hidden" });
  });

  it("says what a confidence has meant so far as soon as there is a calibration", async () => {
    const file = join(world().mockDataDir, "calibration.json");
    const quality = { brier: 0.1, ece: 0.1 };
    writeFileSync(
      file,
      JSON.stringify({
        method: "platt",
        model: "gpt-4o",
        promptHash: loadPrompts(new URL("../../prompts", import.meta.url).pathname, 16_000).hash(),
        from: 1,
        until: 2,
        madeAt: 3,
        fitted: 60,
        tested: 30,
        knots: [{ confidence: 0.95, probability: 0.71 }],
        quality: { model: quality, calibrated: quality },
      }),
    );
    const { say, answers, details } = await begin();
    await say("How sure are you? confidence=0.95");
    await shows(answers, "How sure are you?");
    await answers.first().click();
    await shows(
      details,
      "The model is 95 % sure of its reply, which reaches the threshold of 80 %. Drafts like it were right in 71 % so far.",
    );
    rmSync(file);
  });

  it("shows the same session in two tabs, and tells of news in another session", async () => {
    const one = await begin();
    const other = await visit({}, `/chat${new URL(one.page.url()).hash}`);
    await one.chooseMode("Manual");
    await one.say("Seen by both?");
    await shows(other.customers, "Seen by both?");
    await shows(other.drafts, "Seen by both?");
    await other.drafts.getByRole("button", { name: "Approve" }).click();
    await shows(one.answers, "You wrote: Seen by both?");
    expect(await one.drafts.count()).toBe(0);

    world().openai.setLatency(500);
    await one.say("Slowly now");
    await one.page.locator("#new-session").click();
    await shows(one.page.locator(".session"), /Seen by both\?.*new/);
    world().openai.setLatency(0);
  });

  it("keeps what was shown and goes on when the service comes back", {
    timeout: 60_000,
  }, async () => {
    const { page, say, answers, customers } = await begin();
    await say("Before the restart");
    await shows(answers, "You wrote: Before the restart");
    world().openai.setLatency(30_000);
    await say("Under way");
    await visible(page.locator("#typing"));
    await world().restart(async () => {
      await shows(page.locator("#connection"), "The service is not running");
      expect(await page.locator("#typing").isVisible()).toBe(false);
      world().openai.setLatency(0);
      await shows(answers, "You wrote: Before the restart");
      await say("Written meanwhile");
      await shows(page.locator(".is-unsent"), "Written meanwhile");
    });
    // Reconnecting, and a reply to two messages at once, take some seconds each.
    const answer = answers.filter({ hasText: "Written meanwhile" }).first();
    await answer.waitFor({ timeout: 25_000 });
    await page.locator("#connection").waitFor({ state: "hidden" });
    const texts = ["Before the restart", "Under way", "Written meanwhile"];
    expect(await customers.allTextContents()).toEqual(texts);
    // Other sessions' requests may come between.
    const asked = world().openai.requests.map((request) => JSON.stringify(request));
    const meanwhile = asked.findLast((request) => request.includes("Written meanwhile"));
    expect(meanwhile).toContain("Before the restart");
    await answers.first().click();
    await visible(page.locator(".details").getByText("For engineers"));
  });

  it("says in words that the model failed, and tries again when asked to", async () => {
    world().openai.failAlways({ kind: "status", status: 401 });
    const { page, say, problems, answers, composer } = await begin();
    await say("Anybody there?");
    await shows(problems, /did not accept our key \(401\)\. Check OPENAI_API_KEY/);
    expect(await seriousFindings(page)).toEqual([]);
    world().openai.failAlways(null);
    await problems.getByRole("button", { name: "Try again" }).focus();
    await page.keyboard.press("Enter");
    await shows(answers, "You wrote: Anybody there?");
    expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
    await focused(composer);
  });

  it("keeps what was typed with its session and its customer", async () => {
    const { page, composer, say, drafts, chooseMode } = await begin();
    const name = page.getByLabel("Customer’s name");
    await chooseMode("Manual");
    await say("Ada asks");
    await drafts.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Edited reply").fill("Half an answer for Ada");
    await composer.fill("Half a question of Ada's");
    const ada = new URL(page.url()).hash;
    await page.locator("#new-session").click();
    await visible(page.locator("#welcome"));
    expect(await composer.inputValue()).toBe("");
    const bob = new URL(page.url()).hash;

    // Without leaving the field: Ada's name must not become Bob's.
    await name.fill("Bob");
    await page.goto(`${world().baseUrl}/chat${ada}`);
    await visible(page.getByLabel("Edited reply"));
    expect(await name.inputValue()).toBe("");
    expect(await composer.inputValue()).toBe("Half a question of Ada's");
    expect(await page.getByLabel("Edited reply").inputValue()).toBe("Half an answer for Ada");
    await page.goto(`${world().baseUrl}/chat${bob}`);
    await visible(page.locator("#welcome"));
    // It came to the service while the other session was shown, and comes back from there.
    await vi.waitFor(async () => expect(await name.inputValue()).toBe("Bob"), { timeout: 30_000 });
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`has nothing that keeps people with a screen reader out, ${colorScheme}`, async () => {
      const { page, say, answers, chooseMode, drafts } = await begin({ colorScheme });
      expect(await seriousFindings(page)).toEqual([]);
      await say("Can I fly? confidence=0.3 sources=1");
      await shows(answers, "Can I fly?");
      await chooseMode("Manual");
      await say("And swim?");
      await shows(drafts, "And swim?");
      await answers.first().click();
      expect(await seriousFindings(page)).toEqual([]);
    });
  }

  it("works at a width of 360 pixels", async () => {
    const { page, say, answers, details } = await begin({ viewport: { width: 360, height: 740 } });
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    await say(`A_word_${"without_spaces_".repeat(20)}`);
    await shows(answers, "without_spaces");
    expect(await isTooWide(page)).toBe(false);
    await answers.first().click();
    await visible(details);
    expect(await isTooWide(page)).toBe(false);
    expect((await details.boundingBox())?.width).toBeLessThanOrEqual(360);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "Close the details" }).click();
    await visible(page.getByLabel("The customer’s message"));
  });

  for (const width of [360, 1280]) {
    it(`has one first-level heading, titles to tell sessions apart, and targets of 24 pixels at ${width}`, async () => {
      const { page, say, drafts, chooseMode } = await begin({ viewport: { width, height: 800 } });
      await chooseMode("Manual");
      const question = "How can I tell two sessions apart whose titles begin in the same way?";
      await say(question);
      await shows(drafts, question);
      await page.locator(".production").click();
      await page.getByText("For engineers").click();
      expect(await targetsBelow(page, 24)).toEqual([]);
      await page.getByRole("button", { name: "Close the details" }).click();
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
      if (width < 720) await page.getByRole("button", { name: "Sessions" }).click();
      const session = page.locator(".session", { hasText: question }).first();
      expect(await session.locator("button").first().getAttribute("title")).toBe(question);
      await shows(session.locator("time"), /\d/);
      const shared = await page.request.get(
        `${world().baseUrl}${await session.getByRole("link").getAttribute("href")}`,
      );
      expect(JSON.stringify(await shared.json())).toContain(question);
      expect(await targetsBelow(page, 24)).toEqual([]);
      expect(await seriousFindings(page)).toEqual([]);
    });
  }

  it("shows markup of the customer and of the model as the text that it is", async () => {
    const attack = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    world().openai.answers(() => ({
      language: "en",
      intent: "question",
      reasoning: attack,
      used_sources: [],
      reply: `${attack} [words](javascript:alert(1)) **${attack}**`,
      needs_human: false,
      confidence: 0.9,
    }));
    const { page, say, answers, customers, details, errors } = await begin();
    await say(attack);
    await shows(answers, "onerror");
    expect(await customers.first().textContent()).toBe(attack);
    expect(await answers.first().textContent()).toContain(attack);
    await answers.first().click();
    await shows(details.locator(".reasoning"), "onerror");
    expect(await page.locator("main img, .details img, .entries script").count()).toBe(0);
    expect(await page.locator("a[href^=javascript]").count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
    expect(errors).toEqual([]);
  });

  it("never ran into an error of its own or a rule of its Content-Security-Policy", () => {
    expect(errors()).toEqual([]);
  });
});
