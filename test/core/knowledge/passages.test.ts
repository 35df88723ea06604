import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countWords, passagesOf } from "../../../src/core/knowledge/passages.ts";

const sentence = (word: string, length: number) => `${Array(length).fill(word).join(" ")}. `;

describe("passages of an article", () => {
  it("leaves a short article whole", () => {
    const text = "## Refunds\nMoney comes back within five days.\n\n## Invoices\nUnder Billing.";
    expect(passagesOf(text)).toEqual([{ heading: null, text, lead: null, anchor: null }]);
  });

  it("finds nothing in an empty one", () => {
    expect(passagesOf(" \n ")).toEqual([]);
  });

  it("cuts a long one at its headings, each passage knowing the heading it stands under", () => {
    const text = [
      sentence("intro", 100),
      "## Refunds",
      sentence("refund", 120),
      "## Invoices",
      sentence("invoice", 120),
    ].join("\n");
    expect(
      passagesOf(text).map(({ heading, text: said }) => [heading, said.split(" ")[1]]),
    ).toEqual([
      [null, "intro"],
      ["Refunds", "Refunds\nrefund"],
      ["Invoices", "Invoices\ninvoice"],
    ]);
  });

  it("knows where on the page a passage begins, and shows nothing of that", () => {
    const sections = ["refund", "invoice"].map(
      (word) => `## About ${word} {#${word}s}\n${sentence(word, 150)}`,
    );
    const intro = `Intro {#no}\n${sentence("intro", 100)}`;
    const text = `${intro}\n${sections.join("\n")}`;
    expect(passagesOf(text)).toMatchObject([
      { heading: null, anchor: null, text: intro.trim() },
      { heading: "About refund", anchor: "refunds" },
      { heading: "About invoice", anchor: "invoices" },
    ]);
    expect(passagesOf(text)[1]?.text).toMatch(/^## About refund\nrefund/);
    const short = "## Refunds {#refunds}\nMoney.";
    expect(passagesOf(short)).toEqual([
      { heading: null, text: "## Refunds\nMoney.", lead: null, anchor: null },
    ]);
  });

  it("knows the headings above a passage, of which its text has one at most", () => {
    const text = [
      `# Handbook\n${sentence("intro", 100)}`,
      `## Billing\n${sentence("bill", 100)}`,
      `### Refunds\n${sentence("refund", 170)}\n${sentence("more", 100)}`,
      `## Export\n${sentence("export", 100)}`,
    ].join("\n");
    expect(passagesOf(text).map(({ heading, lead }) => [heading, lead])).toEqual([
      ["Handbook", null],
      ["Billing", null],
      ["Billing > Refunds", "Billing"],
      ["Billing > Refunds", "Billing > Refunds"],
      ["Export", null],
    ]);
  });

  it("names the first row of a table to those who read on in it", () => {
    const rows = Array.from({ length: 60 }, (_, index) => `Plan ${index} | ${index} euros a month`);
    const text = `## Prices\n${sentence("intro", 100)}\n\nPlan | Price\n${rows.join("\n")}\n\n${sentence("end", 170)}`;
    const leads = passagesOf(text).map(({ lead }) => lead);
    expect(leads).toEqual([
      null,
      ...leads.slice(1, -1).map(() => "Prices\nPlan | Price"),
      "Prices",
    ]);
    expect(leads.length).toBeGreaterThan(3);
  });

  it("keeps code whole, and takes nothing in it for a heading", () => {
    const code = `\`\`\`\n# install\n${sentence("npm", 100)}\n\`\`\``;
    const text = `## Start\n${sentence("intro", 120)}\n\n${code}\n\n${sentence("end", 100)}`;
    const passages = passagesOf(text);
    expect(passages.find(({ text: said }) => said.includes("npm"))?.text).toContain(code);
    expect(new Set(passages.map(({ heading }) => heading))).toEqual(new Set(["Start"]));
    const endless = `${sentence("intro", 100)}\n\`\`\`\n## Not closed\n${sentence("a", 200)}`;
    expect(passagesOf(endless).some(({ heading }) => heading === "Not closed")).toBe(true);
  });

  it("keeps tiny sections together", () => {
    const sections = Array.from({ length: 20 }, (_, index) => `## Part ${index}\nA short line.`);
    const passages = passagesOf(`${sections.join("\n")}\n${sentence("end", 180)}`);
    expect(passages.length).toBeLessThan(5);
  });

  it("cuts one endless line at its sentences, and an endless sentence at words", () => {
    const lines = passagesOf(sentence("Word", 50).repeat(10));
    expect(lines.map(({ text }) => countWords(text))).toEqual([150, 150, 150, 50]);
    const unbroken = passagesOf(Array(400).fill("word").join(" "));
    expect(unbroken.map(({ text }) => countWords(text))).toEqual([180, 180, 40]);
  });

  it("cuts languages that write no spaces", () => {
    const passages = passagesOf("設定画面で請求書を開いてください。".repeat(100));
    expect(passages.length).toBeGreaterThan(3);
  });

  it("loses nothing and repeats nothing, whatever the text", () => {
    const line = fc.oneof(
      fc.constant("## A heading\n"),
      fc.constant("```\n"),
      fc.constant("a | b\n"),
      fc.constant("\n"),
      fc.nat(300).map((length) => `${sentence("word", length)}\n`),
      fc.string({ unit: "grapheme", maxLength: 200 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.join("");
        const letters = (said: string) => said.replace(/\s+/g, "");
        const passages = passagesOf(text);
        expect(letters(passages.map((passage) => passage.text).join(""))).toBe(letters(text));
        for (const passage of passages) expect(countWords(passage.text)).toBeLessThanOrEqual(250);
      }),
      { numRuns: 200 },
    );
  });
});
