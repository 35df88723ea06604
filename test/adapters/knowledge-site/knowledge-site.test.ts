import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKnowledgeSite } from "../../../src/adapters/knowledge-site/knowledge-site.ts";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import {
  type ArticleSource,
  createArticleRefresh,
  type SourceKind,
} from "../../../src/core/knowledge/article-refresh.ts";
import type { SiteLimits } from "../../../src/core/knowledge-source.ts";
import { pdfOf } from "../../fixtures/pdf.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";
import { htmlPage, startSite } from "../../stand-ins/site.ts";

const kind: SourceKind = "source:site";
let site: Awaited<ReturnType<typeof startSite>>;
let index: ReturnType<typeof createSqliteHelpCenter>;
let log: ReturnType<typeof createRecordingLog>;

beforeEach(async () => {
  site = await startSite();
  index = createSqliteHelpCenter(":memory:");
  log = createRecordingLog();
  limits = {};
  isInternal = false;
  outcome = null;
});
afterEach(async () => {
  site.close();
  await index.close();
});

let limits: Partial<SiteLimits>;
let isInternal: boolean;
let outcome: { failing: number; shortened: string[] } | null;

/** As the service syncs it. @param path of the site's named address */
async function sync(path = "", stopping = new AbortController(), onPut = () => {}): Promise<void> {
  const named = { name: "site", url: `${site.url}${path}`, isInternal, language: null, limits };
  const source: ArticleSource<SourceKind> = createKnowledgeSite(named, {
    hosts: [site.host],
    versions: () => index.versions(kind),
    log,
    onRead(read) {
      outcome = read;
    },
  });
  const watched = {
    ...index,
    put: async (...given: Parameters<typeof index.put>) => {
      const isChanged = await index.put(...given);
      onPut();
      return isChanged;
    },
  };
  const ports = { source, kinds: [kind], index: watched, log, signal: stopping.signal };
  await createArticleRefresh(ports).refresh();
}

async function find(words: string) {
  const found = await index.search(words, { limit: 50 }, new AbortController().signal);
  return found.map(({ title, url, text, language }) => ({ title, url, text, language }));
}
const urlsOf = async (words: string) =>
  (await find(words)).map(({ url }) => url?.replace(site.url, "")).sort();
const logged = (event: string) =>
  log.lines.flatMap((line) => (line.event === event ? [line.values] : []));

const sentences = (word: string, count = 30) =>
  `Here is some more about the ${word}. `.repeat(count);

