import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { htmlToText } from "../../src/lib/html-to-text.ts";
import { linksIn, replyHtml } from "../../src/lib/reply-html.ts";

describe("a reply as HTML", () => {
  it.each([
    ["paragraphs and line breaks", "a\nb\n\nc", "<p>a<br>b</p><p>c</p>"],
    ["emphasis", "**a** and *b*", "<p><strong>a</strong> and <em>b</em></p>"],
    ["lists", "- a\n- b\n\n1. c", "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>"],
    ["headings", "# A *b*", "<p><strong>A <em>b</em></strong></p>"],
    ["quotes", "> a", "<p>a</p>"],
    ["rules", "a\n\n---\n\nb", "<p>a</p><p>b</p>"],
    ["inline code", "press `<Esc>`", "<p>press &lt;Esc&gt;</p>"],
    ["code", "```js\nif (a) {\n  b();\n}\n```", "<p>if (a) {<br>\u00a0\u00a0b();<br>}</p>"],
    ["tables", "|a|b|\n|-|-|\n|1|2|", "<p>|a|b|<br>|-|-|<br>|1|2|</p>"],
    [
      "HTML",
      "<script>x</script> & <b>y</b>",
      "<p>&lt;script&gt;x&lt;/script&gt; &amp; &lt;b&gt;y&lt;/b&gt;</p>",
    ],
    ["entities", "&lt;script&gt;", "<p>&lt;script&gt;</p>"],
    ["links", '[a](https://b.c "title")', '<p><a href="https://b.c">a</a></p>'],
    [
      "addresses",
      "https://b.c/d?e=1&f",
      '<p><a href="https://b.c/d?e=1&amp;f">https://b.c/d?e=1&amp;f</a></p>',
    ],
    ["e-mail addresses", "a@b.com", '<p><a href="mailto:a@b.com">a@b.com</a></p>'],
    ["file names", "open config.py", "<p>open config.py</p>"],
    ["images", "![a](https://b.c/d.png)", '<p><a href="https://b.c/d.png">a</a></p>'],
    [
      "images without words",
      "![](https://b.c/d.png)",
      '<p><a href="https://b.c/d.png">https://b.c/d.png</a></p>',
    ],
    [
      "images in links",
      "[![a](https://b.c/d.png)](https://e.f)",
      '<p><a href="https://e.f">a</a></p>',
    ],
    [
      "dangerous links",
      "[a](javascript:alert(1)) [b](data:text/html,x) [c](/d)",
      "<p>[a](javascript:alert(1)) [b](data:text/html,x) [c](/d)</p>",
    ],
    ["links to nowhere", "[a]() ![b]() [*c*](<>)", "<p>a b [<em>c</em>](&lt;&gt;)</p>"],
    ["definitions", "[a]: b", "<p>[a]: b</p>"],
    ["nothing", "", ""],
  ])("maps %s", (_name, markdown, html) => {
    expect(replyHtml(markdown)).toBe(html);
  });

  const word = fc
    .string({ unit: fc.constantFrom(..."abcxyz"), minLength: 1, maxLength: 8 })
    .map((letters) => `q${letters}q`);
  const mark = fc.constantFrom(
    "**",
    "*",
    "_",
    "`",
    "# ",
    "> ",
    "- ",
    "1. ",
    "    ",
    "\n",
    "\n\n",
    "\n---\n",
    "<script>",
    "</p>",
    "<img src=x onerror=y>",
    "&lt;",
    '"',
    "'",
    "[",
    "](",
    ")",
    "![",
    "https://a.b/",
    "javascript:",
    "|",
    "~~",
    "\\",
  );

  it("has no tag but those that replies take, and no attribute but a link's target", () => {
    const markdown = fc.array(fc.oneof(mark, word, fc.string())).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(markdown, (text) => {
        const html = replyHtml(text);
        const rest = html
          .replace(/<\/?(?:p|br|strong|em|ul|ol|li)>|<\/a>/g, "")
          .replace(/<ol start="\d+">/g, "")
          .replace(/<a href="(?:https?:\/\/|mailto:)[^"<>]*">/gi, "");
        expect(rest).not.toMatch(/[<>]/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("loses no word of the text", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, mark), { minLength: 1 }), (pairs) => {
        const text = htmlToText(
          replyHtml(pairs.map(([one, after]) => `${one} ${after} `).join("")),
        );
        for (const [one] of pairs) expect(text).toContain(one);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the links in a reply", () => {
  it.each([
    ["a link's target", "[here](https://a.b/c)", ["https://a.b/c"]],
    [
      "what a link shows",
      "[bank.com](https://evil.example)",
      ["https://evil.example", "https://bank.com"],
    ],
    ["a plain address", "see http://a.b/c.", ["https://a.b/c"]],
    [
      "a bare domain",
      "see www.example.com or acme.io",
      ["https://www.example.com", "https://acme.io"],
    ],
    ["a domain put together by formatting", "exam**ple.com**", ["https://example.com"]],
    ["an address in code", "`curl https://a.b/c`", ["https://a.b/c"]],
    ["an address in a code block", "```\nhttps://a.b/c\n```", ["https://a.b/c"]],
    ["an e-mail address", "write to Help@Example.com", ["help@example.com"]],
    ["every address of a mail link", "[x](mailto:a@b.com?bcc=c@d.com)", ["a@b.com", "c@d.com"]],
    ["an image", "![x](https://a.b/c.png)", ["https://a.b/c.png"]],
    ["another protocol", "ftp://a.com/b", ["ftp://a.com/b"]],
    ["a list", "- https://a.b\n- https://c.d", ["https://a.b", "https://c.d"]],
    ["no text", "Press Save. It costs 9.50 e.g. today", []],
  ])("name %s", (_name, markdown, links) => {
    expect(linksIn(markdown)).toEqual(links);
  });

  it("name a place once, however it is written", () => {
    const markdown =
      "https://Example.com/Help/ http://example.com/Help example.com/Help [x](https://example.com/Help)";
    expect(linksIn(markdown)).toEqual(["https://example.com/Help"]);
  });
});

describe("linksIn, for what only looks like an address", () => {
  it.each([
    "www.evil.click",
    "evil.services/x",
    "evil.bank",
    "evil.zip/x",
    "evil.com:8080/x",
    "1.2.3.4/login",
    "evil。com",
    "evil.com\u2060",
    "evil.рф",
    "ev\u00adil.com",
    "Evil.Services",
    "evil.zip",
    "evil_shop.bank/x",
    "see:evil.bank",
    "https:evil.bank",
    "...evil.bank",
    "evil.bank?x=1",
  ])("takes %s for a link: a miss would reach a customer", (text) => {
    expect(linksIn(`Go to ${text} now`)).toHaveLength(1);
  });

  it.each([
    "e.g. this",
    "1.5 GB",
    "v2.0",
    "version 2.1.3",
    "12.05.2026",
    "Node.js",
    "file.txt",
    "a.m.",
    "U.S. dollars",
    "Hello.How are you",
    "foo...bar",
    "Next.js/React",
    "src/index.ts:10",
    "Settings.Then",
  ])("takes %s for words", (text) => {
    expect(linksIn(`See ${text} now`)).toEqual([]);
  });

  it.each([
    ["in another link's query", "https://acme.com/x?next=evil.bank&y=a.b/c.html", 1],
    ["at the end of a sentence", "See acme.com/help. Or (acme.com/help), then acme.com/help!", 1],
    ["in an e-mail address", "jane.doe@acme.services", 1],
    ["beside a link", "https://acme.com, evil.bank", 2],
    ["longer than the link that it begins with", "acme.com.evil.bank", 1],
  ])("counts an address %s right", (_name, text, count) => {
    expect(linksIn(text)).toHaveLength(count);
  });
});
