import type { DatabaseSync } from "node:sqlite";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openDatabase } from "../../../src/adapters/sqlite/database.ts";
import { createFtsQueryBuilder } from "../../../src/adapters/sqlite/fts-query.ts";
import { createFtsSearch } from "../../../src/adapters/sqlite/fts-search.ts";
import { toIndexText, toWords } from "../../../src/adapters/sqlite/fts-words.ts";

let database: DatabaseSync;
beforeEach(() => {
  database = openDatabase(":memory:");
});
afterEach(() => database.close());

function index(...texts: string[]): void {
  const insert = database.prepare("INSERT INTO answer_words (question, answer) VALUES (?, '')");
  for (const text of texts) insert.run(toIndexText(text));
}

describe("words", () => {
  it("separates words of scripts that write no spaces, among others too", () => {
    expect(toWords("在iPhone上重設密碼")).toEqual(["在", "iphone", "上", "重設", "密碼"]);
    expect(toWords("ลืมรหัสผ่าน")).toEqual(["ลืม", "รหัส", "ผ่าน"]);
  });

  it("keeps vowel signs with their letters and takes full-width letters for plain ones", () => {
    expect(toWords("मेरा पासवर्ड ＡＢＣ１")).toEqual(["मेरा", "पासवर्ड", "abc1"]);
  });

  it("leaves nothing that a query language could read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const word of toWords(text)) expect(word).toMatch(/^[\p{L}\p{N}\p{M}\p{Co}]+$/u);
      }),
    );
  });
});

describe("query for full-text search", () => {
  const build = (text: string) =>
    createFtsQueryBuilder(database, "answer_words").build(text)?.match ?? null;

  it("leaves out words that say nothing, where others remain", () => {
    index("How do I cancel?", "How do I pay?");
    expect(build("How do I cancel?")).toBe('"cancel"');
    expect(build("Où est-ce que je peux pay ?")).toBe('"pay"');
    expect(build("How do I")?.split(" OR ").toSorted()).toEqual(['"do"', '"how"', '"i"']);
  });

  it("takes the rarest 24 words of a long text", () => {
    const common = Array.from({ length: 30 }, (_, number) => `common${number}x`);
    index(common.join(" "), common.join(" "), "rare");
    const match = build(`${common.join(" ")} rare`) ?? "";
    expect(match.split(" OR ")).toHaveLength(24);
    expect(match.startsWith('"rare" OR ')).toBe(true);
  });

  it("keeps away from words in so many rows that they would make the query slow", () => {
    const insert = database.prepare(
      "INSERT INTO answer_words (question, answer) VALUES ('frequent usual ordinary', ?)",
    );
    database.exec("BEGIN");
    for (let row = 0; row < 9_000; row++) insert.run(row < 3 ? "special" : "");
    database.exec("COMMIT");
    const match = build("special frequent usual ordinary") ?? "";
    expect(match).toMatch(/^"special" OR /);
    expect(match.split(" OR ").length).toBeLessThan(4);
    expect(build("frequent usual ordinary")?.split(" OR ").length).toBeGreaterThanOrEqual(2);
  });

  it("notices that words have become frequent", () => {
    const queries = createFtsQueryBuilder(database, "answer_words");
    index("invoice");
    expect(queries.build("password invoice")?.match).toBe('"invoice"');
    index("password", "password again");
    expect(queries.build("password invoice")?.match).toBe('"invoice" OR "password"');
  });

  it("finds a word that has just come into the table, also where it was asked for before", () => {
    const queries = createFtsQueryBuilder(database, "answer_words");
    index(...Array.from({ length: 50 }, () => "invoice"));
    expect(queries.build("zeppelin invoice")?.match).toBe('"invoice"');
    index("zeppelin");
    expect(queries.build("zeppelin invoice")?.match).toBe('"zeppelin" OR "invoice"');
  });

  it("finds the one known word among many that are not", () => {
    index("invoice");
    const unheardOf = Array.from({ length: 40 }, (_, number) => `unheardof${number}`).join(" ");
    expect(build(`${unheardOf} invoice`)).toBe('"invoice"');
  });

  it("is a query that SQLite takes, whatever was typed", () => {
    index("and or not near password");
    const search = createFtsSearch(database, { table: "answer_words", weights: [1, 1] });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "grapheme" }),
          fc.array(fc.constantFrom("AND", "OR", "NOT", "NEAR(", ")", '"', "*", ":", "^", "x", "-")),
        ),
        (typed) => {
          search.search(typeof typed === "string" ? typed : typed.join(" "), 5);
        },
      ),
    );
  });
});

describe("score of full-text search", () => {
  const search = (text: string) =>
    createFtsSearch(database, { table: "answer_words", weights: [2, 1] }).search(text, 10);

  it("is high for a row that says all that was asked, in a table of any size", () => {
    index("How do I reset my password?");
    expect(search("reset password")[0]?.score).toBeGreaterThan(0.75);
    index(...Array.from({ length: 200 }, (_, number) => `question ${number} about invoices`));
    expect(search("reset password")[0]?.score).toBeGreaterThan(0.75);
  });

  it("falls with the share of the question that no row says", () => {
    index("reset password", "cancel subscription", "change address");
    const [whole] = search("reset password");
    const [half] = search("reset zeppelin");
    expect(half?.score).toBeGreaterThan(0.3);
    expect(half?.score).toBeLessThan((whole?.score ?? 0) - 0.15);
    expect(search("zeppelin")).toEqual([]);
  });

  it("is lower for a row that says it among much else", () => {
    const other = Array.from({ length: 60 }, (_, number) => `word${number}`).join(" ");
    index("reset password", `reset ${other} password`, "cancel", "address", "invoice");
    const [short, long] = search("reset password");
    expect(short?.row).toBe(1);
    expect(long?.score).toBeLessThan((short?.score ?? 0) - 0.1);
  });

  it("weighs a rare word more than a frequent one", () => {
    index("app crashes", "app update", "app login", "app export", "app price");
    const [rare] = search("crashes zeppelin");
    const [frequent] = search("app zeppelin");
    expect(rare?.score).toBeGreaterThan(frequent?.score ?? 1);
  });

  it("finds other forms of a word, and accents or none", () => {
    index("Resetting your passwords", "Paramètres détaillés");
    expect(search("reset password")).toHaveLength(1);
    expect(search("parametres detailles")).toHaveLength(1);
    expect(search("Paramètres".normalize("NFD"))).toHaveLength(1);
  });
});
