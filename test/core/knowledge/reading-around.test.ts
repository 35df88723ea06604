import { describe, expect, it } from "vitest";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { standsIn } from "../../../src/core/knowledge/quotes.ts";
import { readingAround } from "../../../src/core/knowledge/reading-around.ts";

const passage = (name: string, length = 1_000, lead: string | null = null) => ({
  text: `${name} ${"x".repeat(length - name.length - 1)}`,
  lead,
});
const read = (...read: Parameters<typeof readingAround>) =>
  readingAround(...read).replace(/ x+/g, "");

describe("what is read of an article", () => {
  it("is all of a short one, whatever fits in it", () => {
    const three = [passage("one"), passage("two"), passage("three")];
    expect(read(three, 1)).toBe("one\ntwo\nthree");
    expect(read(three, 2, 0)).toBe("one\ntwo\nthree");
  });

  it("is the passage that fits with those below and above it, as far as there is room", () => {
    const many = Array.from({ length: 9 }, (_, number) => passage(`p${number}`));
    expect(read(many, 4)).toBe("p4\np5\np3".split("\n").sort().join("\n"));
    expect(read(many, 0)).toBe("p0\np1\np2");
  });

  it("is every place that fits, before their neighbours, and says where something is left out", () => {
    const many = Array.from({ length: 9 }, (_, number) => passage(`p${number}`));
    expect(read(many, 1, 7)).toBe("p1\np2\n[…]\np7");
    expect(read(many, 7, 1, 4)).toBe("p1\n[…]\np4\n[…]\np7");
    // There is no room for the fourth.
    expect(read(many, 8, 0, 4, 2)).toBe("p0\n[…]\np4\n[…]\np8");
  });

  it("has what a reader of each stretch would miss before it", () => {
    const many = Array.from({ length: 9 }, (_, number) =>
      passage(`p${number}`, 1_500, `above ${number}`),
    );
    expect(read(many, 0, 6)).toBe("above 0\np0\n[…]\nabove 6\np6");
  });

  it("is at least the passage itself, however long", () => {
    expect(read([passage("long", 9_000), passage("next")], 0)).toBe("long");
  });

  it("holds the next rows of a table and both places of an answer, as they can be quoted", () => {
    const filler = (about: string) =>
      Array.from({ length: 40 }, (_, number) => `The ${about} ${number} is as it was before.`);
    const rows = Array.from({ length: 60 }, (_, number) => `| Plan ${number} | ${number} seats |`);
    const text = [
      "## Plans",
      "| Plan | Seats |",
      "| --- | --- |",
      ...rows,
      ...["## History", ...filler("history")],
      ...["## Change", ...filler("change"), "Plans change at the end of the month."],
    ].join("\n");
    const passages = passagesOf(text);
    const at = (words: string) => passages.findIndex((one) => one.text.includes(words));
    const source = { title: "Plans", text: readingAround(passages, at("Plan 31 |"), at("end of")) };
    for (const quote of [
      "| Plan | Seats |",
      "| Plan 32 | 32 seats |",
      "at the end of the month.",
    ]) {
      expect(standsIn(quote, source)).toBe(true);
    }
    expect(source.text.length).toBeLessThan(3_800);
  });
});
