import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { measureAgreement } from "./agreement-measure.ts";
import { openBenchEmbedder } from "./bench-embedder.ts";
import { createPlainBm25, wordsOf } from "./plain-bm25.ts";
import { measureRetrieval } from "./retrieval-measure.ts";
import { readQuestions, reworded } from "./retrieval-questions.ts";
import { seeded } from "./seeded.ts";

const file = new URL("../../../shared/data/wixqa-sample.jsonl", import.meta.url);
const isThere = existsSync(file);
const title = isThere
  ? "finding the right article, on real questions"
  : "finding the right article, on real questions (skipped: the file of questions is not at hand)";

describe.skipIf(!isThere)(title, () => {
  it("has a right one among the first five for at least 93 %, and no fewer with vectors", async () => {
    const questions = readQuestions(file);
    expect(questions.articles).toHaveLength(173);
    expect(questions.questions).toHaveLength(160);

    // As weak a model as there is.
    const embedder = await openBenchEmbedder("lsa", null, file.pathname);
    const measured = await measureRetrieval(questions, Number.POSITIVE_INFINITY, {
      embedder,
    });
    await embedder.close();
    const [clean] = measured;

    expect(clean?.wording).toBe("clean");
    expect(clean?.ours.hitAt5).toBeGreaterThanOrEqual(0.93);
    expect(clean?.ours.hitAt5).toBeGreaterThan(clean?.plain.hitAt5 ?? 1);
    expect(clean?.ours.meanReciprocalRank).toBeGreaterThan(clean?.plain.meanReciprocalRank ?? 1);
    for (const { ours, hybrid } of measured) {
      expect(hybrid?.hitAt5).toBeGreaterThanOrEqual(ours.hitAt5);
    }
  });
});

describe.skipIf(!isThere)(title.replace("article", "remembered answer"), () => {
  it("loses none between recall and prompt, and high agreement foretells a right one", async () => {
    const { lost, fifths } = await measureAgreement(readQuestions(file).questions);
    const shares = fifths.map(({ questions, right }) => right / questions);
    expect(lost).toBe(0);
    expect(shares[4]).toBeGreaterThan(0.95);
    expect(shares[4]).toBeGreaterThan(Math.max(shares[0] ?? 1, shares[1] ?? 1, shares[2] ?? 1));
  });
});

describe("what the search is measured with", () => {
  const question = "Where can customers download invoices of last year?";

  it("puts one typing error into each word of six letters or more, and into no other", () => {
    const random = seeded(1);
    for (let round = 0; round < 200; round++) {
      const typed = reworded(question, random)["typing errors"].split(/[ ?]/);
      const meant = question.split(/[ ?]/);
      expect(typed).toHaveLength(meant.length);
      for (const [index, word] of meant.entries()) {
        if (word.length < 6) expect(typed[index]).toBe(word);
        else expect(typed[index]).not.toBe(word);
      }
    }
  });

  it("takes three words that say something", () => {
    const words = wordsOf(reworded(question, seeded(1))["three words"]);
    expect(words).toHaveLength(3);
    for (const word of words) {
      expect(["customers", "download", "invoices", "last", "year"]).toContain(word);
    }
  });

  it("compares with a BM25 in which a word that stands everywhere still counts", () => {
    const search = createPlainBm25([
      { id: "1", text: "invoice invoice address" },
      { id: "2", text: "invoice reminder refund" },
      { id: "3", text: "refund" },
    ]);
    expect(search("invoice", 5)).toEqual(["1", "2"]);
    expect(search("refund invoice", 5)).toEqual(["2", "3", "1"]);
    expect(search("nothing", 5)).toEqual([]);
  });
});
