import { describe, expect, it } from "vitest";
import { findChromium } from "./browser.ts";
import { focused, isTooWide, seriousFindings, shows, useChatVisits } from "./chat-visits.ts";

const chromium = findChromium();

/** What somebody gets who starts the mock on a fresh machine: no account, no language model. */
describe.skipIf(chromium === null)("the first visit of /chat, without a language model", () => {
  const { errors, begin } = useChatVisits(chromium, { OPENAI_BASE_URL: "", OPENAI_API_KEY: "" });

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

  it("never ran into an error of its own or a rule of its Content-Security-Policy", () => {
    expect(errors()).toEqual([]);
  });
});
