import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKnowledgeFolders } from "../../../src/adapters/knowledge-folder/knowledge-folders.ts";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { type Article, createArticleRefresh } from "../../../src/core/knowledge/article-refresh.ts";
import { docxOf } from "../../fixtures/docx.ts";
import { pdfOf } from "../../fixtures/pdf.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const stopping = new AbortController();
let folder: string;
let log: ReturnType<typeof createRecordingLog>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "knowledge-"));
  log = createRecordingLog();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(way: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, way)), { recursive: true });
  writeFileSync(join(folder, way), content);
}

const folders = () =>
  createKnowledgeFolders([{ name: "docs", path: folder, isInternal: false, language: null }], log);

async function read(source = folders()): Promise<Article[]> {
  const articles: Article[] = [];
  for await (const article of source.read("source:docs", stopping.signal)) {
    if (!("isKept" in article)) articles.push(article);
  }
  return articles;
}

describe("the files of a folder", () => {
  it("are read where they are Markdown, HTML or text, hidden ones and node_modules left out", async () => {
    for (const way of ["b.txt", "a/one.md", "a/b/two.mdx", "page.HTML", "c.markdown", "d.htm"]) {
      write(way, "Some words.");
    }
    for (const way of [".env.md", ".git/x.md", "node_modules/x/README.md", "data.json", "x.ts"]) {
      write(way, "Other words.");
    }
    const articles = await read();
    expect(articles.map(({ id }) => id)).toEqual([
      "folder-docs/a/b/two.mdx",
      "folder-docs/a/one.md",
      "folder-docs/b.txt",
      "folder-docs/c.markdown",
      "folder-docs/d.htm",
      "folder-docs/page.HTML",
    ]);
    expect(articles[0]).toMatchObject({ collections: ["a", "b"], title: "two", url: null });
  });

  it("say their title, link and language in their front matter", async () => {
    write(
      "a.md",
      '---\ntitle: "Refunds: how"\nurl: https://example.com/refunds\nlanguage: de-AT\n---\n# Other\n\nText.',
    );
    write("b.md", "---\nurl: javascript:alert(1)\n---\n# First heading\n\nText.");
    write("c-and_d.md", "No heading.\n\n---\n\nA rule is no front matter.\n\n---\n");
    write("e.md", "---\ntitle: a: b: [c\n---\n# Its heading\n\nText.");
    const [a, b, c, e] = await read();
    expect(a).toMatchObject({
      title: "Refunds: how",
      url: "https://example.com/refunds",
      language: "de",
      text: "# Other\n\nText.",
    });
    expect(b).toMatchObject({ title: "First heading", url: null });
    expect(c).toMatchObject({ title: "c and d" });
    expect(c?.text).toContain("A rule is no front matter.");
    expect(e).toMatchObject({ title: "Its heading", text: "# Its heading\n\nText." });
    expect(log.lines.map(({ event }) => event)).toEqual([
      "front matter is no YAML: read without it",
    ]);
  });

  it("keep headings, tables and code, and lose links between files and the code of MDX", async () => {
    write(
      "a.mdx",
      [
        "import { Note } from './note'",
        "",
        "# Plans {/* new */}",
        "",
        "<Note>Prices are [net](../tax.mdx), see [us](https://example.com).</Note>",
        "",
        "| Plan | Price |\n|---|---|\n| Team | $20 |",
        "",
        "```bash\nimport me\n```",
      ].join("\n"),
    );
    const [article] = await read();
    expect(article?.title).toBe("Plans");
    expect(article?.text).toContain("# Plans");
    expect(article?.text).toContain("Prices are net, see us (https://example.com).");
    expect(article?.text).toContain("Plan | Price\nTeam | $20");
    expect(article?.text).toContain("import me");
    expect(article?.text).not.toMatch(/from '.\/note'|new|tax/);
  });

  it("of HTML give the main part, in the language that the page names", async () => {
    write(
      "a.html",
      '<html lang="fr-CA"><head><title>Site</title><script>let x</script></head><body><nav>Menu</nav><main><h1>Aide</h1><p>Le <a href="b.html">texte</a>.</p></main><footer>Pied</footer></body></html>',
    );
    write("b.html", "<title>Only &amp; title</title><nav>Menu</nav><p>Words</p>");
    const [a, b] = await read();
    expect(a).toMatchObject({ title: "Aide", text: "# Aide\n\nLe texte.", language: "fr" });
    expect(b).toMatchObject({ title: "Only & title", text: "Words" });
  });

  it("are read whole however many sections they have", async () => {
    const sections = Array.from({ length: 3_000 }, (_, index) => {
      return `## Part ${index}\n\n${"Some words about it. ".repeat(10)}`;
    });
    write("book.md", sections.join("\n\n"));
    const parts = await read();
    expect(new Set(parts.map(({ articleId }) => articleId)).size).toBe(1);
    expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length);
    expect(Math.max(...parts.map(({ text }) => text.length))).toBeLessThan(110_000);
    const headings = parts.flatMap(({ text }) => text.match(/^## Part \d+$/gm) ?? []);
    expect(headings).toEqual(sections.map((section) => section.split("\n", 1)[0]));
    expect(log.lines.filter(({ level }) => level === "warn")).toEqual([]);
  });

  it("are cut again only when they changed, or when what was read could not be stored", async () => {
    write("a.md", "# One\n\nWords.");
    const source = folders();
    for await (const article of source.read("source:docs", stopping.signal)) {
      expect(article).toMatchObject({ title: "One" });
      break;
    }
    expect(await read(source)).toHaveLength(1);
    expect(await read(source)).toEqual([]);
    write("a.md", "# Two\n\nOther words.");
    expect(await read(source)).toMatchObject([{ title: "Two" }]);
  });

  it("are cut again when they come back as they were", async () => {
    write("mounted/a.md", "# One\n\nWords.");
    const source = folders();
    expect(await read(source)).toHaveLength(1);
    renameSync(join(folder, "mounted"), join(folder, ".away"));
    expect(await read(source)).toEqual([]);
    renameSync(join(folder, ".away"), join(folder, "mounted"));
    expect(await read(source)).toMatchObject([{ title: "One" }]);
  });

  it("are PDF and Word too, by pages and headings; what is scanned or broken is named", async () => {
    write("a manual.pdf", pdfOf([["How to feed parrots", "Seeds."], [], ["Cages: two metres."]]));
    write("b.docx", docxOf(["# Prices of parrots", "A parrot costs 90 euros."]));
    write("c-scanned.pdf", pdfOf([[], []], { picture: true }));
    write("d.docx", "no Word at all");
    const [manual, prices, ...others] = await read();
    expect(manual).toMatchObject({
      title: "a manual",
      text: "## Page 1 {#page=1}\n\nHow to feed parrots\nSeeds.\n\n## Page 3 {#page=3}\n\nCages: two metres.",
    });
    expect(prices).toMatchObject({ title: "Prices of parrots" });
    expect(prices?.text).toContain("A parrot costs 90 euros.");
    expect(others).toEqual([]);
    expect(log.lines.map(({ event, values }) => [Object(values).file, event])).toEqual([
      ["docs/a manual.pdf", "no text on 1 of 3 pages (2): scanned?"],
      [
        "docs/c-scanned.pdf",
        "scanned pages only, of which no text can be read: save it as a PDF with text",
      ],
      ["docs/c-scanned.pdf", "file left out: no text in it"],
      ["docs/d.docx", "file not readable (broken, locked or too large): its last good text stays"],
    ]);
  });

  it("are tables of questions and answers too, each row an article that stays with its file", async () => {
    write(
      "faq.csv",
      '\ufeffFrage;Antwort;Sprache;URL\r\nWas kostet ein Papagei?;"90 Euro; ""netto"" im Laden";de-AT;https://example.com/p\r\nleer;;;\r\nHow wide?;Two metres.;en;javascript:x\r\n',
    );
    write("plain.csv", "a,b\n1,2\n");
    const source = folders();
    const rows = await read(source);
    expect(rows).toMatchObject([
      {
        title: "Was kostet ein Papagei?",
        text: '90 Euro; "netto" im Laden',
        language: "de",
        url: "https://example.com/p",
      },
      { title: "How wide?", text: "Two metres.", language: "en", url: null },
    ]);
    expect(log.lines).toMatchObject([
      { event: "its first line does not name the columns question and answer" },
      { event: "file left out: no text in it" },
    ]);
    const index = createSqliteHelpCenter(":memory:");
    const kind = "source:docs" as const;
    const ports = { kinds: [kind], index, log, signal: stopping.signal };
    const { refresh } = createArticleRefresh({ ...ports, source: folders() });
    await refresh();
    // Now nothing of it is cut again.
    await refresh();
    const found = await index.search("Papagei wide metres", { limit: 5 }, stopping.signal);
    expect(found.map(({ title }) => title).sort()).toEqual([
      "How wide?",
      "Was kostet ein Papagei?",
    ]);
    await index.close();
  });

  it("are named in the log where they are too large or empty", async () => {
    write("large.md", "x".repeat(10 * 1024 * 1024 + 1));
    write("empty.md", "---\ntitle: Nothing\n---\n");
    expect(await read()).toEqual([]);
    const warnings = log.lines.map(({ event, values }) => [Object(values).file, event]);
    expect(warnings).toEqual([
      ["docs/empty.md", "file left out: no text in it"],
      ["docs/large.md", "file left out: too large"],
    ]);
  });

  it("are read once where a link in the folder leads to them, as mounted volumes do", async () => {
    write("..data/a.md", "# Mounted\n\nWords.");
    write("b.md", "# Plain\n\nWords.");
    symlinkSync(join(folder, "..data", "a.md"), join(folder, "a.md"));
    symlinkSync(join(folder, "b.md"), join(folder, "c.md"));
    expect((await read()).map(({ title }) => title)).toEqual(["Plain", "Mounted"]);
  });
});
