import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { Article, ArticleIndex } from "../../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { recall } from "../../../src/core/knowledge/recall.ts";
import { type Embedder, withQueries } from "../../../src/lib/by-meaning/embedder.ts";
import { answerOf } from "../../contracts/memory.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const signal = new AbortController().signal;

/** A made-up model that knows three meanings. */
function meaningOf(text: string): Float32Array {
  const has = (pattern: RegExp) => (pattern.test(text) ? 1 : 0);
  return Float32Array.of(has(/car|automobile/i), has(/invoice|bill/i), has(/colour|paint/i), 0.1);
}

describe("recall by meaning", () => {
  const log = createRecordingLog();
  let texts: string[][];
  let embed: Embedder["embed"];

  beforeEach(() => {
    log.lines.length = 0;
    texts = [];
    embed = async (asked) => asked.map(meaningOf);
  });

  let now = 0;
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
      () => now,
    );
  const open = (directory = ":memory:", model = "test-model") =>
    createSqliteMemory({ directory, log, embedder: embedder(model) });

  const answers = [
    answerOf({ partId: "1", question: "Payment of my old car car car", answer: "Send the bill." }),
    answerOf({ partId: "2", question: "Payment for an automobile", answer: "See the price list." }),
    answerOf({ partId: "3", question: "Payment of paint", answer: "At the counter." }),
  ];

  it("ranks the same meaning in other words higher than the same words alone", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    const query = "payment paint automobile automobile";
    embed = async (asked) =>
      asked.map((text) => (text === query ? meaningOf("car") : meaningOf(text)));
    const found = await memory.recallAnswers(query, { limit: 3 }, signal);
    expect(found[0]?.title).toBe("Payment for an automobile");
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it("never embeds what is not recalled", async () => {
    const memory = open();
    await memory.rememberAnswers(
      [answerOf({ status: "rejected" }), answerOf({ partId: "2", author: "automatic-reply" })],
      signal,
    );
    expect(texts).toEqual([]);
    expect(await memory.fillVectors?.(signal)).toBe(0);
  });

  it("embeds nothing again that is stored again unchanged", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    await memory.rememberAnswers(answers, signal);
    expect(texts).toHaveLength(1);
  });

  it("goes on by words when the embeddings model fails, and says so", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    embed = async () => {
      throw new Error("connect ECONNREFUSED");
    };
    expect(await memory.recallAnswers("payment paint", { limit: 3 }, signal)).toHaveLength(3);
    expect(log.lines).toMatchObject([{ level: "warn", event: "embedding failed" }]);
  });

  it("embeds later what was stored while the model was down", async () => {
    const memory = open();
    const working = embed;
    embed = async () => {
      throw new Error("down");
    };
    await memory.rememberAnswers(answers, signal);
    expect(await memory.fillVectors?.(signal)).toBe(0);
    embed = working;
    expect(await memory.fillVectors?.(signal)).toBe(3);
    expect(await memory.fillVectors?.(signal)).toBe(0);
  });

  it("refuses vectors of another length than those stored, in writing", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    embed = async (asked) => asked.map(() => Float32Array.of(1));
    const expected = /1 dimensions where 4 are stored for test-model/;
    await expect(memory.rememberAnswers([answerOf({ partId: "4" })], signal)).rejects.toThrow(
      expected,
    );
  });

  it("refuses fewer vectors than texts", async () => {
    const memory = open();
    embed = async () => [];
    await expect(memory.rememberAnswers(answers, signal)).rejects.toThrow(/0 vectors for 3 texts/);
  });

  it("does not hide that the caller has given up", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    const caller = new AbortController();
    embed = async () => {
      caller.abort(new Error("too late"));
      throw new Error("aborted");
    };
    await expect(memory.recallAnswers("payment", { limit: 3 }, caller.signal)).rejects.toThrow(
      "too late",
    );
  });

  it("finds an answer that shares no word with the question, and scores it half at most", async () => {
    const memory = open();
    await memory.rememberAnswers(answers, signal);
    embed = async (asked) => asked.map(() => meaningOf("car"));
    const found = await memory.recallAnswers("Wieviel kostet mein Fahrzeug?", { limit: 3 }, signal);
    expect(found[0]?.title).toMatch(/car|automobile/);
    for (const { score } of found) expect(score).toBeLessThanOrEqual(0.5);
  });

  it("embeds anew for another model, and compares no vectors of the one before", async () => {
    const directory = mkdtempSync(join(tmpdir(), "vectors-"));
    try {
      const before = open(directory);
      await before.rememberAnswers(answers, signal);
      before.close();
      embed = async (asked) => asked.map((text) => Float32Array.of(...meaningOf(text), 1));
      const after = open(directory, "another-model");
      expect(await after.recallAnswers("Fahrzeug", { limit: 3 }, signal)).toEqual([]);
      expect(await after.fillVectors?.(signal)).toBe(3);
      expect(await after.recallAnswers("Fahrzeug", { limit: 3 }, signal)).toHaveLength(3);
      after.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("finds by meaning what another process has stored, changed or removed since", async () => {
    const directory = mkdtempSync(join(tmpdir(), "vectors-"));
    try {
      const [one, other] = [open(directory), open(directory)];
      const titles = async (query: string) =>
        (await other.recallAnswers(query, { limit: 3 }, signal)).map(({ title }) => title);
      embed = async (asked) =>
        asked.map((text) => meaningOf(text === "Fahrzeug" ? "automobile" : text));
      expect(await titles("Fahrzeug")).toEqual([]);
      const ids = await one.rememberAnswers(answers.slice(1), signal);
      expect(await titles("Fahrzeug")).toEqual(["Payment for an automobile", "Payment of paint"]);
      await one.replaceAnswer(ids[0] ?? "", answerOf({ partId: "2", question: "Invoice" }), signal);
      await one.replaceAnswer(ids[1] ?? "", answerOf({ partId: "3", question: "My car" }), signal);
      expect(await titles("Fahrzeug")).toEqual(["My car", "Invoice"]);
      await one.forgetAnswer(ids[1] ?? "", signal);
      expect(await titles("Fahrzeug")).toEqual(["Invoice"]);
      one.close();
      other.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("compares what was embedded by an older version without embedding it again", async () => {
    const directory = mkdtempSync(join(tmpdir(), "vectors-"));
    try {
      const before = open(directory);
      await before.rememberAnswers(answers, signal);
      before.close();
      const file = new DatabaseSync(join(directory, "memory.sqlite"));
      file.exec("DELETE FROM answer_signs");
      file.close();
      const memory = open(directory);
      texts = [];
      expect(await memory.fillVectors?.(signal)).toBe(0);
      expect(texts).toEqual([]);
      embed = async (asked) => asked.map(() => meaningOf("car"));
      expect(await memory.recallAnswers("Fahrzeug", { limit: 3 }, signal)).toHaveLength(3);
      memory.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("leaves only that text without a vector which the model refuses", async () => {
    const memory = open();
    embed = async () => {
      throw new Error("down");
    };
    await memory.rememberAnswers(answers, signal);
    embed = async (asked) => {
      if (asked.some((text) => text.includes("paint"))) throw new Error("400");
      return asked.map(meaningOf);
    };
    log.lines.length = 0;
    expect(await memory.fillVectors?.(signal)).toBe(2);
    expect(log.lines.at(-1)).toMatchObject({
      event: "embedded",
      values: { embedded: 2, refused: 1 },
    });
    // And does not ask for it again and again.
    texts = [];
    expect(await memory.fillVectors?.(signal)).toBe(0);
    expect(texts).toEqual([]);
  });

  describe("of articles", () => {
    const article = (values: Partial<Article>): Article => ({
      id: "1/en",
      articleId: "1",
      title: "Wheels",
      collections: [],
      text: "",
      url: null,
      language: "en",
      updatedAt: null,
      isInternal: false,
      ...values,
    });
    const filler = (about: string) => `${about}. ${"Some more is said of it here. ".repeat(15)}`;
    const text = ["car", "invoice", "colour"].map((about) => `## ${about}\n\n${filler(about)}`);
    const put = (index: ArticleIndex, given: Article) =>
      index.put("published", given, passagesOf(given.text));
    let articles: ArticleIndex;

    beforeEach(() => {
      articles = createSqliteHelpCenter(":memory:", { embedder: embedder(), log });
    });

    it("finds a passage that shares no word with the question, once it is embedded", async () => {
      await put(articles, article({ text: text.join("\n\n") }));
      await put(articles, article({ id: "2/en", articleId: "2", title: "Paper", text: "A bill." }));
      // Taking them in waited for no model.
      expect(texts).toEqual([]);
      embed = async (asked) => asked.map((one) => meaningOf(one === "Rechnung" ? "invoice" : one));
      const search = async () =>
        (await articles.search("Rechnung", { limit: 5 }, signal)).map(({ title }) => title);
      expect(await search()).toEqual([]);
      expect(await articles.fillVectors(signal)).toBe(4);
      expect((await search()).toSorted()).toEqual(["Paper", "Wheels"]);
      expect(log.lines.map(({ event }) => event)).toEqual(["embedding begins", "embedded"]);
    });

    it("embeds of a changed article what is said otherwise, and nothing twice", async () => {
      await put(articles, article({ text: text.join("\n\n") }));
      await articles.fillVectors(signal);
      texts = [];
      const changed = [text[0], text[1], `## paint\n\n${filler("paint")}`].join("\n\n");
      await put(articles, article({ text: changed }));
      await put(articles, article({ text: changed, updatedAt: 5 }));
      expect(await articles.fillVectors(signal)).toBe(1);
      expect(texts.flat()).toEqual([expect.stringContaining("Wheels\n## paint")]);
      expect(await articles.fillVectors(signal)).toBe(0);
    });

    it("asks the model once for a question that is looked for in answers and articles", async () => {
      const shared = embedder();
      const memory = createSqliteMemory({ directory: ":memory:", log, embedder: shared });
      articles = createSqliteHelpCenter(":memory:", { embedder: shared, log });
      await memory.rememberAnswers(answers, signal);
      await put(articles, article({ text: text.join("\n\n") }));
      await articles.fillVectors(signal);
      texts = [];
      const ports = { memory, helpCenter: articles };
      const whose = { contactId: "7", inConversation: "8", asker: {} };
      await recall("payment for a car", whose, ports);
      await recall("payment for a car", whose, ports);
      expect(texts).toEqual([["payment for a car"]]);
    });

    it("leaves a model that is down alone for ten seconds", async () => {
      await put(articles, article({ text: text.join("\n\n") }));
      embed = async () => {
        throw new Error("down");
      };
      const search = (query: string) => articles.search(query, { limit: 5 }, signal);
      expect(await search("invoice")).toHaveLength(1);
      expect(await search("colour")).toHaveLength(1);
      expect(texts).toEqual([["invoice"]]);
      now += 10_000;
      await search("colour");
      expect(texts).toEqual([["invoice"], ["colour"]]);
    });
  });
});
