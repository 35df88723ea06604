import { describe, expect, it } from "vitest";
import type { JudgedCase } from "../../../src/core/proving/judged-drafts.ts";
import { climb } from "../../../src/core/proving/ladder.ts";
import { judged, terms } from "./judged.ts";

let next = 0;
function cases(count: number, more: Partial<JudgedCase> = {}): JudgedCase[] {
  return Array.from({ length: count }, () => {
    next += 1;
    return judged({ at: next, conversationId: `c${next}`, ...more });
  });
}

const standing = (given: JudgedCase[]) => climb(given, terms).topics[0];

describe("the ladder", () => {
  it("says for each topic how many decisions it still needs, to the decision", () => {
    const before = standing([...cases(50), ...cases(1, { isRight: false })]);
    expect(before).toMatchObject({ stands: "review", decisions: 51, wrong: 1, needed: 40 });
    const needed = before?.stillNeeded ?? 0;
    next = 0;
    const start = [...cases(50), ...cases(1, { isRight: false })];
    expect(standing([...start, ...cases(needed - 1)])?.stands).toBe("review");
    expect(standing([...start, ...cases(needed)])).toMatchObject({
      stands: "automatic",
      stillNeeded: 0,
    });
  });

  it("keeps topics apart, the one with most decisions first", () => {
    const { topics } = climb(
      [...cases(3, { language: "de" }), ...cases(5), ...cases(4, { intent: "problem" })],
      terms,
    );
    expect(topics.map(({ intent, language }) => `${intent} ${language}`)).toEqual([
      "question en",
      "problem en",
      "question de",
    ]);
  });

  it("goes by the policy's topic where the draft has one, whatever its intent", () => {
    const topic = { topic: "Billing" };
    const { topics } = climb(
      [
        ...cases(3, topic),
        ...cases(2, { ...topic, intent: "problem" }),
        ...cases(4),
        ...cases(1, { topic: "question" }),
      ],
      terms,
    );
    expect(topics.map((one) => [one.topic, one.decisions])).toEqual([
      ["Billing", 5],
      [null, 4],
      ["question", 1],
    ]);
  });

  it("asks more of each topic that comes after another", () => {
    const { topics } = climb(
      [...cases(40), ...cases(35, { language: "de" }), ...cases(2, { language: "fr" })],
      terms,
    );
    expect(topics.map(({ needed }) => Math.round(needed))).toEqual([40, 120, 240]);
  });

  it("counts one decision of each conversation, the first", () => {
    const given = [judged(), judged({ at: 1, isRight: false }), ...cases(1)];
    expect(climb(given, terms)).toMatchObject({
      topics: [{ decisions: 2, wrong: 0 }],
      leftOut: { sameConversation: 1 },
    });
  });

  it("counts only what the present model and prompts wrote and what would go out", () => {
    const given = [
      ...cases(1, { model: "another" }),
      ...cases(1, { promptHash: null }),
      ...cases(1, { confidence: 0.79 }),
      ...cases(1, { couldGoOut: false }),
      ...cases(1, { confidence: 0.8 }),
    ];
    expect(climb(given, terms)).toMatchObject({
      topics: [{ decisions: 1 }],
      leftOut: { otherDrafts: 2, notForThreshold: 2, sameConversation: 0 },
    });
  });

  it("takes automatic replies away as soon as audits find too many wrong, and asks twice as much", () => {
    const earned = cases(150);
    const audits = cases(8, { isAudit: true, isRight: false });
    expect(standing(earned)?.stands).toBe("automatic");
    const after = standing([...earned, ...audits]);
    expect(after).toMatchObject({ stands: "back-in-review", needed: 80 });
    expect(after?.audits).toMatchObject({ count: 8, wrong: 8 });
    // What was decided before the alarm does not count again.
    const again = standing([...earned, ...audits, ...cases(60)]);
    expect(again?.stands).toBe("back-in-review");
    expect(standing([...earned, ...audits, ...cases(300)])?.stands).toBe("automatic");
  });

  it("counts audits of replies that went out before anything was earned as decisions", () => {
    expect(standing(cases(150, { isAudit: true }))).toMatchObject({
      stands: "automatic",
      audits: { count: 150, wrong: 0 },
    });
  });
});
