import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { createSqliteMemory } from "../../src/adapters/sqlite/sqlite-memory.ts";
import { answerOf } from "../contracts/memory.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";
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

/** What a support lead does at /memory, in mock mode with the demo's answers. */
describe.skipIf(chromium === null)("the page at /memory, for a support lead", () => {
  const { world, errors, visit } = useChatVisits(chromium);

  const open = async (options: Parameters<typeof visit>[0] = {}) => {
    const { page } = await visit(options, "/memory");
    await visible(page.locator("#list > li").first());
    return on(page);
  };
  const discount = "Do you have a discount for charities and non-profit organisations?";
  const logo = "I uploaded a new logo but my invoices still show the old one.";

  it("finds what the responder would find, and says why", async () => {
    const { page } = await open();
    await page.getByLabel("A customer’s question").fill("Is there a discount for a charity?");
    await page.keyboard.press("Enter");
    const first = page.locator("h3:text-is('Remembered answers') + .sources > li").first();
    await shows(first, discount);
    await shows(first, /Remembered answer · score 0\.\d+/);
    await shows(first, /Why: words of yours in its question or title: .*discount/);
    await shows(page.locator("#found"), /\d+ found; the best/);
    await page.getByLabel("A customer’s question").fill("zzzz");
    await page.keyboard.press("Enter");
    await shows(page.locator("#found"), "a draft would have nothing to rest on");
  });

  it("lists the articles of a source, and opens one as it is kept", async () => {
    const { page, row } = await open();
    await page.locator("select[name=source] option[value='*']").waitFor({ state: "attached" });
    await page.getByLabel("Source").selectOption({ label: "Intercom’s internal articles (1)" });
    const refunds = row("Refunds of subscription fees");
    await shows(refunds, /in Intercom’s internal articles · changed .* · for teammates only/);
    await shows(page.locator("#total"), "1 article");
    expect(await page.getByLabel("State").isVisible()).toBe(false);
    expect(await page.getByRole("link", { name: "Export these" }).count()).toBe(0);
    await page.getByLabel("Source").selectOption("*");
    await page.getByLabel("Words").fill("Invite");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await refunds.waitFor({ state: "detached" });
    expect(await seriousFindings(page)).toEqual([]);
    const opened = page.context().waitForEvent("page");
    await page.getByRole("link", { name: /^Invite teammates/ }).click();
    const source = await opened;
    await visible(source.getByRole("heading", { name: /^Invite teammates/ }));
    await shows(source.locator(".facts"), "the help center");
  });

  it("shows an answer with what is known of it, and gives the keyboard back where it was", async () => {
    const { page, row, details } = await open();
    await page.getByLabel("Author").selectOption("teammate");
    await row(discount).waitFor();
    await row(discount).getByRole("button").press("Enter");
    await shows(details, "30 % off the plan Team");
    await shows(details, "A teammate’s answer");
    await shows(details, "No reply is known that was written from it.");
    await shows(details, "Beside it");
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await focused(row(discount).getByRole("button"));
  });

  it("edits with history and undo, under the name of whoever does it", async () => {
    const { page, row, details, press, notice } = await open();
    await page.getByLabel("Your name").fill("Lea Lead");
    await row(logo).getByRole("button").click();
    await press("Edit");
    await page.getByLabel("The answer", { exact: true }).fill("Only new invoices show it.");
    await page.getByRole("button", { name: "Save" }).click();
    await shows(notice, "Changed.");
    await shows(details.locator(".draft-text"), "Only new invoices show it.");
    await shows(details.locator(".facts"), "Lea Lead");
    await details.getByText(/Lea Lead changed it/).click();
    await shows(details.locator(".history"), "New invoices and drafts show the new logo");
    await notice.getByRole("button", { name: "Undo" }).click();
    await shows(details.locator(".draft-text"), "New invoices and drafts show the new logo");
    await shows(details.locator(".history"), "Lea Lead took the change before back");
  });

  it("retires an answer, shows the replies that used it, and brings it back", async () => {
    const { page, row, details, press, notice } = await open();
    await row(discount).getByRole("button").click();
    await visible(details);
    const id = decodeURIComponent(new URL(page.url()).hash.slice(1));
    useIn(join(world().mockDataDir, "memory.sqlite"), id);
    await press("Retire");
    await shows(notice, "Retired: it is not found any more.");
    await shows(details, "Replies that used it");
    await shows(
      details.locator(".uses"),
      /edited before it was sent, by Alice.*Is it cheaper for us\?/s,
    );
    await page.getByLabel("State").selectOption("retired");
    await row(discount).getByRole("button").click();
    await press("Bring back");
    await shows(notice, "Back in use.");
  });

  it("adds an answer by hand and removes it for good", async () => {
    const { page, row, details, press, notice } = await open();
    await press("Add an answer");
    await page.getByLabel("The customer’s question").fill("Do you ship to Norway?");
    await page.getByLabel("The answer", { exact: true }).fill("Yes.");
    await page.getByLabel("Link for customers").fill("https://app.intercom.com/a/inbox/1");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await shows(page.locator("#editor-problem"), "an address for your team only");
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel("Link for customers").fill("");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await shows(details, "Do you ship to Norway?");
    page.once("dialog", (dialog) => void dialog.accept());
    await press("Remove for good");
    await shows(notice, "Removed for good.");
    await row("Norway").waitFor({ state: "detached" });
  });

  it("retires several at once, takes that back, and merges duplicates", async () => {
    const { page, row, press, notice, details } = await open();
    for (const question of ["Twin question one?", "Twin question two?"]) {
      await press("Add an answer");
      await page.getByLabel("The customer’s question").fill(question);
      await page.getByLabel("The answer", { exact: true }).fill("The twins say the same.");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await shows(details, question);
    }
    await page.getByRole("button", { name: "Close the answer" }).click();
    await press("Choose all that are shown");
    await shows(page.locator("#bulk"), /[2-9] chosen/);
    await press("Choose none");
    for (const one of ["one", "two"])
      await row(`Twin question ${one}?`).getByRole("checkbox").check();
    await page.locator("#bulk").getByRole("button", { name: "Retire" }).click();
    await shows(notice, "2 answers retired.");
    await notice.getByRole("button", { name: "Undo" }).click();
    await row("Twin question two?").getByRole("button").click();
    await shows(details.locator(".neighbours"), "says the same");
    await press("Merge into this one: Twin question one?");
    await shows(notice, "Merged: the other one is retired");
    await page.getByLabel("State").selectOption("retired");
    await row("Twin question one?").getByRole("button").click();
    await shows(details.locator(".facts"), "the answer in its place");
  });

  it("imports a table after a look at it, takes that back, and exports", async () => {
    const { page, row, press, notice } = await open();
    await press("Import");
    const table = "question,answer\nDo you ship to Malta?,No.\nAnd to Cyprus?,\n";
    await page
      .getByLabel("The file")
      .setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    const preview = page.locator("#import-preview");
    await shows(preview, "1 answer would be added. 1 line cannot be taken");
    await shows(preview, "Line 3: the answer is missing");
    await shows(preview, "Do you ship to Malta?");
    expect(await seriousFindings(page)).toEqual([]);
    await press("Import 1 answer");
    await shows(notice, "1 answer imported.");
    await row("Do you ship to Malta?").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export these" }).click();
    const chunks = await (await (await download).createReadStream()).toArray();
    expect(Buffer.concat(chunks).toString()).toContain("Do you ship to Malta?,No.");
    await notice.getByRole("button", { name: "Undo" }).click();
    await row("Do you ship to Malta?").waitFor({ state: "detached" });
  });

  it("rewrites an answer that still says what an article said before", async () => {
    const { page, press, notice, details } = await open();
    await press("Add an answer");
    await page.getByLabel("The customer’s question").fill("How long is an invitation valid?");
    await page
      .getByLabel("The answer", { exact: true })
      .fill("The invitation is valid for 3 days and can be sent again.");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await shows(details, "How long is an invitation valid?");
    await page.route("**/memory/outdated", async (route) => {
      const id = decodeURIComponent(new URL(page.url()).hash.slice(1));
      const { answer } = (await (
        await page.request.get(`${world().baseUrl}/memory/${id}`)
      ).json()) as { answer: { answer: string } };
      const outdated = [
        {
          answer,
          article: { title: "Invite teammates", url: null, page: "/source?id=1", at: Date.now() },
          says: "3 days",
          articleSays: "7 days",
          sentence: "The invitation is valid for 3 days and can be sent again.",
          articleSentence: "The invitation is valid for 7 days.",
          rewritten: answer.answer.replace("3 days", "7 days"),
        },
      ];
      const isOld = answer.answer.includes("3 days");
      await route.fulfill({ json: { outdated: isOld ? outdated : [], changes: 1 } });
    });
    await press("Look");
    const list = page.locator("#disagreeing");
    await shows(list, "1 answer still says what an article said before:");
    await shows(list, /No two of \d+ articles contradict each other/);
    expect(await seriousFindings(page)).toEqual([]);
    await press("Rewrite: How long is an invitation valid?");
    await page.getByRole("button", { name: "Save" }).click();
    await shows(notice, "Changed.");
    await shows(details.locator(".draft-text"), "valid for 7 days");
    await shows(list, "No answer still says what an article said before");
  });

  it("lets one answer stand for what several people answered with no article behind it", async () => {
    const { page, row, press, notice, details } = await open();
    const twice = world().mockDataDir;
    await teammateSaid(twice, "61", "Do you sponsor sailing regattas?", "We sponsor two regattas.");
    await teammateSaid(
      twice,
      "62",
      "Which sailing regattas do you sponsor?",
      "Two regattas, in May.",
    );
    await press("Look for questions");
    const groups = page.locator("#suggested li", { hasText: "regattas" });
    await shows(groups, "asked in 2 conversations");
    await visible(groups.getByRole("button", { name: /^Copy as an article/ }));
    expect(await page.getByRole("button", { name: /Begin an article/ }).count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    await groups.getByRole("button", { name: /^Let one answer stand for all/ }).click();
    await page.getByLabel("The answer", { exact: true }).fill("Two regattas, in May and June.");
    await page.getByRole("button", { name: "Let it stand for all", exact: true }).click();
    await shows(notice, "It stands for 2 answers now.");
    await shows(details.locator(".draft-text"), "in May and June");
    await page.locator("#suggested li", { hasText: "regattas" }).waitFor({ state: "detached" });
    await page.getByLabel("State").selectOption("retired");
    await row("regattas").waitFor();
  });

  it("shows at once what a link from elsewhere asks for", async () => {
    const { page } = await visit({}, "/memory?show=disagreeing");
    await shows(page.locator("#disagreeing"), /No two of \d+ articles contradict each other/);
    await page.goto(`${world().baseUrl}/memory?show=suggested`);
    await shows(page.locator("#suggested"), /answers of people/);
  });

  it("says what the memory that is configured cannot tell", async () => {
    const { page } = await open();
    expect(await page.locator("#limits").isVisible()).toBe(false);
    await page.route("**/memory?*", async (route) => {
      const response = await route.fetch();
      const abilities = { countsUses: false, knowsSentUses: false, keepsIds: false };
      await route.fulfill({ json: { ...((await response.json()) as object), abilities } });
    });
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await shows(page.locator("#limits li"), "does not say how often an answer was used");
    await shows(page.locator("#limits li"), "a changed answer begins a new list of its uses");
    expect(await page.getByLabel("Use", { exact: true }).isVisible()).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it("narrows the list by words, age and person, and says when nothing fits", async () => {
    const { page, row } = await open();
    await page.getByLabel("Words").fill("Zapier");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await row("Is there an API").waitFor();
    await page.getByLabel("Words").fill("");
    await page.getByLabel("Person").fill("nobody of that name");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await shows(page.locator("#total"), "No answer is kept that fits");
  });

  for (const [name, options] of [
    ["360 px wide, in the dark", { viewport: { width: 360, height: 740 }, colorScheme: "dark" }],
    ["on a wide screen", { viewport: { width: 1280, height: 800 } }],
  ] as const) {
    it(`can be read and used ${name}`, async () => {
      const { page, row, details } = await open(options);
      await page.getByLabel("A customer’s question").fill("discount");
      await page.keyboard.press("Enter");
      await visible(page.locator(".sources > li").first());
      expect(await seriousFindings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      expect(await targetsBelow(page, 24)).toEqual([]);
      await row("Is there an API").getByRole("button").click();
      await visible(details);
      expect(await seriousFindings(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      expect(await targetsBelow(page, 24)).toEqual([]);
    });
  }

  it("never ran into an error of its own or a rule of its Content-Security-Policy", () => {
    expect(errors()).toEqual([]);
  });
});

function on(page: Page) {
  return {
    page,
    details: page.locator("#details"),
    notice: page.locator("#notice"),
    row: (question: string) => page.locator("#list > li", { hasText: question }),
    press: (name: string) => page.getByRole("button", { name, exact: true }).click(),
  };
}

/** As the backfill learns it. */
async function teammateSaid(folder: string, id: string, question: string, answer: string) {
  const log = createRecordingLog();
  const memory = createSqliteMemory({ directory: folder, embedder: null, log });
  const said = answerOf({ question, answer, conversationId: id, partId: id, at: Date.now() });
  await memory.rememberAnswers([said], AbortSignal.timeout(5_000));
  memory.close();
}

/** A draft of before, which somebody edited, was written from that answer. */
function useIn(file: string, sourceId: string): void {
  const database = new DatabaseSync(file, { timeout: 20_000 });
  database
    .prepare(
      `INSERT INTO answer (id, question, answer, status, author, conversation_id, part_id, at,
                           decision, drafted_from, verdict)
       VALUES ('use', 'Is it cheaper for us?', 'Yes, by 30 %.', 'answer', 'edited-draft', '77', '8',
               1700000000000, '{"action":"review","reason":"review-mode"}', '[]',
               '{"by":"Alice","reason":null}')`,
    )
    .run();
  database
    .prepare("INSERT INTO answer_use SELECT ?, row FROM answer WHERE id = 'use'")
    .run(sourceId);
  database.close();
}
