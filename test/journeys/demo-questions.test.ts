import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JourneyReport } from "../../src/core/types.ts";
import { type DemoQuestion, demoQuestions, topics } from "./demo-questions.ts";
import { startDemo } from "./demo-world.ts";

let demo: Awaited<ReturnType<typeof startDemo>>;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo.stop());

describe("mock mode over the demo help center, without a key", () => {
  it("is asked forty questions at least", () => {
    expect(Object.values(demoQuestions).flat().length).toBeGreaterThanOrEqual(40);
  });

  for (const [kind, questions] of Object.entries(demoQuestions)) {
    describe(kind, () => {
      it.each(questions)("$asked → $must", async ({ asked, from, must }) => {
        const report = await demo.ask(asked);
        const action = report.decision?.action;
        if (must === "answered") expect(action).toBe("reply");
        if (must === "people") expect(action).toBe("review");
        if (must === "quiet") expect(action).toBe("stay-quiet");
        else expect(["reply", "review"]).toContain(action);
        if (must === "found") expect(isRight(report, from)).toBe(true);
        // Whatever goes out is right: nothing wrong stands above the threshold.
        if (action === "reply") expect(isRight(report, from)).toBe(true);
      });
    });
  }
});

/** Whether the draft rests on a text that answers the question. */
function isRight({ drafting }: JourneyReport, from: DemoQuestion["from"]): boolean {
  if (drafting === null || !("draft" in drafting)) return false;
  const [source] = drafting.draft.usedSources;
  return from.some((topic) => source?.title.startsWith(topics[topic]) === true);
}
