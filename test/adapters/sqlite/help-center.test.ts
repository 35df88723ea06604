import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { createContradictions } from "../../../src/compose/disagreeing.ts";
import {
  type Article,
  type ArticleIndex,
  type ArticleRefresh,
  createArticleRefresh,
} from "../../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { articleDocument } from "../../stand-ins/intercom/help-center.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

let standIn: IntercomStandIn;
let helpCenter: ArticleIndex;
let log: ReturnType<typeof createRecordingLog>;
let articles: ArticleRefresh;
const stopping = new AbortController();

beforeEach(async () => {
  standIn = await startIntercomStandIn();
  helpCenter = createSqliteHelpCenter(":memory:");
  log = createRecordingLog();
  articles = refreshInto(helpCenter);
});
afterEach(async () => {
  await helpCenter.close();
  await standIn.stop();
});

function refreshInto(index: ArticleIndex): ArticleRefresh {
  const intercom = createIntercom({
    baseUrl: standIn.baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: standIn.accessToken,
    version: "2.16",
    adminId: standIn.adminId,
    log,
  });
  return createArticleRefresh({
    source: intercom.articles,
    kinds: ["published", "internal"],
    index,
    log,
    signal: stopping.signal,
  });
}

const search = (query: string) => helpCenter.search(query, { limit: 5 }, stopping.signal);
const titles = async (query: string) => (await search(query)).map(({ title }) => title);
const warnings = () => log.lines.filter(({ level }) => level === "warn");

