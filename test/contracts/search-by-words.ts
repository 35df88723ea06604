import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { FullTextHit } from "../../src/lib/full-text/ranking.ts";

/** A table that is searched by words. */
export type SearchedTable = {
  /** Their rows are 1, 2 … in the order in which they come. */
  add(rows: { question: string; answer: string }[]): Promise<void>;
  remove(row: number): Promise<void>;
  /** A question weighs twice as much as an answer. */
  search(text: string, limit: number): Promise<FullTextHit[]>;
  close(): Promise<void>;
};

/**
 * What a search by words finds, in whichever store.
 *
 * @param open an empty table
 * @param options.manyRows as many as the store takes in within a second or few
 */
export function searchByWords(
  open: () => Promise<SearchedTable>,
  { manyRows }: { manyRows: number },
): void {
  let table: SearchedTable;
  beforeEach(async () => {
    table = await open();
  });
  afterEach(() => table.close());

  const index = (...questions: string[]) =>
    table.add(questions.map((question) => ({ question, answer: "" })));
  const search = (text: string) => table.search(text, 10);
  const rows = async (text: string) => (await search(text)).map(({ row }) => row);

  describe("order of full-text search", () => {
    const filler = (count: number) =>
      index(...Array.from({ length: count }, (_, number) => `something about topic ${number}`));

    it.each([0, 500, manyRows])(
      "is the same with %i rows beside those that fit",
      async (others) => {
        await index(
          "invite teammates to invoices, invoices, invoices",
          "see your invoices",
          "see your team",
          "invoices by mail",
        );
        await filler(others);
        expect((await rows("where can I see my invoices?"))[0]).toBe(2);
      },
    );

    it("gives weight to a word that stands in most of the rows", async () => {
      await index("pay the invoice", "send the invoice", "print the invoice", "invoice", "other");
      expect((await rows("invoice")).length).toBe(4);
      expect((await rows("print invoice"))[0]).toBe(3);
    });

    it("puts a row with more of the words before one that repeats one of them", async () => {
      await index(
        "cancel cancel cancel cancel cancel it",
        "how to cancel a subscription before",
        "subscription subscription subscription subscription",
      );
      await filler(20);
      expect((await rows("cancel subscription"))[0]).toBe(2);
    });

    it("takes a word of the title for more than one of the text", async () => {
      await table.add([{ question: "Opening hours", answer: "Refunds take five days" }]);
      await table.add([{ question: "Refunds", answer: "Opening them takes five days" }]);
      expect((await rows("refunds"))[0]).toBe(2);
    });
  });

  describe("words that stand nowhere", () => {
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
    ])("finds %j for %j", async (text, typed) => {
      await index("something else entirely", text, "another matter");
      expect(await rows(typed)).toEqual([2]);
    });

    it("counts what was probably meant for less than what was typed", async () => {
      await index("cancel subscription", "refund policy");
      const [right] = await search("cancel subscription");
      const [mistyped] = await search("cancle subscribtion");
      expect(mistyped?.row).toBe(1);
      expect(mistyped?.score).toBeGreaterThan(0.5);
      expect(mistyped?.score).toBeLessThan((right?.score ?? 0) - 0.05);
    });

    it("guesses at nothing that stands somewhere, is short, a number, or merely alike", async () => {
      await index("refund", "refunded again and again", "host", "order 12345", "port", "want");
      expect((await rows("refund")).length).toBe(2);
      for (const typed of ["cost", "hos", "12346", "wand", "zeppelin", "import"]) {
        expect(await rows(typed), typed).toEqual([]);
      }
    });

    it("knows words that came in since, and none that are gone", async () => {
      await index("invoice");
      expect(await search("pasword")).toEqual([]);
      await index("password");
      expect(await search("pasword")).toHaveLength(1);
      await table.remove(2);
      await index("passport");
      expect(await search("pasword")).toEqual([]);
    });

    it("looks for little words where nothing else is found", async () => {
      await index("it is here", "somewhere");
      const [hit] = await search("is the zeppelin here");
      expect(hit?.row).toBe(1);
      expect(hit?.score).toBeLessThan(0.7);
    });
  });

  describe("score of full-text search", () => {
    it("is high for a row that says all that was asked, in a table of any size", async () => {
      await index("How do I reset my password?");
      expect((await search("reset password"))[0]?.score).toBeGreaterThan(0.75);
      await index(
        ...Array.from({ length: 200 }, (_, number) => `question ${number} about invoices`),
      );
      expect((await search("reset password"))[0]?.score).toBeGreaterThan(0.75);
    });

    it("falls with the share of the question that no row says", async () => {
      await index("reset password", "cancel subscription", "change address");
      const [whole] = await search("reset password");
      const [half] = await search("reset zeppelin");
      expect(half?.score).toBeGreaterThan(0.3);
      expect(half?.score).toBeLessThan((whole?.score ?? 0) - 0.15);
      expect(await search("zeppelin")).toEqual([]);
    });

    it("is lower for a row that says it among much else", async () => {
      const other = Array.from({ length: 60 }, (_, number) => `word${number}`).join(" ");
      await index("reset password", `reset ${other} password`, "cancel", "address", "invoice");
      const [short, long] = await search("reset password");
      expect(short?.row).toBe(1);
      expect(long?.score).toBeLessThan((short?.score ?? 0) - 0.1);
    });

    it("weighs a rare word more than a frequent one", async () => {
      await index("app crashes", "app update", "app login", "app export", "app price");
      const [rare] = await search("crashes zeppelin");
      const [frequent] = await search("app zeppelin");
      expect(rare?.score).toBeGreaterThan(frequent?.score ?? 1);
    });

    it("is below the usual threshold where the words stand beside what a row is about", async () => {
      await table.add([
        {
          question: "Invite teammates",
          answer: "A member sees and sends invoices of their own customers",
        },
      ]);
      await table.add([
        {
          question: "Change the logo",
          answer: "It stands on top of everything that you print or send",
        },
      ]);
      const [beside] = await search("see invoices");
      expect(beside?.row).toBe(1);
      expect(beside?.score).toBeLessThan(0.8);
      await table.add([{ question: "See your invoices", answer: "They are listed by month" }]);
      const [about] = await search("see invoices");
      expect(about?.row).toBe(3);
      expect(about?.score).toBeGreaterThan(0.8);
    });

    it("finds other forms of a word, and accents or none", async () => {
      await index("Resetting your passwords", "Paramètres détaillés");
      expect(await search("reset password")).toHaveLength(1);
      expect(await search("parametres detailles")).toHaveLength(1);
      expect(await search("Paramètres".normalize("NFD"))).toHaveLength(1);
    });
  });
}
