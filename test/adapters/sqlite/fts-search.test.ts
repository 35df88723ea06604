import type { DatabaseSync } from "node:sqlite";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { inTransaction, openDatabase } from "../../../src/adapters/sqlite/database.ts";
import { createFtsQueryBuilder } from "../../../src/adapters/sqlite/fts-query.ts";
import { createFtsSearch } from "../../../src/adapters/sqlite/fts-search.ts";
import { openFtsTable } from "../../../src/adapters/sqlite/fts-table.ts";
import { createTermReader } from "../../../src/adapters/sqlite/fts-terms.ts";
import { createVocabularyReader } from "../../../src/adapters/sqlite/fts-vocabulary.ts";
import { toIndexText } from "../../../src/lib/full-text/words.ts";
import { searchByWords } from "../../contracts/search-by-words.ts";

let database: DatabaseSync;
beforeEach(() => {
  database = openDatabase(":memory:");
});
afterEach(() => database.close());

function index(...texts: string[]): void {
  const insert = database.prepare("INSERT INTO answer_words (question, answer) VALUES (?, '')");
  for (const text of texts) insert.run(toIndexText(text));
}

const weights = { question: 2, answer: 1 };

describe("query for full-text search", () => {
  const queryBuilder = () => {
    const table = openFtsTable(database, "answer_words", Object.keys(weights));
    const written = () => table.statistics().written;
    const readVocabulary = createVocabularyReader(database, "answer_words", written);
    return createFtsQueryBuilder(table, readVocabulary, createTermReader(database));
  };
  const searchedFor = (text: string, queries = queryBuilder()) =>
    queries(text)
      .filter(({ isSearched }) => isSearched)
      .map(({ word }) => word);

  it("leaves out words that say nothing, where others remain", () => {
    index("How do I cancel?", "How do I pay?");
    expect(searchedFor("How do I cancel?")).toEqual(["cancel"]);
    expect(searchedFor("Où est-ce que je peux pay ?")).toEqual(["pay"]);
    expect(searchedFor("How do I").toSorted()).toEqual(["do", "how", "i"]);
  });

  it("asks once for two forms of a word", () => {
    index("invoice");
    expect(searchedFor("invoice, invoices, INVOICED")).toEqual(["invoice"]);
  });

  it("takes the rarest 24 words of a long text", () => {
    const common = Array.from({ length: 30 }, (_, number) => `common${number}x`);
    index(common.join(" "), common.join(" "), "rare");
    const words = searchedFor(`${common.join(" ")} rare`);
    expect(words).toHaveLength(24);
    expect(words[0]).toBe("rare");
  });

  it("keeps away from words in so many rows that they would make the query slow", () => {
    const insert = database.prepare(
      "INSERT INTO answer_words (question, answer) VALUES ('frequent usual ordinary', ?)",
    );
    database.exec("BEGIN");
    for (let row = 0; row < 9_000; row++) insert.run(row < 3 ? "special" : "");
    database.exec("COMMIT");
    const words = searchedFor("special frequent usual ordinary");
    expect(words[0]).toBe("special");
    expect(words.length).toBeLessThan(4);
    expect(searchedFor("frequent usual ordinary").length).toBeGreaterThanOrEqual(2);
  });

  it("notices that words have become frequent", () => {
    const queries = queryBuilder();
    index("invoice");
    expect(searchedFor("password invoice", queries)).toEqual(["invoice"]);
    index("password", "password again");
    expect(searchedFor("password invoice", queries)).toEqual(["invoice", "password"]);
  });

  it("finds a word that has just come into the table, also where it was asked for before", () => {
    const queries = queryBuilder();
    index(...Array.from({ length: 50 }, () => "invoice"));
    expect(searchedFor("zeppelin invoice", queries)).toEqual(["invoice"]);
    index("zeppelin");
    expect(searchedFor("zeppelin invoice", queries)).toEqual(["zeppelin", "invoice"]);
  });

  it("finds the one known word among many that are not", () => {
    index("invoice");
    const unheardOf = Array.from({ length: 40 }, (_, number) => `unheardof${number}`).join(" ");
    expect(searchedFor(`${unheardOf} invoice`)).toEqual(["invoice"]);
  });

  it("is a query that SQLite takes, whatever was typed", () => {
    index("and or not near password");
    const search = createFtsSearch(database, { table: "answer_words", weights });
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

describe("what the index says of a table", () => {
  it("knows how many rows there are and how long, and forgets what was removed", () => {
    index("one two three", "four five six seven");
    const table = openFtsTable(database, "answer_words", Object.keys(weights));
    expect(table.statistics()).toMatchObject({ rows: 2, averageLengths: [3.5, 0] });
    expect(table.lengths([1, 2]).get(2)?.[0]).toBe(4);
    index(Array.from({ length: 300 }, () => "word").join(" "));
    expect(table.lengths([3]).get(3)?.[0]).toBe(300);
    expect(table.occurrences("word")).toHaveLength(300);
    database.exec("DELETE FROM answer_words WHERE rowid IN (1, 3)");
    expect(table.statistics().rows).toBe(1);
    expect(table.occurrences("word")).toEqual([]);
  });
});

searchByWords(
  async () => {
    const opened = openDatabase(":memory:");
    const search = createFtsSearch(opened, { table: "answer_words", weights });
    const insert = opened.prepare("INSERT INTO answer_words (question, answer) VALUES (?, ?)");
    const remove = opened.prepare("DELETE FROM answer_words WHERE rowid = ?");
    return {
      add: async (rows) =>
        inTransaction(opened, () => {
          for (const { question, answer } of rows) {
            insert.run(toIndexText(question), toIndexText(answer));
          }
        }),
      remove: async (row) => void remove.run(row),
      search: async (text, limit) => search.search(text, limit),
      close: async () => opened.close(),
    };
  },
  { manyRows: 20_000 },
);