describe("the help center", () => {
  it("finds an article with its link, language and age, over several pages of the list", async () => {
    for (let id = 1; id <= 60; id += 1) {
      standIn.helpCenter.articles.push(articleDocument(`${id}`, `Topic ${id}`, "<p>Words</p>"));
    }
    standIn.helpCenter.articles.push(
      articleDocument("99", "Resetting your password", "<h2>Steps</h2><p>Open Settings.</p>", {
        default_locale: "en",
        updated_at: 1_700_000_000,
      }),
    );
    await articles.refresh();

    expect(await search("reset password")).toEqual([
      {
        id: "article-99",
        kind: "article",
        title: "Resetting your password",
        url: "https://help.example.com/en/articles/99",
        text: "## Steps\n\nOpen Settings.",
        score: expect.any(Number),
        language: "en",
        at: 1_700_000_000_000,
        isInternal: false,
      },
    ]);
  });

  it("lets the best passage of a long article count for it, once", async () => {
    const section = (name: string, words: string) =>
      `<h2>${name}</h2><p>${`Here is more about ${words}. `.repeat(30)}</p>`;
    const body = section("Refunds", "refunds") + section("Taxes", "tax forms in Norway");
    standIn.helpCenter.articles.push(
      articleDocument("1", "Billing", body + section("Coupons", "coupons")),
      articleDocument("2", "Account", "<p>Nothing about it.</p>"),
    );
    await articles.refresh();

    const found = await search("tax form norway");
    expect(found.map(({ id }) => id)).toEqual(["article-1"]);
    expect(found[0]?.text).toContain("tax forms in Norway");
    expect(found[0]?.score).toBeGreaterThan(0.9);
  });

  it("gives the passages around the best one, as much as a model should read", async () => {
    const sections = Array.from(
      { length: 30 },
      (_, index) =>
        `<h2>Chapter${index}</h2><p>${"Some words that fill the page. ".repeat(20)}</p>`,
    );
    standIn.helpCenter.articles.push(articleDocument("1", "Book", sections.join("")));
    await articles.refresh();

    const [found] = await search("chapter15");
    expect(found?.text).toMatch(/Chapter14.*Chapter15.*Chapter16/s);
    expect(found?.text.length).toBeLessThan(4_000);
  });

  it("takes collections as context", async () => {
    standIn.helpCenter.collections.push(
      { id: "10", name: "Invoicing", parent_id: null },
      { id: "11", name: "Exports", parent_id: "10" },
    );
    standIn.helpCenter.articles.push(
      articleDocument("1", "Choosing a format", "<p>PDF or CSV.</p>", { parent_ids: [11] }),
    );
    await articles.refresh();
    expect(await titles("invoicing exports")).toEqual(["Choosing a format"]);
  });

  it("takes translations as documents of their own, and one of them per article", async () => {
    standIn.helpCenter.articles.push(
      articleDocument("1", "Payment methods", "<p>Cards and PayPal.</p>", {
        default_locale: "en",
        translated_content: {
          type: "article_translated_content",
          en: { title: "Payment methods", body: "<p>Cards and PayPal.</p>", state: "published" },
          de: {
            title: "Zahlungsarten",
            body: "<p>Kreditkarte, Lastschrift und PayPal.</p>",
            state: "published",
            url: "https://help.example.com/de/articles/1",
          },
          "pt-BR": { title: "Rascunho", body: "<p>PayPal</p>", state: "draft" },
          fr: null,
        },
      }),
    );
    await articles.refresh();

    const [german] = await search("Kreditkarte oder Lastschrift?");
    expect(german).toMatchObject({
      title: "Zahlungsarten",
      language: "de",
      url: "https://help.example.com/de/articles/1",
    });
    expect(await search("PayPal")).toHaveLength(1);
    expect(await search("Rascunho")).toEqual([]);
  });

  it("never takes drafts, and removes what was unpublished or deleted", async () => {
    const { articles: list } = standIn.helpCenter;
    list.push(
      articleDocument("1", "Refunds", "<p>Five days.</p>"),
      articleDocument("2", "Refund rules", "<p>Details.</p>"),
      articleDocument("3", "Refund plans", "<p>Secret.</p>", { state: "draft" }),
    );
    await articles.refresh();
    expect((await titles("refund")).sort()).toEqual(["Refund rules", "Refunds"]);

    Object.assign(list[0] ?? {}, { state: "draft" });
    list.splice(1, 1);
    await articles.refresh();
    expect(await titles("refund")).toEqual([]);
  });

  it("replaces what was rewritten and leaves the rest alone", async () => {
    const { articles: list } = standIn.helpCenter;
    list.push(articleDocument("1", "Opening hours", "<p>From nine.</p>"));
    list.push(articleDocument("2", "Address", "<p>Main Street.</p>"));
    await articles.refresh();
    Object.assign(list[0] ?? {}, { body: "<p>From ten.</p>" });
    await articles.refresh();

    expect((await search("opening"))[0]?.text).toBe("From ten.");
    const refreshed = log.lines.filter(({ event }) => event === "articles refreshed");
    expect(refreshed.map(({ values }) => values)).toContainEqual({
      kind: "published",
      articles: 2,
      changed: 1,
      removed: 0,
    });
  });

  it("marks internal articles and those not for everybody as material for teammates", async () => {
    standIn.helpCenter.internalArticles.push({
      id: "1",
      title: "Goodwill credits",
      body: "<p>Up to 50 euros.</p>",
      locale: "en",
    });
    standIn.helpCenter.articles.push(
      articleDocument("1", "Credits", "<p>See billing.</p>"),
      articleDocument("2", "Partner credits", "<p>Twice.</p>", {
        help_center_audience: "restricted",
      }),
      articleDocument("3", "Trial credits", "<p>Once.</p>", {
        default_locale: "en",
        translated_content: {
          de: {
            title: "Probeguthaben",
            body: "<p>Credits einmal</p>",
            state: "published",
            audience_ids: [7],
          },
        },
      }),
    );
    await articles.refresh();

    const found = await search("credits");
    expect(Object.fromEntries(found.map(({ id, isInternal }) => [id, isInternal]))).toMatchObject({
      "internal-1": true,
      "article-1": false,
      "article-2": true,
    });
    expect((await search("Probeguthaben"))[0]?.isInternal).toBe(true);
  });

  it("keeps what it knows while Intercom is down, and says so", async () => {
    const { articles: list } = standIn.helpCenter;
    for (let id = 1; id <= 30; id += 1)
      list.push(articleDocument(`${id}`, `Topic ${id}`, "<p>Words</p>"));
    await articles.refresh();

    // The list breaks off after its first page.
    standIn.setFault(({ path, query }) =>
      path === "/articles" && query.includes("page=2")
        ? { kind: "status", status: 404, when: "before" }
        : null,
    );
    list.splice(0, 20);
    await articles.refresh();

    expect(await titles("topic 3")).toContain("Topic 3");
    expect(warnings().map(({ event }) => event)).toEqual([
      "articles not refreshed, searching those read before",
    ]);
  });

  it("reads published articles where internal ones cannot be had", async () => {
    standIn.setFault(({ path }) =>
      path === "/internal_articles" ? { kind: "status", status: 403, when: "before" } : null,
    );
    standIn.helpCenter.articles.push(articleDocument("1", "Refunds", "<p>Five days.</p>"));
    await articles.refresh();
    expect(await titles("refunds")).toEqual(["Refunds"]);
  });

  it("runs once more, not twice more, when asked during a refresh", async () => {
    await Promise.all([articles.refresh(), articles.refresh(), articles.refresh()]);
    expect(standIn.requests.filter(({ path }) => path === "/articles")).toHaveLength(2);
  });

  it("names broken articles by their id and reads the others", async () => {
    standIn.helpCenter.articles.push(
      articleDocument(
        "1",
        "Broken",
        "<div><p>Never <b>closed <table><tr><td>cell</div></p><img src=",
      ),
      articleDocument("2", "Huge", `<p>Hugeness</p><p>${"word ".repeat(1_000_000)}</p>`),
      articleDocument("3", null, "<h1>A heading instead</h1><p>of a title</p>"),
      articleDocument("4", "Empty", null),
      { id: "", title: 7 },
      articleDocument(
        "6",
        "Picture",
        `<img src="data:image/png;base64,${"A".repeat(5_000_000)}"><p>Caption</p>`,
      ),
      articleDocument("7", "Fine", "<p>Just fine.</p>"),
    );
    await articles.refresh();

    expect(await titles("cell")).toEqual(["Broken"]);
    expect(await titles("hugeness")).toEqual(["Huge"]);
    expect(await titles("heading instead")).toEqual(["A heading instead"]);
    expect(await titles("caption")).toEqual(["Picture"]);
    expect(await titles("fine")).toEqual(["Fine"]);
    const said = warnings().map(({ values, event }) => [
      (values as { articleId: string }).articleId,
      event,
    ]);
    expect(said.sort()).toEqual([
      ["2", "article too long: only its beginning read"],
      ["3", "article without a title: its first line serves"],
      ["4", "article left out: no text in it"],
      ["unknown", "article left out: not readable"],
    ]);
  });

  it("still has its articles after a restart", async () => {
    const directory = mkdtempSync(join(tmpdir(), "help-center-"));
    standIn.helpCenter.articles.push(articleDocument("1", "Refunds", "<p>Five days.</p>"));
    const before = createSqliteHelpCenter(directory);
    await refreshInto(before).refresh();
    await before.close();

    const after = createSqliteHelpCenter(directory);
    expect(await after.search("refunds", { limit: 5 }, stopping.signal)).toHaveLength(1);
    await after.close();
    rmSync(directory, { recursive: true });
  });
});

