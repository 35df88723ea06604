import { describe, expect, it } from "vitest";
import { linksIn, unknownLinks } from "../../src/lib/links.ts";

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

describe("a link of a source", () => {
  const known = [
    "https://help.acme.com/articles/12-reset?lang=en&step=2",
    "Read https://bücher.example/Über-uns, mail help@acme.com or open docs.acme.com/a(b).",
    "[Plans](http://acme.com:80/plans/#pro)",
  ];

  it.each([
    "https://help.acme.com/articles/12-reset?lang=en&step=2",
    "http://HELP.Acme.com:80/articles/12-reset/?step=2&lang=en",
    "https://help.acme.com:443/articles/12-reset?lang=en&step=2#the-form",
    "[here](https://help.acme.com./articles/12%2Dreset?lang=en&amp;step=2)",
    "https://help.acme.com/articles/12-reset?utm_source=chat&lang=en&step=2&gclid=x&_hsenc=y",
    "[here](<https://help.acme.com/articles/12-reset?lang=en&step=2>)",
    "https://xn--bcher-kva.example/%C3%9cber-uns",
    "https://BÜCHER.example/%c3%9cber-uns/",
    "Help@Acme.com",
    "[mail](mailto:help@acme.com)",
    "https://docs.acme.com/a%28b%29",
    "acme.com/plans",
    "[Plans](//acme.com/plans)",
  ])("is its source as %s", (written) => {
    expect(unknownLinks(`Open ${written} now`, known)).toEqual([]);
  });

  it.each([
    "https://help.acme.com.evil.com/articles/12-reset?lang=en&step=2",
    "https://help.acme.com@evil.com/articles/12-reset?lang=en&step=2",
    "https://evil@help.acme.com/articles/12-reset?lang=en&step=2",
    "//evil.com/articles/12-reset",
    "[Plans](https://evil.com/?next=https://acme.com/plans)",
    "[https://acme.com/plans](https://evil.com)",
    "https://аcme.com/plans",
    "https://acme.com/plans/../login",
    "https://acme.com:8443/plans",
    "https://acme.com/Plans",
    "https://acme.com/plans?ref=evil",
    "https://acme.com/plans%2Fx",
    "https://help.acme.com/articles/12-reset",
    "http://help.acme.com/articles/12-reset?lang=en&step=3",
    "help@acme.com.evil.com",
    "[mail](mailto:help@acme.com?bcc=spy@evil.com)",
    "https://acme.com%2eevil.com/plans",
  ])("is not %s", (written) => {
    expect(unknownLinks(`Open ${written} now`, known)).not.toEqual([]);
  });
});
