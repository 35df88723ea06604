import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findContradictions } from "../../../src/core/knowledge/contradictions.ts";

const dataset = new URL("../../../../shared/data/wixqa-sample.jsonl", import.meta.url);
const found = (texts: string[]) =>
  findContradictions(
    texts.map((text, index) => ({ articleId: `${index}`, title: `T${index}`, url: null, text })),
    async () => {},
  );

describe("contradictions between articles", () => {
  it("are two prices for one plan, with both sentences", async () => {
    const contradictions = await found([
      "# Prices\n\nThe Team plan costs 12 € a month for each person. It can be cancelled.",
      "Nothing about money here. The office opens at 9.",
      "Who works together takes Team. The Team plan costs 15 € a month for each person.",
    ]);
    expect(contradictions).toMatchObject([
      {
        one: { title: "T0" },
        other: { title: "T2" },
        differences: [{ oneSays: "12 €", otherSays: "15 €" }],
      },
    ]);
  });

  it("are not two brands that have a price each", async () => {
    const of = (brand: string, price: number) => ({
      ...{ articleId: brand, title: brand, url: null, forWhom: { brands: [brand] } },
      text: `The Team plan costs ${price} € a month for each person.`,
    });
    const foundIn = async (...articles: Parameters<typeof findContradictions>[0]) =>
      (await findContradictions(articles, async () => {})).length;
    expect(await foundIn(of("Acme", 12), of("Beta", 15))).toBe(0);
    expect(await foundIn(of("Acme", 12), { ...of("acme", 15), articleId: "2" })).toBe(1);
    const { forWhom, ...everybodys } = of("Beta", 15);
    expect(await foundIn(of("Acme", 12), everybodys)).toBe(1);
  });

  it("are not two plans, two languages of an article or one price in two places", async () => {
    expect(
      await found([
        "The Team plan costs 12 € a month for each person.",
        "The Basic plan costs 8 € a month for each person.",
        "As of today, the Team plan costs 12 € a month for each person.",
      ]),
    ).toEqual([]);
    const translations = ["The Team plan costs 12 € a month.", "The Team plan costs 15 € a month."];
    const articles = translations.map((text) => ({ articleId: "1", title: "T", url: null, text }));
    expect(await findContradictions(articles, async () => {})).toEqual([]);
  });

  it.skipIf(!existsSync(dataset))(
    "are found in no pair of 173 real help articles",
    async () => {
      const texts = new Set<string>();
      for (const line of readFileSync(dataset, "utf8").trim().split("\n")) {
        const { contexts } = JSON.parse(line) as { contexts: (string | { text: string })[] };
        for (const one of contexts) texts.add(typeof one === "string" ? one : one.text);
      }
      expect(texts.size).toBeGreaterThan(150);
      expect(await found([...texts])).toEqual([]);
      // Each once more with other numbers, as in a second source that nobody has kept up to date.
      const all = [...texts];
      const others = all.map((text) =>
        text.replace(/(?<=\s)\d{1,3}(?= (?:days|hours|minutes|months|MB)\b)/g, (number) =>
          String(2 * Number(number) + 1),
        ),
      );
      const changed = all.flatMap((text, index) =>
        text === others[index] ? [] : [text, others[index] ?? ""],
      );
      const noticed = await found(changed);
      expect(changed.length / 2).toBeGreaterThan(20);
      expect(noticed.length).toBeGreaterThan((changed.length / 2) * 0.8);
    },
    60_000,
  );
});
