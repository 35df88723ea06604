import { afterAll, describe, expect, it } from "vitest";
import { htmlPage, startSite } from "../stand-ins/site.ts";
import { findChromium } from "./browser.ts";
import { focused, isTooWide, seriousFindings, shows, useChatVisits } from "./chat-visits.ts";

const chromium = findChromium();
const site = await startSite();

/** What somebody gets who starts the mock on a fresh machine: no account, no language model. */
describe.skipIf(chromium === null)("the first visit of /chat, without a language model", () => {
  const { errors, begin } = useChatVisits(chromium, {
    OPENAI_BASE_URL: "",
    OPENAI_API_KEY: "",
    KNOWLEDGE_ALLOWED_HOSTS: site.host,
  });
  afterAll(() => site.close());

  it("says that it is a demo, and never lets a search result look like a sure answer", async () => {
    const { page, answers, production, details, composer } = await begin({
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
    });
    await shows(
      page.locator("#demo"),
      "Demo without a language model: it quotes the help article that fits best. Set OPENAI_API_KEY for drafts.",
    );
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "An answer" }).focus();
    await page.keyboard.press("Enter");
    await shows(answers, "Forgot password?");
    await focused(composer);
    await shows(production, "A search result, quoted");
    expect(await page.locator(".entries").textContent()).not.toContain("%");
    await production.click();
    await shows(details, "which says nothing about whether it is the answer");
    const decision = details.locator(".decision");
    await shows(decision, "A search result, quoted");
    expect(await decision.getAttribute("class")).toContain("is-quote");
    expect(await decision.textContent()).not.toMatch(/Reply|threshold/);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
  });

  it("offers an answer and a follow-up to it", async () => {
    const { page, answers, customers } = await begin();
    await page.getByRole("button", { name: "A follow-up" }).click();
    await shows(answers.nth(1), "leave single customers out on their page");
    expect(await customers.allTextContents()).toEqual([
      "Do you send reminders?",
      "And can I leave single customers out?",
    ]);
    expect(await answers.nth(1).textContent()).not.toContain("Switch it on under");
    expect(await page.locator(".is-held").count()).toBe(0);
  });

  it("offers a question in another language", async () => {
    const { page, answers } = await begin();
    await page.getByRole("button", { name: "Another language" }).click();
    await shows(answers, /^Hallo,\s*Öffnen Sie die Rechnung/);
    expect(await page.locator(".is-held").count()).toBe(0);
  });

  it("offers a refund demand, which goes to a person while the internal article stays hidden", async () => {
    const { page, answers, production, details } = await begin();
    await page.getByRole("button", { name: "For a person" }).click();
    await shows(answers, /^Held back:/);
    await shows(production, "The customer disputes a payment or wants money back");
    expect(await production.textContent()).not.toContain("%");
    await production.click();
    const internal = details.locator(".sources li", { hasText: "Refunds of subscription fees" });
    await shows(internal, "For you (internal)");
    await shows(internal, "The model was not shown it");
    expect(await page.locator(".entries").textContent()).not.toContain("within 14 days");
    expect(await details.locator(".engineers").textContent()).not.toContain("Mara in finance");
  });

  // From here on nothing of the demo is left.
  it("answers from a site that is named on the page, offers questions from there, and says why it cannot", async () => {
    site.sitemap("/sitemap.xml", "/parrots", "/cages");
    site.page("/parrots", htmlPage("What parrots eat", "<p>Parrots eat seeds and fruit.</p>"));
    site.page("/cages", htmlPage("How wide is a cage?", "<p>Two metres at least.</p>"));
    const { page, answers } = await begin({ viewport: { width: 360, height: 740 } });
    const field = page.getByLabel("Answer from your own documentation");
    const status = page.locator("#knowledge-status");
    await field.fill("ftp://docs.example.com");
    await page.getByRole("button", { name: "Read it" }).click();
    await shows(page.locator("#problem"), "begins with https:// or http://");

    await field.fill(site.url);
    await field.press("Enter");
    await shows(status, `Answers come from ${site.host}: 2 articles.`);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.getByRole("button", { name: "How wide is a cage?" }).click();
    await shows(answers, "Two metres at least.");
  });

  it("never ran into an error of its own or a rule of its Content-Security-Policy", () => {
    expect(errors()).toEqual([]);
  });
});
