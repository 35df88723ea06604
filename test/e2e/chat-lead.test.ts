import { describe, expect, it } from "vitest";
import { png } from "../fixtures/images.ts";
import { answerObject, type ChatRequest, unansweredMessagesIn } from "../stand-ins/openai.ts";
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

/** What a support lead is shown at /chat: what would be sent, why, and what to do about it. */
describe.skipIf(chromium === null)("the page at /chat, for a support lead", () => {
  const { world, errors, begin } = useChatVisits(chromium);

  it("draws what production would hold back with a dashed line, and only what it sends solid", async () => {
    const { page, say, answers } = await begin();
    await say("Can I fly? confidence=0.3");
    const held = answers.filter({ hasText: "Held back: a teammate would see this first" });
    await shows(held, "You wrote: Can I fly?");
    await say("Can I swim? confidence=0.95");
    await shows(answers, "You wrote: Can I swim?");
    await visible(page.locator(".bubble.is-held", { hasText: "Can I fly?" }));
    await visible(page.locator(".bubble:not(.is-held)", { hasText: "You wrote: Can I swim?" }));
    expect(await page.locator(".held-title").count()).toBe(1);
    expect(await page.locator("#announcer").textContent()).toMatch(/^Answer: /);
  });

  it("holds back a reply to somebody who asks for a person, however sure the model is", async () => {
    const { say, answers, production } = await begin();
    await say("I want to talk to a human. confidence=0.99");
    await shows(answers, "Held back: a teammate would see this first");
    await shows(production, /In production: Review.*The customer asks for a person/);
  });

  it("counts at /insight what was typed, with no account", async () => {
    const { page, say, answers } = await begin();
    await say("Can I ride? confidence=0.95");
    await shows(answers, "You wrote: Can I ride?");
    await page.goto(`${world().baseUrl}/insight`);
    await shows(page.locator(".made"), "Mock mode: what was typed on /chat");
    await shows(page.locator(".headline"), /% of what customers asked .* was answered by itself/);
  });

  it("is tried as another customer, by the keyboard alone, and shows the rule that this meets", async () => {
    const { page, say, answers, production, composer } = await begin({
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
    });
    const opener = page.getByRole("button", { name: /^Who writes/ });
    await shows(opener, "nobody in particular");
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Who writes, and when" });
    await visible(dialog);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await targetsBelow(page, 24)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await dialog.getByLabel("Kind of contact").selectOption("lead");
    await dialog.getByLabel("Plan").fill("Pro");
    await dialog.getByLabel("VIP (the tag)").focus();
    await page.keyboard.press("Space");
    await dialog.getByRole("button", { name: "Set", exact: true }).focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await shows(opener, "VIP, lead, Pro");
    expect(await isTooWide(page)).toBe(false);

    await composer.focus();
    await say("Can I fly? confidence=0.99");
    await shows(answers, "Held back: a teammate would see this first");
    await shows(production, /In production: Review.*VIP/);

    // The next comparison, or the same question again, is asked by the same customer.
    const before = page.url();
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.waitForURL((url) => url.href !== before);
    await shows(opener, "VIP, lead, Pro");
    await opener.click();
    expect(await dialog.getByLabel("VIP (the tag)").isChecked()).toBe(true);
    await dialog.getByRole("button", { name: "Nobody in particular" }).click();
    await shows(opener, "nobody in particular");
    await say("Can I swim? confidence=0.99");
    await shows(answers.filter({ hasText: "You wrote: Can I swim?" }), "swim");
    await visible(page.locator(".bubble:not(.is-held)", { hasText: "You wrote: Can I swim?" }));
  });

  it("takes an image and a file as a customer would send them, and shows them to the model", async () => {
    const { page, say, answers, customers, production } = await begin({
      viewport: { width: 360, height: 740 },
    });
    const picker = page.getByLabel("Attach files");
    await picker.setInputFiles([
      { name: "shot.png", mimeType: "image/png", buffer: png },
      { name: "error.log", mimeType: "text/plain", buffer: Buffer.from("Error 403 at line 7") },
      { name: "wrong.txt", mimeType: "text/plain", buffer: Buffer.from("Not this one") },
    ]);
    await page.getByRole("button", { name: "Remove wrong.txt" }).click();
    const files = page.getByRole("list", { name: "Attached files" });
    await shows(files, "shot.png");
    expect(await seriousFindings(page)).toEqual([]);
    expect(await targetsBelow(page, 24)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await say("What is this? confidence=0.95");
    await shows(customers, "[attachment: error.log]");
    await shows(answers, "You wrote: What is this?");
    await shows(production, "In production: Reply");
    await files.waitFor({ state: "hidden" });
    const drafted = world().openai.requests.filter(({ messages }) => messages.length > 1);
    expect(drafted.at(-1)?.images).toEqual([`data:image/png;base64,${png.toString("base64")}`]);
    expect(JSON.stringify(drafted.at(-1)?.messages)).toContain("Error 403 at line 7");
    expect(JSON.stringify(drafted.at(-1)?.messages)).not.toContain("Not this one");
  });

  it("draws what a person approved solid", async () => {
    const { page, say, answers, drafts, chooseMode } = await begin();
    await chooseMode("Manual");
    await say("Can I fly? confidence=0.3");
    await drafts.getByRole("button", { name: "Approve" }).click();
    await shows(answers, "You wrote: Can I fly?");
    expect(await page.locator(".is-held").count()).toBe(0);
  });

  it("is taught on the spot, and shows the lesson at work, by the keyboard alone", async () => {
    const { page, say, answers, details, production } = await begin({
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
    });
    const question = "What does shipping to Norway cost? sources=1";
    await say(question);
    await shows(answers, "Norway");
    await page.getByRole("button", { name: "Should have said…" }).focus();
    await page.keyboard.press("Enter");
    const field = page.getByLabel("What it should have said");
    await focused(field);
    await field.fill("Shipping to Norway costs **12 €**.");
    await shows(page.locator(".preview strong"), "12 €");
    expect(await seriousFindings(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.keyboard.press("Control+Enter");
    await shows(
      page.locator(".lesson"),
      "Remembered. It should have said:Shipping to Norway costs 12 €.",
    );
    const again = page.getByRole("button", { name: "Ask again" });
    await focused(again);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await targetsBelow(page, 24)).toEqual([]);
    const before = page.url();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href !== before);

    await shows(answers, "Norway");
    expect(await page.title()).toMatch(/^Again: What does shipping/);
    expect(JSON.stringify(world().openai.requests.at(-1))).toContain("costs **12 €**");
    await production.click();
    await shows(details.locator(".sources .is-used"), "Remembered answer");
    await shows(details.locator(".sources .is-used"), "What does shipping to Norway cost?");
  });

  it("takes Good and Wrong under every answer, also under one that was approved", async () => {
    const { page, say, answers, drafts, chooseMode } = await begin();
    await chooseMode("Manual");
    await say("Do you ship to Sweden?");
    await drafts.getByRole("button", { name: "Approve" }).click();
    await shows(answers, "Sweden");
    await page.getByRole("button", { name: "Wrong" }).click();
    await shows(page.locator(".lesson"), "Noted as wrong");
    await page.getByRole("button", { name: "Good" }).click();
    await shows(page.locator(".lesson"), "Remembered as a good answer");
    const good = page.getByRole("button", { name: "Good" });
    expect(await good.getAttribute("aria-pressed")).toBe("true");
  });

  it("compares two settings side by side, and goes on with one of them", async () => {
    const { page, say, answers, composer } = await begin({
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
    });
    await say("Shall I compare? confidence=0.7");
    await shows(answers, "Held back");
    await page.getByRole("button", { name: "Compare…" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Compare two settings" });
    await shows(dialog.locator("q"), "Shall I compare?");
    const side = (name: string) => dialog.getByRole("group", { name, exact: true });
    expect(await side("One").getByLabel("Sends from").inputValue()).toBe("80");
    await side("The other").getByLabel("Sends from").fill("60");
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await shows(side("One").locator(".is-held"), "You wrote: Shall I compare?");
    await shows(side("One"), "70 % · It is not sure enough");
    await shows(side("The other").locator(".bubble:not(.is-held)"), "You wrote: Shall I compare?");
    await shows(side("The other"), "Reply · 70 % · The confidence reaches the threshold");
    expect(await seriousFindings(page)).toEqual([]);
    expect(await targetsBelow(page, 24)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);

    const before = page.url();
    await side("The other").getByRole("button", { name: "Go on with this one" }).click();
    await page.waitForURL((url) => url.href !== before);
    await focused(composer);
    await shows(answers, "You wrote: Shall I compare?");
    expect(await page.locator(".entries .is-held").count()).toBe(0);
    await page.getByRole("button", { name: "Sessions" }).click();
    // The one before and the one that was chosen; what was not chosen is gone.
    expect(await page.locator(".session", { hasText: "Shall I compare?" }).count()).toBe(2);
    const listed = await page.request.get(`${world().baseUrl}/chat/sessions`);
    const { sessions } = (await listed.json()) as { sessions: { name: string }[] };
    expect(sessions.filter(({ name }) => name.startsWith("Shall I compare?"))).toHaveLength(2);
  });

  it("replays a session beside what was drafted then, and saves it as a test case", async () => {
    const { page, say, answers } = await begin({
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
    });
    await say("Shall I replay this? confidence=0.95");
    await shows(answers, "You wrote: Shall I replay this?");
    await say("And this one too? confidence=0.95");
    await shows(answers, "And this one too?");
    // As an edited prompt would have it: another answer to the second question.
    const asked: string[] = [];
    world().openai.answers((request) => {
      const question = unansweredMessagesIn(request).join(" ");
      asked.push(question);
      return question.includes("And this")
        ? answerObject({ reply: "I am not sure.", confidence: 0.2 })
        : answerObject({ reply: `You wrote: ${question}`, confidence: 0.95 });
    });
    await page.getByRole("button", { name: "Sessions" }).press("Enter");
    await page.getByRole("button", { name: "Replay this session…" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Replay this session" });
    await shows(dialog, "2 turns: each is drafted anew");
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Replay", exact: true }).press("Enter");
    const turns = dialog.locator(".replay-turn");
    await shows(turns.nth(0), "The same words.");
    await shows(turns.nth(1), "Another decision: Reply became Review.");
    await shows(turns.nth(1).locator(".replay-side").nth(1), "I am not sure.");
    expect(asked).toHaveLength(2);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await targetsBelow(page, 24)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    const saved = page.waitForEvent("download");
    await dialog.getByRole("link", { name: "Save as a test case" }).click();
    expect((await saved).suggestedFilename()).toBe("story.yaml");
    await page.keyboard.press("Escape");
    const listed = await page.request.get(`${world().baseUrl}/chat/sessions`);
    const { sessions } = (await listed.json()) as { sessions: { name: string }[] };
    expect(sessions.filter(({ name }) => name.startsWith("Shall I replay"))).toHaveLength(1);
  });

  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 360],
  ] as const) {
    it(`sets each sentence beside its passage, and says what is missing: ${colorScheme}, ${width} pixels`, async () => {
      world().openai.answers((request) =>
        answerObject({
          reasoning: "The article on roles answers this.",
          reply:
            "Hello Ada,\n\nyour bookkeeper **reads everything**, exports and marks invoices as paid. The invitation is valid for 30 days. We will call you tomorrow morning.",
          confidence: 0.94,
          used_sources: [numberOf("Invite teammates", request)],
        }),
      );
      const { page, say, answers, details, production } = await begin({
        colorScheme,
        viewport: { width, height: 800 },
      });
      await say("Can my bookkeeper get access without sending invoices?");
      await shows(answers, "bookkeeper");
      // By the keyboard alone.
      await production.focus();
      await page.keyboard.press("Enter");
      await visible(details);

      const sections = await details.getByRole("heading", { level: 3 }).allTextContents();
      expect(sections).toEqual([
        "What the reply rests on",
        "What production does",
        "What was found",
      ]);
      await shows(details, "2 of 3 sentences stand in a source.");
      const sentences = details.locator(".evidence li");
      expect(await sentences.locator(".sentence").allTextContents()).toEqual([
        "your bookkeeper reads everything, exports and marks invoices as paid.",
        "The invitation is valid for 30 days.",
        "We will call you tomorrow morning.",
      ]);
      const first = sentences.nth(0);
      await shows(first.locator("blockquote"), "Bookkeeper: reads everything, exports, marks");
      expect(await first.locator("mark").allTextContents()).toContain("invoices");
      const source = first.getByRole("link", { name: /^Invite teammates/ });
      expect(await source.getAttribute("href")).toBe(
        "https://help.quillbox.example/invite-teammates",
      );
      await shows(sentences.nth(1), "In no source: 30");
      await shows(sentences.nth(2), "No source says this in similar words");
      await shows(details.locator(".decision"), /^.(Reply|Review)\S.*\./);

      expect(await details.getByText("Exact prompt: user").isVisible()).toBe(false);
      expect(await details.locator(".score").first().isVisible()).toBe(false);
      expect(await seriousFindings(page)).toEqual([]);
      const engineers = details.getByText("For engineers");
      await engineers.focus();
      await page.keyboard.press("Enter");
      await visible(details.getByText("Exact prompt: user"));
      await shows(details.locator(".engineers .scores"), "Invite teammates");
      expect(await seriousFindings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      await page.keyboard.press("Escape");
      await details.waitFor({ state: "hidden" });
      await visible(page.locator(".production:focus"));
    });
  }

  it("never ran into an error of its own or a rule of its Content-Security-Policy", () => {
    expect(errors()).toEqual([]);
  });
});

/** Under which number the prompt lists the source whose title begins like that. */
function numberOf(title: string, { messages }: ChatRequest): number {
  const prompt = messages.map(({ content }) => content).join("\n");
  const found = prompt.split("<source ").find((source) => source.includes(title)) ?? "";
  return Number.parseInt(found.replace(/^\D+/, ""), 10);
}
