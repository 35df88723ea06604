import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { htmlToText } from "../../src/lib/html-to-text.ts";
import { messageText } from "../../src/lib/message-text.ts";
import { cpuMsOf } from "./cpu-time.ts";

describe("a message's text", () => {
  it.each([
    ["nothing", null, ""],
    [
      "plain text",
      "  Still broken 😡\n\nsee https://example.com/x?a=1&b=2 ",
      "Still broken 😡\n\nsee https://example.com/x?a=1&b=2",
    ],
    [
      "angle brackets typed in plain text",
      "if a < b then <foo> & <br> or <div>x</div>",
      "if a < b then <foo> & <br> or <div>x</div>",
    ],
    ["a tag unknown to Intercom at the start", "<foo>bar</foo>", "<foo>bar</foo>"],
    ["an entity typed in plain text", "write &amp; for &", "write &amp; for &"],
    ["a paragraph", "<p>Tom &amp; Jerry&nbsp;&lt;3</p>", "Tom & Jerry <3"],
    ["a container", '<div class="intercom-container"><img src="https://x/y.png"></div>', "[image]"],
    ["an image alone", '<img src="https://x/y.png">', "[image]"],
    ["a list alone", "<ul><li>a</li><li>b</li></ul>", "- a\n- b"],
  ])("is read from %s", (_name, body, text) => {
    expect(messageText(body)).toBe(text);
  });
});

describe("HTML as text", () => {
  it.each([
    ["paragraphs and line breaks", "<p>a<br>b</p>\n<p>c</p>", "a\nb\n\nc"],
    ["Messenger's lines", '<p class="no-margin">a</p>\n<p class="no-margin">b</p>', "a\nb"],
    ["headings", "<h1>Big news</h1><p>x</p>", "Big news\n\nx"],
    ["links", '<p>see <a href="https://a.b/c">the order</a></p>', "see the order (https://a.b/c)"],
    [
      "links that show their address",
      '<p><a href="https://a.b/c">https://a.b/c</a></p>',
      "https://a.b/c",
    ],
    ["nested lists", "<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"],
    ["numbered lists", "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"],
    [
      "tables",
      "<table><tr><th>Plan</th><th>Price</th></tr><tr><td>Pro</td><td>9</td></tr></table>",
      "Plan | Price\nPro | 9",
    ],
    ["code", "<pre><code>if (a) {\n    b();\n}</code></pre>", "if (a) {\n    b();\n}"],
    ["scripts and styles", "<p>a</p><script>b()</script><style>c{}</style>", "a"],
    ["unclosed tags", "<p>a <b>b <i>c", "a b c"],
  ])("keeps %s legible", (_name, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  it.each([
    ["a colspan of a billion", '<table><tr><td colspan="1000000000">x</td><td>y</td></tr></table>'],
    [
      "a rowspan of a billion",
      '<table><tr><td rowspan="&#49;000000000">x</td><td>y</td></tr></table>',
    ],
  ])("is not impressed by %s", (_name, html) => {
    const ms = cpuMsOf(() => expect(htmlToText(html)).toBe("x | y"));
    expect(ms).toBeLessThan(500);
  });

  it("keeps a row on its line although Intercom wraps cells in paragraphs", () => {
    const html =
      '<table><tr><td><p class="no-margin">Basic</p></td><td><p>5 €</p></td></tr></table>';
    expect(htmlToText(html)).toBe("Basic | 5 €");
  });

  it.each([
    ["several paragraphs", "<td><p>a</p><p>b</p></td><td>c<br>d</td>", "a b | c d"],
    ["a list", "<td>a</td><td><ul><li>b</li><li>c</li></ul></td>", "a | - b - c"],
    ["nothing", "<td>a</td><td></td><td>c</td>", "a |   | c"],
  ])("keeps a row on its line where a cell holds %s", (_name, cells, line) => {
    const html = `<table><tr>${cells}</tr><tr><td>y</td><td>z</td></tr></table>`;
    expect(htmlToText(html)).toBe(`${line}\ny | z`);
  });

  it("keeps the paragraphs of a table that is mere layout", () => {
    const html = "<table><tr><td><p>Hello</p><p>Where is it?</p></td></tr></table>";
    expect(htmlToText(html)).toBe("Hello\n\nWhere is it?");
  });

  it("loses no words that stand beside the cells of a table", () => {
    const html = "<table><caption>Prices</caption><tr>loose<td>a</td><td>b</td></tr></table>";
    expect(htmlToText(html)).toMatch(/Prices\s+loose \| a \| b/);
  });

  it("takes well under a second for a table of 24,000 cells", () => {
    const row = `<tr>${"<td>x</td>".repeat(10)}</tr>`;
    const ms = cpuMsOf(() => {
      expect(htmlToText(`<table>${row.repeat(2_400)}</table>`)).toMatch(/^x \| x/);
    });
    expect(ms).toBeLessThan(1_000);
  });

  it("never throws, and keeps the words, however broken the HTML is", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "<p>",
        "</p>",
        "<div",
        ">",
        "<",
        "</",
        "<!--",
        "-->",
        "&",
        "&#x110000;",
        '"',
        "<table><tr>",
        "<ul><li>",
        "<![CDATA[",
        "<a href='",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof htmlToText(pieces.join(""))).toBe("string");
        expect(htmlToText(`<p>kept</p>${pieces.join("")}`)).toContain("kept");
      }),
    );
  });

  it.each([
    ["deep nesting", `${"<div>".repeat(40_000)}hello`],
    ["deep lists", `${"<ul><li>".repeat(30_000)}hello`],
    ["a wall of brackets", `<p>hello</p>${"<".repeat(2_000_000)}`],
    ["a wall of blanks", `<pre>hello${" ".repeat(240_000)}x`],
    ["a wall of blanks in a table", `<table><tr><td>a</td><td><pre>hello${" ".repeat(240_000)}x`],
    ["deep tables", `${"<table><tr><td></td><td>".repeat(480)}hello${" x".repeat(110_000)}`],
    ["a very long text", `<p>hello</p>${"<p>word</p>".repeat(500_000)}`],
  ])("takes no more than a moment for %s", (_name, html) => {
    const ms = cpuMsOf(() => expect(htmlToText(html)).toContain("hello"));
    expect(ms).toBeLessThan(3_000);
  });
});
