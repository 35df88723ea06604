import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AnswerMemory } from "../../src/core/knowledge/answer-memory.ts";
import type { ArticleIndex } from "../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../src/core/knowledge/passages.ts";
import { lookupId } from "../../src/core/lookup-tools.ts";
import {
  type Embedder,
  type QueryEmbedder,
  withQueries,
} from "../../src/lib/by-meaning/embedder.ts";
import { createRecordingLog } from "../stand-ins/recording-log.ts";
import { articleOf } from "./help-center.ts";
import { answerOf } from "./memory.ts";

const { signal } = new AbortController();

/** A made-up model that knows three meanings, also in German. */
function meaningOf(text: string): Float32Array {
  const has = (pattern: RegExp) => (pattern.test(text) ? 1 : 0);
  return Float32Array.of(
    has(/car\b|automobile|Fahrzeug/i),
    has(/invoice|bill\b|Rechnung/i),
    has(/colour|paint|Farbe/i),
    0.1,
  );
}

type Log = ReturnType<typeof createRecordingLog>;
export type OpenStores = (
  embedder: QueryEmbedder,
  log: Log,
  /** Another model over what the stores before it have kept. */
  again?: boolean,
) => Promise<{ memory: AnswerMemory; articles: ArticleIndex; close(): Promise<void> }>;

