import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { htmlToText } from "../../src/lib/html-to-text.ts";
import { replyHtml } from "../../src/lib/reply-html.ts";

describe("a reply as HTML", () => {
  it.each([
    ["paragraphs and line breaks", "a\nb\n\nc", "<p>a<br>b</p><p>c</p>"],
    ["emphasis", "**a** and *b*", "<p><strong>a</strong> and <em>b</em></p>"],
    [
      "lists",
      "- a\n- b\n\n1. c\n2. d",
      "<ul><li>a</li><li>b</li></ul><ol><li>c</li><li>d</li></ol>",
    ],
    ["nested lists", "1. a\n   - x\n2. b", "<ol><li>a<ul><li>x</li></ul></li><li>b</li></ol>"],
    [
      "lists that are interrupted, whose numbers go on",
      "1. a\n- x\n2. b\n\nc\n\n3. d\n4. e",
      "<p>1. a</p><ul><li>x</li></ul><p>2. b</p><p>c</p><p>3. d</p><p>4. e</p>",
    ],
    ["headings", "# A *b*", "<p><strong>A <em>b</em></strong></p>"],
    ["quotes", "> a", "<p>a</p>"],
    ["rules", "a\n\n---\n\nb", "<p>a</p><p>b</p>"],
    ["inline code", "press `<Esc>`", "<p>press &lt;Esc&gt;</p>"],
    ["code", "```js\nif (a) {\n  b();\n}\n```", "<p>if (a) {<br>\u00a0\u00a0b();<br>}</p>"],
    [
      "tables to lines",
      "| Plan | Seats |\n|-|-|\n| Basic | **3** |\n| Pro | |",
      "<p>Plan | Seats<br>Basic | <strong>3</strong><br>Pro | </p>",
    ],
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

  it.each([
    "3. Mai ist frei",
    "5.",
    "1) see below",
    "2*3*4 = 24, a*b*c and **2**3**4",
    "C:\\_temp_\\new_file and \\\\server\\_share_\\x",
    "snake_case, __init__.py in a_b_c",
    "#1 of 3",
    "~~gone~~",
    "a | b",
  ])("leaves %j as it was written", (text) => {
    expect(replyHtml(text)).toBe(`<p>${text}</p>`);
  });

  it.each(["> 5 GB", "> $30", ">= 2"])("takes %j for no quotation", (text) => {
    expect(replyHtml(`a\n${text}\nb`)).toBe(`<p>a</p><p>${text.replace(">", "&gt;")}</p><p>b</p>`);
  });

  it("keeps emphasis in scripts that put no space between words", () => {
    expect(replyHtml("这是**重点**内容")).toBe("<p>这是<strong>重点</strong>内容</p>");
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

  it("brings every word out, once and in order", () => {
    const written = fc.array(fc.tuple(word, mark, fc.constantFrom(" ", "", "\n")), {
      minLength: 1,
    });
    fc.assert(
      fc.property(written, (pieces) => {
        // Numbered, so that none is part of another; a link's target is no word of the text.
        const words = pieces.map(([one], index) => `${one}${index}q`);
        const markdown = pieces
          .map(([, after, gap], index) => `${words[index]}${gap}${after}${gap}`)
          .join("");
        const text = htmlToText(replyHtml(markdown));
        const shown = text.replace(/\(https?:[^)\s]*\)/g, "").match(/q[a-z]+q\d+q/g) ?? [];
        const hidden = new Set(
          [...markdown.matchAll(/\]\([^)]*\)/g)].join(" ").match(/q[a-z]+q\d+q/g),
        );
        expect(shown.filter((one) => !hidden.has(one))).toEqual(
          words.filter((one) => !hidden.has(one)),
        );
      }),
      { numRuns: 1_500 },
    );
  });
});