// Each begins a thread, and some go through hundreds of pages.
describe("a documentation site", { timeout: 60_000 }, () => {
  it("is read by its sitemaps, packed ones too, main parts only, linked to their headings", async () => {
    site.page("/robots.txt", `User-agent: *\nDisallow: /secret\nSitemap: ${site.url}/map.xml`, {
      "content-type": "text/plain",
    });
    site.page(
      "/map.xml",
      `<sitemapindex><sitemap><loc>${site.url}/one.xml</loc></sitemap><sitemap><loc>${site.url}/two.xml.gz</loc></sitemap></sitemapindex>`,
    );
    site.sitemap("/one.xml", "/refunds", "/secret/plans");
    const packed = `<urlset><url><loc>${site.url}/export?a=1&amp;b=2</loc><lastmod>2026-01-31</lastmod></url></urlset>`;
    site.page("/two.xml.gz", gzipSync(packed), { "content-type": "application/gzip" });
    const long = `<h2 id="how">How long<a class="headerlink" href="#how">¶</a></h2><p>${sentences("bank")}</p><h2 id="wer-zahlt">Who pays</h2><p>${sentences("giraffe")} See <a href="../export?a=1&amp;b=2">exports</a>.</p>`;
    site.page("/refunds", htmlPage("Refunds", long));
    site.page(
      "/export?a=1&b=2",
      htmlPage(
        "Exports",
        "<table><tr><th>Plan</th><th>Rows</th></tr><tr><td>Team</td><td>900</td></tr></table>",
      ),
    );
    site.page("/secret/plans", htmlPage("Secret zebra", "<p>Not for readers.</p>"));
    await sync();

    const [refunds] = await find("giraffe");
    expect(refunds).toMatchObject({
      title: "Refunds",
      url: `${site.url}/refunds#wer-zahlt`,
      language: "en",
    });
    expect(refunds?.text).not.toMatch(/Menu|Imprint|¶|\{#/);
    expect(refunds?.text).toContain(`exports (${site.url}/export?a=1&b=2)`);
    const [exported] = await find("exports rows team");
    expect(exported?.text).toContain("Plan | Rows\nTeam | 900");
    expect(await find("secret zebra")).toEqual([]);
    expect(site.asked).not.toContain("/secret/plans");
  });

  it("is read by its llms.txt, from the Markdown of its pages, and opened at the pages", async () => {
    site.page(
      "/llms.txt",
      `# Acme\n\n- [Refunds](/docs/refunds.md): money\n- [Other](https://other.test/x)`,
      {
        "content-type": "text/plain",
      },
    );
    const markdown = `---\ntitle: Refunds\n---\n${sentences("bank")}\n\n## Who pays?\n\n${sentences("giraffe")}`;
    site.page("/docs/refunds.md", markdown, { "content-type": "text/markdown" });
    site.page("/docs/refunds", htmlPage("Refunds", "<p>As a page.</p>"));
    await sync();
    expect(await urlsOf("giraffe")).toEqual(["/docs/refunds#who-pays"]);
    expect(await urlsOf("bank")).toEqual(["/docs/refunds"]);
    expect(logged("page left out")).toMatchObject([{ page: "https://other.test/x" }]);
  });

  it("is read from the Markdown twins of its pages where it has them", async () => {
    site.sitemap("/sitemap.xml", "/docs/a", "/docs/b/", "/docs/c");
    site.page("/docs/a", htmlPage("Page a", "<p>HTML of giraffe</p>"));
    site.page("/docs/a.md", "# Page a\n\nMarkdown of giraffe", { "content-type": "text/markdown" });
    site.page("/docs/b/index.md", "# Page b\n\nMarkdown of zebra", {
      "content-type": "text/plain",
    });
    site.page("/docs/c", htmlPage("Page c", "<p>HTML of lion</p>"));
    await sync();
    expect(await find("giraffe zebra lion")).toMatchObject([
      { url: `${site.url}/docs/a`, text: expect.stringContaining("Markdown of giraffe") },
      { url: `${site.url}/docs/b/`, text: expect.stringContaining("Markdown of zebra") },
      { url: `${site.url}/docs/c`, text: expect.stringContaining("HTML of lion") },
    ]);
  });

  it("is read from one file that holds all its pages", async () => {
    const full = `# Acme\n\n# Refunds\nSource: ${site.url}/refunds\n\nAbout giraffes.\n\n# Exports\nSource: ${site.url}/exports\n\nAbout zebras.`;
    site.page("/llms-full.txt", full, { "content-type": "text/plain" });
    await sync("/llms-full.txt");
    expect(await find("giraffes")).toMatchObject([
      { title: "Refunds", url: `${site.url}/refunds` },
    ]);
    expect((await find("giraffes"))[0]?.text).not.toContain("Exports");
    expect(await find("zebras")).toMatchObject([{ title: "Exports", url: `${site.url}/exports` }]);
  });

  it("is gone through link by link where it names no pages, below its address only", async () => {
    site.page(
      "/docs/",
      htmlPage("Start", '<a href="a?utm_source=x">A</a> <a href="/blog">Blog</a> start of zebra'),
    );
    site.page("/docs/a", htmlPage("Page a", '<p>giraffe <a href="./b#part">B</a></p>'));
    site.page(
      "/docs/b",
      htmlPage(
        "Page b",
        '<p>lion <a href="./">back</a> <a href="https://other.test/docs/">x</a></p>',
      ),
    );
    site.page("/blog", htmlPage("Blog", "<p>giraffe in the news</p>"));
    await sync("/docs/");
    expect(await urlsOf("zebra giraffe lion")).toEqual(["/docs/", "/docs/a", "/docs/b"]);
    expect(site.asked).not.toContain("/blog");
    // Links that lead elsewhere are no pages of the site, and do not count as such.
    expect(logged("page left out")).toEqual([]);
  });

  it("does not go on for ever in a calendar, with session ids or in circles of folders", async () => {
    const links = (...hrefs: string[]) =>
      hrefs.map((href) => `<a href="${href}">${href}</a>`).join(" ");
    site.answer("*", (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", site.url);
      const [, page = "", number = "0"] = /^\/([a-z]*)\/?(\d*)/.exec(pathname) ?? [];
      const next = Number(number) + 1;
      const sid = Math.random().toString(36).slice(2);
      const body = {
        "": links("/calendar/1", `/shop?sid=${sid}`, "/circle/", "/list?page=1"),
        calendar: `Day ${number} ${links(...[0, 1, 2, 3, 4, 5, 6, 7].map((more) => `/calendar/${next * 8 + more}`))}`,
        shop: `One shop ${links(`/shop;jsessionid=${sid}`, `/shop?PHPSESSID=${sid}`)}`,
        circle: `Circle ${pathname} ${links("circle/")}`,
        list: `List ${searchParams} ${links(...[1, 2, 3, 4].map((more) => `/list?page=${searchParams.get("page")}${more}`))}`,
      }[page];
      const is404 = body === undefined || pathname.endsWith(".txt") || pathname.endsWith(".xml");
      response.writeHead(is404 ? 404 : 200, { "content-type": "text/html" });
      response.end(htmlPage(`Page ${page} ${number}`, `<p>${body}</p>`));
    });
    await sync();
    const asked = (start: string) => site.asked.filter((path) => path.startsWith(start)).length;
    expect(asked("/calendar/")).toBeGreaterThan(100);
    expect(asked("/calendar/")).toBeLessThan(300);
    expect(asked("/shop")).toBe(1);
    expect(asked("/circle")).toBeLessThan(10);
    expect(asked("/list")).toBeLessThan(20);
    expect(outcome?.shortened).toEqual([
      expect.stringMatching(
        /^[\d,]+ pages are not read: their addresses differ from 200 others in their numbers only\. List them/,
      ),
    ]);
  });

  it("is read as far as is said, which says in words what was left out and how to read it", async () => {
    const links = (...paths: string[]) => paths.map((path) => `<a href="${path}">x</a>`).join(" ");
    site.page("/", htmlPage("Start", `<p>Start of all.</p>${links("/a", "/b", "/big", "/moved")}`));
    site.page("/a", htmlPage("A", `<p>About ants.</p>${links("/a/deep", "/b")}`));
    site.page("/b", htmlPage("B", `<p>About bees.</p>${links("/b/deep")}`));
    for (const path of ["/a/deep", "/b/deep"]) site.page(path, htmlPage(path, `<p>${path}</p>`));
    site.page("/big", htmlPage("Big", `<p>${"x".repeat(1024 * 1024)}</p>`));
    site.page("/moved", "", { location: "/there" }, 301);
    site.page("/there", htmlPage("There", "<p>It is there.</p>"));
    const inFile = "for it under sources in the policy file";
    limits = { depth: 1, pageMegabytes: 1, pageRedirects: 0 };
    await sync();
    expect(outcome).toEqual({
      failing: 2,
      shortened: [
        `2 pages are not read: more than 1 link from the named page. Set depth ${inFile} (20 at most).`,
        `1 page is larger than 1 MB. Set page_megabytes ${inFile} (25 at most).`,
        `1 page is behind more than 0 redirects. Set page_redirects ${inFile} (10 at most).`,
      ],
    });
    expect(await urlsOf("ants bees start")).toEqual(["/", "/a", "/b"]);
    expect(logged("site not read to its end")).toMatchObject([{ source: "site" }]);

    limits = { pages: 3 };
    await sync();
    expect(outcome?.shortened).toEqual([
      `4 pages are not read: the site has more than 3 pages. Set pages ${inFile} (20,000 at most), or name a part of the site.`,
    ]);
    site.sitemap("/sitemap.xml", "/a", "/b");
    limits = {};
    await sync();
    expect(outcome).toEqual({ failing: 0, shortened: [] });
  });

  it("is written again for those whom it is for now, also where its pages have not changed", async () => {
    site.sitemap("/sitemap.xml", "/a");
    site.page("/a", htmlPage("A", "<p>About ants.</p>"), { etag: '"1"' });
    await sync();
    isInternal = true;
    await sync();
    const [found] = await index.search("ants", { limit: 5 }, new AbortController().signal);
    expect(found).toMatchObject({ title: "A", isInternal: true });
  });

  it("asks again only for what changed, and forgets pages that vanished", async () => {
    site.sitemap("/sitemap.xml", "/a", "/b", "/c");
    const tagged = (tag: string, words: string) => {
      site.answer("/a", (request, response) => {
        const isSame = request.headers["if-none-match"] === tag;
        response.writeHead(isSame ? 304 : 200, { etag: tag, "content-type": "text/html" });
        response.end(isSame ? undefined : htmlPage("Page a", `<p>${words}</p>`));
      });
    };
    tagged('"1"', "The price is nine euros.");
    site.page("/b", htmlPage("Page b", "<p>About zebras.</p>"));
    site.page("/c", htmlPage("Page c", "<p>About lions.</p>"));
    await sync();
    expect(logged("articles refreshed")).toMatchObject([{ articles: 3, changed: 3, removed: 0 }]);
    await sync();
    expect(logged("articles refreshed")[1]).toMatchObject({ articles: 3, changed: 0, removed: 0 });

    tagged('"2"', "The price is ten euros.");
    site.page("/b", "gone", {}, 410);
    site.sitemap("/sitemap.xml", "/a", "/b");
    await sync();
    expect(logged("articles refreshed")[2]).toMatchObject({ articles: 1, changed: 1, removed: 2 });
    expect((await find("price euros"))[0]?.text).toContain("ten euros");
    expect(await find("zebras lions")).toEqual([]);
  });

  it("keeps the last good text of a page that fails, and names it", async () => {
    site.sitemap("/sitemap.xml", "/a", "/b", "/c", "/d");
    for (const page of ["a", "b", "c", "d"]) {
      site.page(`/${page}`, htmlPage(`Page ${page}`, `<p>About ${page}${page} giraffes.</p>`));
    }
    await sync();
    site.page("/a", "broken", {}, 500);
    site.page("/b", "closed", {}, 403);
    site.page("/c", "x".repeat(11 * 1024 * 1024));
    site.answer("/d", (_request, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
    });
    await sync();
    expect(await urlsOf("giraffes")).toEqual(["/a", "/b", "/c"]);
    const failed = logged("page not readable: its last good text stays");
    expect(failed).toMatchObject([
      { page: `${site.url}/a`, why: "it answers 500" },
      { page: `${site.url}/b`, why: "it answers 403" },
      { page: `${site.url}/c`, why: "it is larger than a page may be (page_megabytes)" },
    ]);
    expect(logged("page left out")).toMatchObject([{ page: `${site.url}/d` }]);
  });

  it("keeps all that was known while it cannot be reached, or has turned into something else", async () => {
    site.sitemap("/sitemap.xml", "/a", "/b");
    site.page("/a", htmlPage("Page a", "<p>About giraffes.</p>"));
    site.page("/b", htmlPage("Page b", "<p>About zebras.</p>"));
    await sync();
    site.page("/sitemap.xml", "busy", {}, 503);
    await sync();
    site.page("/robots.txt", "busy", {}, 500);
    await sync();
    site.remove("/robots.txt");
    site.sitemap("/sitemap.xml", "/elsewhere");
    await sync();
    expect(await urlsOf("giraffes zebras")).toEqual(["/a", "/b"]);
    const event = "articles not refreshed, searching those read before";
    expect(logged(event)).toHaveLength(3);
  });

  it("keeps pages whose way is blocked when it is gone through link by link", async () => {
    site.page("/", htmlPage("Start", '<a href="/a">A</a> about zebras'));
    site.page("/a", htmlPage("Page a", '<p>lions <a href="/b">B</a></p>'));
    site.page("/b", htmlPage("Page b", "<p>giraffes</p>"));
    await sync();
    site.page("/a", "broken", {}, 500);
    await sync();
    expect(await urlsOf("zebras lions giraffes")).toEqual(["/", "/a", "/b"]);
  });

  it("leaves the old knowledge whole wherever a sync is interrupted, and goes on from there", async () => {
    const pages = Array.from({ length: 9 }, (_, number) => `/page${number}`);
    site.sitemap("/sitemap.xml", ...pages);
    const write = (words: string) => {
      for (const path of pages) site.page(path, htmlPage(path, `<p>${words} ${path}</p>`));
    };
    write("giraffe old");
    await sync();
    for (let at = 1; at < pages.length; at += 3) {
      write(`giraffe new${at}`);
      const stopping = new AbortController();
      let puts = 0;
      await sync("", stopping, () => {
        puts += 1;
        if (puts === at) stopping.abort();
      });
      const found = await find("giraffe");
      expect(found).toHaveLength(pages.length);
      expect(found.filter(({ text }) => text.includes(`new${at}`)).length).toBeGreaterThanOrEqual(
        at,
      );
    }
    await sync();
    expect((await find("giraffe")).every(({ text }) => text.includes("new7"))).toBe(true);
  });

  it("takes pages for missing that say so with 200", async () => {
    site.sitemap("/sitemap.xml", "/", "/a", "/b", "/c");
    const shell = htmlPage("Acme", `<p>${sentences("giraffe", 5)}</p>`);
    site.page("*", shell);
    for (const path of ["/robots.txt", "/llms.txt"]) site.page(path, "none", {}, 404);
    site.page("/a", htmlPage("Page a", "<p>About giraffes in fact.</p>"));
    site.page("/b", htmlPage("Page not found", "<p>Sorry, no giraffe here.</p>"));
    await sync();
    expect(await urlsOf("giraffe")).toEqual(["/", "/a"]);
  });

  it("reads pages whatever they say of their encoding", async () => {
    site.sitemap("/sitemap.xml", "/latin", "/wrong", "/meta", "/utf16");
    const page = (word: string) =>
      htmlPage(word, `<p>Die Gebühr für ${word} beträgt 5 €.</p>`, "", "de");
    const latin = (text: string) => Buffer.from(text.replaceAll("€", "\u0080"), "latin1");
    site.page("/latin", latin(page("Giraffen")), { "content-type": "text/html" });
    site.page("/wrong", page("Zebras"), { "content-type": "text/html; charset=iso-8859-1" });
    const declared = page("Katzen").replace("<head>", '<head><meta charset="windows-1252">');
    site.page("/meta", latin(declared), { "content-type": "text/html; charset=utf-8" });
    const bytes = Buffer.from(`\ufeff${page("Hunde")}`, "utf16le");
    site.page("/utf16", bytes, { "content-type": "text/html" });
    await sync();
    const found = await find("Gebühr Giraffen Zebras Katzen Hunde");
    expect(found).toHaveLength(4);
    for (const { text } of found) expect(text).toMatch(/Die Gebühr für \p{L}+ beträgt 5 €\./u);
  });

  it("knows a page once, by its canonical address, and believes no template that names one for all", async () => {
    const canonical = (path: string) => `<link rel="canonical" href="${site.url}${path}">`;
    site.sitemap("/sitemap.xml", "/a", "/a-print", "/b", "/c", "/d");
    site.page("/a", htmlPage("Page a", "<p>About giraffes and more.</p>", canonical("/a")));
    site.page("/a-print", htmlPage("Page a", "<p>About giraffes and more.</p>", canonical("/a")));
    site.page("/b", htmlPage("Page b", "<p>Of zebras only.</p>", canonical("/b?utm_source=x")));
    site.page("/c", htmlPage("Page c", "<p>Lions live here.</p>", canonical("/")));
    site.page("/d", htmlPage("Page d", "<p>Elephants have trunks.</p>", canonical("/")));
    await sync();
    expect(await urlsOf("giraffes zebras lions elephants")).toHaveLength(4);
    expect(await urlsOf("giraffes")).toEqual(["/a"]);
    expect(await urlsOf("elephants")).toEqual(["/d"]);
  });

  it("counts translations as one article, found in either language", async () => {
    site.sitemap("/sitemap.xml", "/en/refunds", "/de/refunds");
    const alternates = ["en", "de"]
      .map((one) => `<link rel="alternate" hreflang="${one}" href="${site.url}/${one}/refunds">`)
      .join("");
    site.page(
      "/en/refunds",
      htmlPage("Refunds", "<p>Money comes back in days. Acme.</p>", alternates),
    );
    site.page(
      "/de/refunds",
      htmlPage("Erstattung", "<p>Geld kommt zurück. Acme.</p>", alternates, "de-AT"),
    );
    await sync();
    expect(await find("Geld zurück")).toMatchObject([{ title: "Erstattung", language: "de" }]);
    expect(await find("money back")).toMatchObject([{ title: "Refunds", language: "en" }]);
    expect(await find("Refunds Erstattung Acme")).toHaveLength(1);
  });

  it("keeps a page as long as a book in parts, and all of them while it does not change", async () => {
    site.sitemap("/sitemap.xml", "/book.md");
    const sections = Array.from(
      { length: 300 },
      (_, one) => `## Part ${one}\n\n${sentences(`word${one}`, 20)}`,
    );
    site.answer("/book.md", (request, response) => {
      const isSame = request.headers["if-none-match"] === '"1"';
      response.writeHead(isSame ? 304 : 200, { etag: '"1"', "content-type": "text/markdown" });
      response.end(isSame ? undefined : `# Book\n\n${sections.join("\n\n")}`);
    });
    for (const _time of [1, 2]) {
      await sync();
      expect(await urlsOf("word2")).toEqual(["/book.md#part-2"]);
      expect(await urlsOf("word299")).toEqual(["/book.md#part-299"]);
    }
    expect(logged("articles refreshed")[1]).toMatchObject({ changed: 0, removed: 0 });
  });

  it("reads PDFs, opened at the page of the passage", async () => {
    site.sitemap("/sitemap.xml", "/files/The_manual.pdf", "/files/scanned.pdf");
    const lines = (word: string) =>
      Array.from({ length: 40 }, () => `More about the ${word} here.`);
    const type = { "content-type": "application/pdf" };
    site.page("/files/The_manual.pdf", pdfOf([lines("bank"), lines("giraffe")]), type);
    site.page("/files/scanned.pdf", pdfOf([[]], { picture: true }), type);
    await sync();
    expect(await find("giraffe")).toMatchObject([
      { title: "The manual", url: `${site.url}/files/The_manual.pdf#page=2` },
    ]);
    expect(logged("page left out")).toMatchObject([{ why: expect.stringContaining("scanned") }]);
  });

  it("reads pages that do not mark their main part", async () => {
    const words = sentences("giraffe", 15);
    site.sitemap("/sitemap.xml", "/plain", "/divs");
    site.page("/plain", "<title>Plain</title><h2 id='x'>Zebra</h2><p>Short.</p>");
    site.page(
      "/divs",
      `<title>Divs</title><div class="menu"><a href="/">Menu</a></div><div class="content"><h1>Divs</h1><h2 id="deep">Depth</h2><p>${words}</p><p>${words}</p><p>${words}</p></div><div class="footer">Imprint</div>`,
    );
    await sync();
    expect(await find("zebra")).toMatchObject([{ title: "Plain", url: `${site.url}/plain` }]);
    const [divs] = await find("giraffe");
    expect(divs?.url).toBe(`${site.url}/divs#deep`);
    expect(divs?.text).not.toContain("Imprint");
  });
});