/** What every store does that finds by meaning too. */
export function describeSearchByMeaning(name: string, open: OpenStores): void {
  describe(`search by meaning: ${name}`, () => {
    const log = createRecordingLog();
    let texts: string[][];
    let embed: Embedder["embed"];
    let stores: Awaited<ReturnType<OpenStores>>;

    const embedder = (model = "test-model") =>
      withQueries(
        {
          model,
          embed: (asked, caller) => {
            texts.push(asked);
            return embed(asked, caller);
          },
        },
        log,
        () => performance.now(),
      );

    beforeEach(async () => {
      log.lines.length = 0;
      texts = [];
      embed = async (asked) => asked.map(meaningOf);
      stores = await open(embedder(), log);
    });
    afterEach(() => stores.close());

    const answers = [
      answerOf({ partId: "1", question: "Payment of my old car", answer: "Send it." }),
      answerOf({ partId: "2", question: "Payment of the invoice", answer: "By card." }),
      answerOf({ partId: "3", question: "Payment of paint", answer: "At the counter." }),
    ];
    const fill = async () =>
      ((await stores.memory.fillVectors?.(signal)) ?? 0) +
      (await stores.articles.fillVectors(signal));
    const recalled = async (query: string, limit = 3) =>
      (await stores.memory.recallAnswers(query, { limit }, signal)).map(({ title }) => title);
    const found = async (query: string) =>
      (await stores.articles.search(query, { limit: 3 }, signal)).map(({ title }) => title);
    const section = (about: string) =>
      `## ${about}\n\n${about}. ${"Some more is said of it here. ".repeat(15)}`;

    it("finds an answer that shares no word with the question, and scores it half at most", async () => {
      await stores.memory.rememberAnswers(answers, signal);
      await fill();
      expect((await recalled("Fahrzeug"))[0]).toBe("Payment of my old car");
      const sources = await stores.memory.recallAnswers("Fahrzeug", { limit: 3 }, signal);
      for (const { score } of sources) expect(score).toBeLessThanOrEqual(0.5);
    });

    it("ranks what both find first, with the score of its words", async () => {
      await stores.memory.rememberAnswers(answers, signal);
      await fill();
      const [first] = await stores.memory.recallAnswers(
        "payment of an invoice",
        { limit: 3 },
        signal,
      );
      expect(first?.title).toBe("Payment of the invoice");
      expect(first?.score).toBeGreaterThan(0.3);
    });

    it("finds an article that shares no word with the question, once it is embedded", async () => {
      const one = articleOf("Pay the bill.", { title: "Paper" });
      const other = articleOf("A car.", { id: "b-en", articleId: "b", title: "Wheels" });
      for (const article of [one, other]) {
        await stores.articles.put("published", article, passagesOf(article.text));
      }
      // Taking them in waited for no model.
      expect(texts).toEqual([]);
      expect(await found("Rechnung")).toEqual([]);
      expect(await fill()).toBe(2);
      expect((await found("Rechnung"))[0]).toBe("Paper");
      expect(await fill()).toBe(0);
    });

    it("embeds of a changed article what is said otherwise, and nothing twice", async () => {
      const before = ["car", "invoice", "colour"].map(section).join("\n\n");
      await stores.articles.put("published", articleOf(before), passagesOf(before));
      expect(await fill()).toBe(3);
      texts = [];
      const after = ["car", "invoice", "paint"].map(section).join("\n\n");
      await stores.articles.put("published", articleOf(after), passagesOf(after));
      expect(await fill()).toBe(1);
      expect(texts.flat()).toEqual([expect.stringContaining("## paint")]);
    });

    it("goes by an answer's words of now, and finds nothing that was forgotten", async () => {
      const ids = await stores.memory.rememberAnswers(answers, signal);
      await fill();
      const changed = answerOf({ partId: "1", question: "Invoice", answer: "By card." });
      await stores.memory.replaceAnswer(ids[0] ?? "", changed, signal);
      await fill();
      expect((await recalled("Rechnung", 2)).toSorted()).toEqual([
        "Invoice",
        "Payment of the invoice",
      ]);
      await stores.memory.forgetAnswer(ids[0] ?? "", signal);
      expect(await recalled("Rechnung", 1)).toEqual(["Payment of the invoice"]);
      await fill();
      expect(await recalled("Rechnung", 9)).not.toContain("Invoice");
    });

    it("never finds what was true for one customer only, nor what no person has looked at", async () => {
      const kept = answerOf({ partId: "4", question: "My automobile", answer: "At the dealer's." });
      await stores.memory.rememberAnswers(
        [
          { ...kept, draftedFrom: [lookupId("orders", { number: "42" })] },
          { ...kept, partId: "5", author: "automatic-reply" },
          { ...kept, partId: "6", status: "rejected" },
        ],
        signal,
      );
      expect(await fill()).toBe(0);
      expect(await recalled("Fahrzeug")).toEqual([]);
      const changed = { ...kept, partId: "7" };
      const [id = ""] = await stores.memory.rememberAnswers([changed], signal);
      await fill();
      expect(await recalled("Fahrzeug")).toEqual(["My automobile"]);
      await stores.memory.replaceAnswer(id, { ...changed, status: "retired" }, signal);
      expect(await recalled("Fahrzeug")).toEqual([]);
    });

    it("goes on by words when the model fails, and gives the vectors later", async () => {
      embed = async () => {
        throw new Error("connect ECONNREFUSED");
      };
      await stores.memory.rememberAnswers(answers, signal);
      expect(await fill()).toBe(0);
      expect(await recalled("paint")).toEqual(["Payment of paint"]);
      expect(log.lines.map(({ event }) => event)).toContain("embedding failed");
      embed = async (asked) => asked.map(meaningOf);
      expect(await fill()).toBe(3);
    });

    it("refuses vectors of another length than those stored, and recalls by words", async () => {
      await stores.memory.rememberAnswers(answers, signal);
      await fill();
      embed = async (asked) => asked.map(() => Float32Array.of(1));
      expect(await recalled("paint")).toEqual(["Payment of paint"]);
      expect(JSON.stringify(log.lines)).toContain("1 dimensions where 4 are stored for test-model");
    });

    it.each([0, Number.NaN, Number.POSITIVE_INFINITY])(
      "takes no vector of %s, stored or asked with",
      async (value) => {
        embed = async (asked) =>
          asked.map((text) =>
            /paint/.test(text) ? new Float32Array(4).fill(value) : meaningOf(text),
          );
        await stores.memory.rememberAnswers(answers, signal);
        await fill();
        expect((await recalled("Fahrzeug"))[0]).toBe("Payment of my old car");
        const found = await stores.memory.recallAnswers("paint", { limit: 3 }, signal);
        expect(found.map(({ title }) => title)).toEqual(["Payment of paint"]);
        expect(found[0]?.score).toBeGreaterThan(0);
      },
    );

    it("embeds anew for another model, and compares no vectors of the one before", async () => {
      await stores.memory.rememberAnswers(answers, signal);
      await fill();
      embed = async (asked) => asked.map((text) => Float32Array.of(...meaningOf(text), 0.1));
      const before = stores;
      stores = await open(embedder("another-model"), log, true);
      await before.close();
      expect(await recalled("Fahrzeug")).toEqual([]);
      expect(await fill()).toBe(3);
      expect((await recalled("Fahrzeug"))[0]).toBe("Payment of my old car");
    });
  });
}
