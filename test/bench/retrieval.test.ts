import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { measureHelpCenter, measurePlainFts5, readQuestions } from "./retrieval-measure.ts";

const file = new URL("../../../shared/data/wixqa-sample.jsonl", import.meta.url);
const isThere = existsSync(file);
const title = isThere
  ? "finding the right article, on real questions"
  : "finding the right article, on real questions (skipped: the file of questions is not at hand)";

describe.skipIf(!isThere)(title, () => {
  it("has a right one among the first five for at least 85 %, without vectors", async () => {
    const questions = readQuestions(file);
    expect(questions.articles).toHaveLength(173);
    expect(questions.questions).toHaveLength(160);

    const { hitAt5, meanReciprocalRank } = await measureHelpCenter(questions);
    const plain = await measurePlainFts5(questions);

    expect(hitAt5).toBeGreaterThanOrEqual(0.85);
    expect(hitAt5).toBeGreaterThan(plain.hitAt5);
    expect(meanReciprocalRank).toBeGreaterThan(plain.meanReciprocalRank);
  });
});
