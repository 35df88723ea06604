import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createIntercom } from "../../src/adapters/intercom/intercom.ts";
import {
  type Article,
  type ArticleFilter,
  type ArticleIndex,
  type ArticleKind,
  type ArticleRefresh,
  createArticleRefresh,
} from "../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { passageKey } from "../../src/lib/passage-key.ts";
import { articleDocument } from "../stand-ins/intercom/help-center.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../stand-ins/intercom.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";

export function articleOf(text: string, more: Partial<Article> = {}): Article {
  return {
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
  };
}

export type OpenedHelpCenter = {
  index: ArticleIndex;
  /** The same articles, as another process has them before it; closed with the first. */
  another(): Promise<ArticleIndex>;
  close(): Promise<void>;
};

/** What every article index does, whatever it stores in. */
export function describeHelpCenter(name: string, open: () => Promise<OpenedHelpCenter>): void {
  describe(`the help center: ${name}`, () => {
    let standIn: IntercomStandIn;
    let store: OpenedHelpCenter;
    let helpCenter: ArticleIndex;
    let log: ReturnType<typeof createRecordingLog>;
    let articles: ArticleRefresh;
    const stopping = new AbortController();

    beforeEach(async () => {
      standIn = await startIntercomStandIn();
      store = await open();
      helpCenter = store.index;
      log = createRecordingLog();
      articles = refreshInto(helpCenter);
    });
    afterEach(async () => {
      await store.close();
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

    describe("finding and replacing", () => {
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
            passage: passageKey("## Steps\n\nOpen Settings."),
            place: "the help center",
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

      it("gives every place of a long article that fits, and says what is left out between", async () => {
        const sections = Array.from({ length: 30 }, (_, index) => {
          const about = [4, 25].includes(index) ? "Refunds go to the card. " : "";
          return `<h2>Chapter${index}</h2><p>${about}${"Some words that fill the page. ".repeat(20)}</p>`;
        });
        standIn.helpCenter.articles.push(articleDocument("1", "Book", sections.join("")));
        await articles.refresh();

        const [found] = await search("refunds card");
        expect(found?.text).toMatch(/Chapter4\s.*\n\[…\]\n.*Chapter25\s/s);
        expect(found?.text.length).toBeLessThan(4_000);
      });

      it("finds for a brand what is not another's, and tells what is", async () => {
        standIn.helpCenter.articles.push(
          articleDocument("1", "Refunds", "<p>Refunds take five days.</p>"),
        );
        await articles.refresh();
        await helpCenter.setForWhom("published", { brands: ["Acme"] });
        const leftOut: string[] = [];
        const onLeftOut = ({ title }: { title: string }) => void leftOut.push(title);
        const of = (brand?: string) => ({ limit: 5, onLeftOut, ...(brand ? { brand } : {}) });
        const forWhom = { brands: ["Acme"] };
        for (const wanted of [of("acme"), of()]) {
          expect(await helpCenter.search("refunds", wanted, stopping.signal)).toMatchObject([
            { title: "Refunds", forWhom },
          ]);
        }
        expect(leftOut).toEqual([]);
        expect(await helpCenter.search("refunds", of("Beta"), stopping.signal)).toEqual([]);
        expect(leftOut).toEqual(["Refunds"]);
        expect(await helpCenter.articles()).toMatchObject([{ title: "Refunds", forWhom }]);
        await helpCenter.setForWhom("published", null);
        expect(await helpCenter.search("refunds", of("Beta"), stopping.signal)).toHaveLength(1);
      });

      it("keeps all of an article, and finds the passage in it that was found", async () => {
        const section = (name: string) =>
          `<h2>${name}</h2><p>${`Here is more about ${name}. `.repeat(30)}</p>`;
        standIn.helpCenter.articles.push(
          articleDocument("1", "Billing", section("Refunds") + section("Taxes")),
        );
        await articles.refresh();

        const [found] = await search("taxes");
        const kept = await helpCenter.read(found?.id ?? "");
        expect(kept).toMatchObject({ kind: "published", title: "Billing", isInternal: false });
        expect(kept?.passages.join("\n")).toMatch(/Refunds.*Taxes/s);
        const cited = kept?.passages.filter((text) => passageKey(text) === found?.passage);
        expect(cited).toEqual([expect.stringMatching(/^## Taxes/)]);
        expect(await helpCenter.read("article-2")).toBeNull();
      });

      it("lists what is kept by source, language, age and title, page by page", async () => {
        const put = (id: string, kind: ArticleKind, more: Partial<Article>) => {
          const article = articleOf(`## Terms\n\nText of ${id}.`, { id, articleId: id, ...more });
          return helpCenter.put(kind, article, passagesOf(article.text));
        };
        await put("1", "published", { title: "Refunds", updatedAt: 1_000 });
        await put("2", "source:handbook", {
          title: "Old refunds",
          updatedAt: null,
          language: null,
        });
        await put("3", "source:handbook", { title: "Prices", updatedAt: 3_000, isInternal: true });
        const ids = async (filter: ArticleFilter, limit = 10, after: string | null = null) => {
          const { articles, total, next } = await helpCenter.list(filter, { limit, after });
          return { ids: articles.map(({ id }) => id), total, next };
        };

        expect(await ids({})).toEqual({ ids: ["3", "1", "2"], total: 3, next: null });
        expect((await ids({ kind: "source:handbook" })).ids).toEqual(["3", "2"]);
        expect((await ids({ language: "unknown" })).ids).toEqual(["2"]);
        expect((await ids({ language: "en", since: 1_001 })).ids).toEqual(["3"]);
        expect((await ids({ before: 3_000 })).ids).toEqual(["1"]);
        expect((await ids({ words: "REFUND" })).ids).toEqual(["1", "2"]);
        expect((await ids({ words: "%" })).ids).toEqual([]);
        const first = await ids({}, 2);
        expect(first).toMatchObject({ ids: ["3", "1"], total: 3 });
        expect(await ids({}, 2, first.next)).toEqual({ ids: ["2"], total: 3, next: null });
        const [newest] = (await helpCenter.list({}, { limit: 1, after: null })).articles;
        expect(newest).toMatchObject({
          kind: "source:handbook",
          isInternal: true,
          beginning: "## Terms\n\nText of 3.",
        });
        expect(await helpCenter.holdings()).toEqual([
          { kind: "published", articles: 1 },
          { kind: "source:handbook", articles: 2 },
        ]);
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
              en: {
                title: "Payment methods",
                body: "<p>Cards and PayPal.</p>",
                state: "published",
              },
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
        const titlesIn = async (language: string) =>
          (await helpCenter.search("PayPal", { limit: 5, language }, stopping.signal)).map(
            ({ title, language: written }) => `${title} (${written})`,
          );
        expect(await titlesIn("de")).toEqual(["Zahlungsarten (de)"]);
        expect(await titlesIn("en")).toEqual(["Payment methods (en)"]);
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
        expect(
          Object.fromEntries(found.map(({ id, isInternal }) => [id, isInternal])),
        ).toMatchObject({
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
        standIn.helpCenter.articles.push(articleDocument("1", "Refunds", "<p>Five days.</p>"));
        await articles.refresh();
        const after = await store.another();
        expect(await after.search("refunds", { limit: 5 }, stopping.signal)).toHaveLength(1);
      });
    });

    describe("a source for some only", () => {
      it("is found for them, told of for others, and everybody's again when it says so", async () => {
        const put = (kind: "source:acme" | "source:all", id: string) => {
          const one = articleOf("Refunds take five days.", { id, articleId: id });
          return helpCenter.put(kind, one, passagesOf(one.text));
        };
        await helpCenter.setForWhom("source:acme", { brands: ["Acme"] });
        await put("source:acme", "1");
        await put("source:all", "2");
        const foundFor = async (brand: string | null) => {
          const leftOut: string[] = [];
          const wanted = {
            limit: 5,
            brand,
            onLeftOut: ({ id }: { id: string }) => void leftOut.push(id),
          };
          const found = await helpCenter.search("refunds", wanted, stopping.signal);
          return { found: found.map(({ id, forWhom }) => [id, forWhom]).sort(), leftOut };
        };
        const both = [
          ["1", { brands: ["Acme"] }],
          ["2", undefined],
        ];
        expect(await foundFor("Acme")).toEqual({ found: both, leftOut: [] });
        expect(await foundFor(null)).toEqual({ found: both, leftOut: [] });
        expect(await foundFor("Beta")).toEqual({ found: [["2", undefined]], leftOut: ["1"] });
        await helpCenter.setForWhom("source:acme", null);
        expect((await foundFor("Beta")).found).toHaveLength(2);
      });
    });

    describe("with several processes", () => {
      const put = (index: ArticleIndex, one: Article) =>
        index.put("source:docs", one, passagesOf(one.text));
      const two = [
        articleOf("Refunds take five days.", { id: "1", articleId: "1" }),
        articleOf("Refunds in other currencies take ten days.", { id: "2", articleId: "2" }),
      ];
      const found = async (index: ArticleIndex) =>
        (await index.search("refunds days", { limit: 5 }, stopping.signal)).map(({ id }) => id);

      it("takes what both read in once, and the newer text in place of the older", async () => {
        const other = await store.another();
        const both = await Promise.all(
          [helpCenter, other].flatMap((index) => two.map((one) => put(index, one))),
        );
        expect(both.filter((isNew) => isNew)).toHaveLength(2);
        const texts = Array.from({ length: 10 }, (_, day) => `Refunds take ${day} days.`);
        await Promise.all(
          texts.map((text, at) =>
            put(at % 2 === 0 ? helpCenter : other, articleOf(text, { id: "1", articleId: "1" })),
          ),
        );
        expect((await found(other)).sort()).toEqual(["1", "2"]);
        expect(await helpCenter.articles()).toHaveLength(2);
        await put(other, articleOf("Refunds take six days.", { id: "1", articleId: "1" }));
        const [first] = await helpCenter.search("six", { limit: 1 }, stopping.signal);
        expect(first?.text).toBe("Refunds take six days.");
      });

      it("leaves what another one wrote since a reading began", async () => {
        const other = await store.another();
        for (const one of two) await put(helpCenter, one);
        const began = await helpCenter.moment();
        const isLater = async () => expect(await other.moment()).toBeGreaterThan(began);
        await vi.waitFor(isLater, { timeout: 30_000 });
        await put(other, articleOf("Refunds for teams.", { id: "3", articleId: "3" }));
        const kept = ["source:docs", new Set(["1"]), new Set<string>(), began] as const;
        expect(await helpCenter.missing(...kept)).toHaveLength(1);
        expect(await helpCenter.keepOnly(...kept)).toBe(1);
        expect((await found(other)).sort()).toEqual(["1", "3"]);
      });
    });

    describe("what changed in articles", () => {
      const put = (one: Article) => helpCenter.put("published", one, passagesOf(one.text));

      it("is kept as far as they say something else, the newest first", async () => {
        await put(articleOf("Refunds are possible within 14 days."));
        await put(
          articleOf("Refunds are possible, of course, within 14 days.", { updatedAt: 2_000 }),
        );
        expect(await helpCenter.changes(10)).toEqual([]);
        await put(articleOf("Refunds are possible within 30 days.", { updatedAt: 3_000 }));
        await put(articleOf("Refunds are possible within 60 days.", { updatedAt: 4_000 }));
        expect(await helpCenter.changes(10)).toMatchObject([
          {
            title: "Refunds",
            at: 4_000,
            differences: [{ oneSays: "30 days", otherSays: "60 days" }],
          },
          { at: 3_000, differences: [{ oneSays: "14 days", otherSays: "30 days" }] },
        ]);
      });

      it("is gone with the article", async () => {
        await put(articleOf("Refunds are possible within 14 days."));
        await put(articleOf("Refunds are possible within 30 days.", { updatedAt: 3_000 }));
        expect(await helpCenter.changes(10)).toHaveLength(1);
        await helpCenter.keepOnly("published", new Set(), new Set());
        expect(await helpCenter.changes(10)).toEqual([]);
      });

      it("is nobody's business where it is internal", async () => {
        await put(articleOf("Refunds are possible within 14 days.", { isInternal: true }));
        await put(articleOf("Refunds are possible within 30 days.", { isInternal: true }));
        expect([await helpCenter.changes(10), await helpCenter.articles()]).toEqual([[], []]);
      });
    });
  });
}
