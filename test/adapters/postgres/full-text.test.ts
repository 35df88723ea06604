import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Database, openDatabase } from "../../../src/adapters/postgres/database.ts";
import { createFullText } from "../../../src/adapters/postgres/full-text.ts";
import { searchLanguages } from "../../../src/adapters/postgres/search-languages.ts";
import { searchByWords } from "../../contracts/search-by-words.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgres,
} from "../../stand-ins/postgres-server.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const signal = new AbortController().signal;
const schema = "auto_responder";

describe.skipIf(!hasPostgres)("search by words in PostgreSQL", () => {
  let server: PostgresServer;
  let database: Database;
  beforeAll(async () => {
    server = await startPostgres();
    const { url } = await server.freshDatabase();
    database = openDatabase({ url, schema, log });
    await database.open();
  });
  afterAll(async () => {
    database?.close();
    await server?.stop();
  });

  const write = (text: string, values: unknown[] = []) =>
    database.inTransaction("write", signal, (sql) => sql.query(text, values));

  const emptyTable = async () => {
    await write(`TRUNCATE ${schema}.answer RESTART IDENTITY CASCADE`);
    const fullText = createFullText(database, {
      table: "answer",
      weights: { question: 2, answer: 1 },
    });
    const add = (
      rows: { question: string; answer: string; language?: string | null }[],
    ): Promise<void> =>
      database.inTransaction("add", signal, async (sql) => {
        const words = await fullText.index(
          sql,
          rows.map(({ question, answer, language = null }) => {
            return { texts: [question, answer], language };
          }),
        );
        await sql.query(
          `INSERT INTO ${schema}.answer
             (id, question, answer, status, author, at, drafted_from, words, lengths, words_in)
           SELECT gen_random_uuid(), question, answer, 'answer', 'teammate', 0, '[]',
                  words, lengths, words_in
           FROM json_to_recordset($1) AS given
             (question text, answer text, words tsvector, lengths int[], words_in text)`,
          [JSON.stringify(rows.map((row, index) => ({ ...storable(row), ...words[index] })))],
        );
      });
    return {
      fullText,
      add,
      remove: async (row: number) => {
        await write(`DELETE FROM ${schema}.answer WHERE row = $1`, [row]);
      },
      search: (text: string, limit: number) => fullText.search(text, limit, signal),
      close: async () => {},
    };
  };

  searchByWords(emptyTable, { manyRows: 3_000 });

  const titled = (...questions: string[]) =>
    questions.map((question) => ({ question, answer: "" }));
  const known = () =>
    write(`SELECT rows, lengths::int[], languages FROM ${schema}.searched WHERE name = 'answer'`);
  const vocabulary = async () => {
    const terms = await write(`SELECT term FROM ${schema}.vocabulary WHERE searched = 'answer'`);
    return terms.map(({ term }) => String(term)).toSorted();
  };

  it("has rules for the endings of every language that it claims to know", async () => {
    const table = await emptyTable();
    for (const [language] of searchLanguages) {
      await table.add([{ question: "invoice", answer: "", language }]);
    }
    expect(await table.search("invoice", 50)).toHaveLength(searchLanguages.length);
  });

  it("finds a row by the endings of its own language, beside rows of others", async () => {
    const table = await emptyTable();
    await table.add([
      { question: "Rechnungen herunterladen", answer: "", language: "de-AT" },
      { question: "Download invoices", answer: "", language: "en" },
      { question: "Télécharger les factures", answer: "", language: "fr" },
      { question: "請求書をダウンロードする", answer: "", language: "ja" },
      { question: "ใบแจ้งหนี้ดาวน์โหลด", answer: "", language: "th" },
    ]);
    const first = async (text: string) => (await table.search(text, 5))[0]?.row;
    expect(await first("Rechnung")).toBe(1);
    expect(await first("invoice")).toBe(2);
    expect(await first("facture")).toBe(3);
    expect(await first("請求書")).toBe(4);
    expect(await first("ดาวน์โหลด")).toBe(5);
    expect(await known()).toMatchObject([{ languages: ["de", "en", "fr"] }]);
  });

  it("knows how many rows there are and how long, whatever becomes of them", async () => {
    const table = await emptyTable();
    await table.add(titled("red green blue", "four five six seven"));
    expect(await known()).toMatchObject([{ rows: 2, lengths: [7, 0, 0, 0] }]);
    await write(`UPDATE ${schema}.answer SET words = $1, lengths = '{1,0}' WHERE row = 2`, [
      "'red':1A",
    ]);
    expect(await known()).toMatchObject([{ rows: 2, lengths: [4, 0, 0, 0] }]);
    expect(await vocabulary()).toEqual(["blue", "green", "red"]);
    await write(`UPDATE ${schema}.answer SET words = NULL, lengths = NULL WHERE row = 1`);
    expect(await known()).toMatchObject([{ rows: 1, lengths: [1, 0, 0, 0] }]);
    await write(`DELETE FROM ${schema}.answer`);
    expect(await known()).toMatchObject([{ rows: 0, lengths: [0, 0, 0, 0] }]);
    expect(await vocabulary()).toEqual([]);
  });

  it("lets many write the same words at once, in any order", async () => {
    const table = await emptyTable();
    const words = ["invoice", "password", "refund", "account", "zebra"];
    await Promise.all(
      Array.from({ length: 12 }, (_, one) =>
        table.add(titled(...words.map((_word, index) => words[(index + one) % 5] ?? ""))),
      ),
    );
    expect(await known()).toMatchObject([{ rows: 60 }]);
    expect(await table.search("zebra", 100)).toHaveLength(12);
  });

  it("stores a text of any size and words of any length, and finds what it takes in", async () => {
    const table = await emptyTable();
    // Together more than a tsvector holds.
    const many = Array.from({ length: 9_000 }, (_, number) => `w${"o".repeat(150)}rd${number}`);
    await table.add([
      {
        question: `zebra ${"x".repeat(3_000)}`,
        answer: `${"again ".repeat(70_000)} ${many.join(" ")}`,
      },
      { question: "nul\u0000and \ud800 lion's \\ 'quoted' | & !", answer: "" },
    ]);
    expect((await table.search("zebra", 5))[0]?.row).toBe(1);
    expect((await table.search(`${many[77]} again`, 5))[0]?.row).toBe(1);
    expect((await table.search("lion quoted", 5))[0]?.row).toBe(2);
  });

  it("looks only among the rows that it is told of", async () => {
    const table = await emptyTable();
    await table.add(titled("invoice one", "invoice two", "invoice three"));
    const hits = await table.fullText.search("invoice", 5, signal, (parameter) => {
      return `row <> ${parameter(1)} AND question <> ${parameter("invoice three")}`;
    });
    expect(hits.map(({ row }) => row)).toEqual([2]);
  });

  it("looks for a word that stands in very many rows among the newest", async () => {
    const table = await emptyTable();
    await table.add(titled(...Array.from({ length: 2_001 }, (_, number) => `app topic${number}`)));
    // As if the table were much larger: nothing counts its rows.
    await write(`UPDATE ${schema}.searched SET rows = 200000 WHERE name = 'answer'`);
    await write(`UPDATE ${schema}.vocabulary SET rows = 100000 WHERE term = 'app'`);
    const rows = async (text: string) =>
      (await table.search(text, 3_000)).map(({ row }) => row).toSorted((a, b) => a - b);
    expect(await rows("app")).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 2));
    expect((await table.search("app topic0", 5))[0]?.row).toBe(1);
  });

  it("takes whatever is typed for words", async () => {
    const table = await emptyTable();
    await table.add(titled("and or not near password"));
    for (const typed of ["a' | b", "foo & !bar:*", "\\", "'", "<->", "\u0000", "(", ":A", ""]) {
      expect(await table.search(typed, 5), typed).toEqual([]);
    }
    expect(await table.search("NOT (password)':*", 5)).toHaveLength(1);
  });

  it("knows what was meant where the words are too many to be read at once", async () => {
    const table = await emptyTable();
    await table.add(
      titled(...Array.from({ length: 2_100 }, (_, number) => `topic${number} password`)),
    );
    // A large table's words are read beside the searches.
    await vi.waitFor(async () => expect(await table.search("pasword", 5)).toHaveLength(5), 30_000);
  });
});

/** PostgreSQL takes no NUL and no half of a letter in a text. */
function storable({ question, answer }: { question: string; answer: string }) {
  return { question: question.toWellFormed().replaceAll("\0", ""), answer };
}