describe("what changed in articles", () => {
  const article = (text: string, more: Partial<Article> = {}): Article => ({
    id: "a-en",
    articleId: "a",
    title: "Refunds",
    collections: [],
    text,
    url: "https://help.example.com/refunds",
    language: "en",
    updatedAt: 1_000,
    isInternal: false,
    ...more,
  });
  const put = (one: Article) => helpCenter.put("published", one, passagesOf(one.text));

  it("is kept as far as they say something else, the newest first", async () => {
    await put(article("Refunds are possible within 14 days."));
    await put(article("Refunds are possible, of course, within 14 days.", { updatedAt: 2_000 }));
    expect(await helpCenter.changes(10)).toEqual([]);
    await put(article("Refunds are possible within 30 days.", { updatedAt: 3_000 }));
    await put(article("Refunds are possible within 60 days.", { updatedAt: 4_000 }));
    expect(await helpCenter.changes(10)).toMatchObject([
      { title: "Refunds", at: 4_000, differences: [{ oneSays: "30 days", otherSays: "60 days" }] },
      { at: 3_000, differences: [{ oneSays: "14 days", otherSays: "30 days" }] },
    ]);
  });

  it("is gone with the article", async () => {
    await put(article("Refunds are possible within 14 days."));
    await put(article("Refunds are possible within 30 days.", { updatedAt: 3_000 }));
    expect(await helpCenter.changes(10)).toHaveLength(1);
    await helpCenter.keepOnly("published", new Set(), new Set());
    expect(await helpCenter.changes(10)).toEqual([]);
  });

  it("is nobody's business where it is internal", async () => {
    await put(article("Refunds are possible within 14 days.", { isInternal: true }));
    await put(article("Refunds are possible within 30 days.", { isInternal: true }));
    expect([await helpCenter.changes(10), await helpCenter.articles()]).toEqual([[], []]);
  });

  it("is said in the log where two articles contradict each other after a sync", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { index, find } = createContradictions(helpCenter, log);
    await index.put("published", article("The Team plan costs 12 € a month."), [
      { heading: null, text: "The Team plan costs 12 € a month.", lead: null, anchor: null },
    ]);
    expect(await find()).toEqual({ contradictions: [], articles: 1 });
    const other = article("The Team plan costs 15 € a month.", { id: "b", articleId: "b" });
    await index.put("published", other, passagesOf(other.text));
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    const said = { articles: 2, contradictions: 1 };
    await vi.waitFor(() => expect(warnings()).toMatchObject([{ values: said }]), 10_000);
    expect((await find()).contradictions).toHaveLength(1);
  });
});
