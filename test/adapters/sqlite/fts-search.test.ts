import type { DatabaseSync } from "node:sqlite";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openDatabase } from "../../../src/adapters/sqlite/database.ts";
import { createFtsQueryBuilder } from "../../../src/adapters/sqlite/fts-query.ts";
import { createFtsSearch } from "../../../src/adapters/sqlite/fts-search.ts";
import { openFtsTable } from "../../../src/adapters/sqlite/fts-table.ts";
import { createTermReader } from "../../../src/adapters/sqlite/fts-terms.ts";
import { createVocabularyReader } from "../../../src/adapters/sqlite/fts-vocabulary.ts";
import { toIndexText } from "../../../src/lib/full-text/words.ts";

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

describe("order of full-text search", () => {
  const rows = (text: string) =>
    createFtsSearch(database, { table: "answer_words", weights })
      .search(text, 10)
      .map(({ row }) => row);
  const filler = (count: number) =>
    index(...Array.from({ length: count }, (_, number) => `something about topic ${number}`));

  it.each([0, 500, 20_000])("is the same with %i rows beside those that fit", (others) => {
    index(
      "invite teammates to invoices, invoices, invoices",
      "see your invoices",
      "see your team",
      "invoices by mail",
    );
    filler(others);
    expect(rows("where can I see my invoices?")[0]).toBe(2);
  });

  it("gives weight to a word that stands in most of the rows", () => {
    index("pay the invoice", "send the invoice", "print the invoice", "invoice", "other");
    expect(rows("invoice").length).toBe(4);
    expect(rows("print invoice")[0]).toBe(3);
  });

  it("puts a row with more of the words before one that repeats one of them", () => {
    index(
      "cancel cancel cancel cancel cancel it",
      "how to cancel a subscription before",
      "subscription subscription subscription subscription",
    );
    filler(20);
    expect(rows("cancel subscription")[0]).toBe(2);
  });

  it("takes a word of the title for more than one of the text", () => {
    const insert = database.prepare("INSERT INTO answer_words (question, answer) VALUES (?, ?)");
    insert.run("Opening hours", "Refunds take five days");
    insert.run("Refunds", "Opening them takes five days");
    expect(rows("refunds")[0]).toBe(2);
  });

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

describe("words that stand nowhere", () => {
  const search = (text: string) =>
    createFtsSearch(database, { table: "answer_words", weights }).search(text, 10);
  const rows = (text: string) => search(text).map(({ row }) => row);

  it.each([
    ["cancel my account", "cancle my acount"],
    ["download your invoices", "invoces"],
    ["download your invoices", "donwload"],
    ["change the subscription", "subscirption"],
    ["change the subscription", "subscriptions"],
    ["Rechnung herunterladen", "Rechnungen"],
    ["Rechnung herunterladen", "Rechnungs-PDF"],
    ["Rechnung herunterladen", "Rechnungsdatum"],
    ["Passwort ändern", "passwortänderung"],
    ["Kündigung des Vertrags", "kündigen"],
    ["Réinitialiser le paramètre", "reinitialisre"],
  ])("finds %j for %j", (text, typed) => {
    index("something else entirely", text, "another matter");
    expect(rows(typed)).toEqual([2]);
  });

  it("counts what was probably meant for less than what was typed", () => {
    index("cancel subscription", "refund policy");
    const [right] = search("cancel subscription");
    const [mistyped] = search("cancle subscribtion");
    expect(mistyped?.row).toBe(1);
    expect(mistyped?.score).toBeGreaterThan(0.5);
    expect(mistyped?.score).toBeLessThan((right?.score ?? 0) - 0.05);
  });

  it("guesses at nothing that stands somewhere, is short, a number, or merely alike", () => {
    index("refund", "refunded again and again", "host", "order 12345", "port", "want");
    expect(rows("refund").length).toBe(2);
    for (const typed of ["cost", "hos", "12346", "wand", "zeppelin", "import"]) {
      expect(rows(typed), typed).toEqual([]);
    }
  });

  it("knows words that came in since, and none that are gone", () => {
    const same = createFtsSearch(database, { table: "answer_words", weights });
    index("invoice");
    expect(same.search("pasword", 5)).toEqual([]);
    index("password");
    expect(same.search("pasword", 5)).toHaveLength(1);
    database.exec("DELETE FROM answer_words WHERE rowid = 2");
    index("passport");
    expect(same.search("pasword", 5)).toEqual([]);
  });

  it("looks for little words where nothing else is found", () => {
    index("it is here", "somewhere");
    const [hit] = search("is the zeppelin here");
    expect(hit?.row).toBe(1);
    expect(hit?.score).toBeLessThan(0.7);
  });
});

describe("score of full-text search", () => {
  const search = (text: string) =>
    createFtsSearch(database, { table: "answer_words", weights }).search(text, 10);

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

  it("is below the usual threshold where the words stand beside what a row is about", () => {
    const insert = database.prepare("INSERT INTO answer_words (question, answer) VALUES (?, ?)");
    insert.run("Invite teammates", "A member sees and sends invoices of their own customers");
    insert.run("Change the logo", "It stands on top of everything that you print or send");
    const [beside] = search("see invoices");
    expect(beside?.row).toBe(1);
    expect(beside?.score).toBeLessThan(0.8);
    insert.run("See your invoices", "They are listed by month");
    const [about] = search("see invoices");
    expect(about?.row).toBe(3);
    expect(about?.score).toBeGreaterThan(0.8);
  });

  it("finds other forms of a word, and accents or none", () => {
    index("Resetting your passwords", "Paramètres détaillés");
    expect(search("reset password")).toHaveLength(1);
    expect(search("parametres detailles")).toHaveLength(1);
    expect(search("Paramètres".normalize("NFD"))).toHaveLength(1);
  });
});
