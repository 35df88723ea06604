import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqliteHelpCenter } from "../../../src/adapters/sqlite/passages.ts";
import { createSqliteMemory } from "../../../src/adapters/sqlite/sqlite-memory.ts";
import type { RememberedAnswer } from "../../../src/core/knowledge/answer-memory.ts";
import { sourceKind } from "../../../src/core/knowledge/article-refresh.ts";
import { passagesOf } from "../../../src/core/knowledge/passages.ts";
import { createJourneyWorld } from "../../fixtures/journey-world.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const signal = new AbortController().signal;
const question = "How long do refunds take?";
const titlesIn = (sources: { title: string }[] = []) => sources.map(({ title }) => title).sort();

describe("two brands in one workspace", () => {
  const helpCenter = () => createSqliteHelpCenter(":memory:");
  const answerMemory = () =>
    createSqliteMemory({ directory: ":memory:", embedder: null, log: createRecordingLog() });
  let index: ReturnType<typeof helpCenter>;
  let memory: ReturnType<typeof answerMemory>;
  let world: ReturnType<typeof createJourneyWorld>;

  beforeEach(async () => {
    [index, memory] = [helpCenter(), answerMemory()];
    world = createJourneyWorld();
    world.searches(index, memory);
    await write("acme", "Refunds at Acme", "Refunds take five days.");
    await write("beta", "Refunds at Beta", "Refunds take thirty days.");
    await index.setForWhom(sourceKind("acme"), { brands: ["Acme"] });
    await index.setForWhom(sourceKind("beta"), { brands: ["Beta"] });
  });
  afterEach(async () => {
    await index.close();
    memory.close();
  });

  const write = (source: string, title: string, text: string) =>
    index.put(
      sourceKind(source),
      {
        ...{ id: `${source}-${title}`, articleId: `${source}-${title}`, title, text },
        ...{ collections: [], url: null, language: "en", updatedAt: null, isInternal: false },
      },
      passagesOf(text),
    );
  const asks = async (text = question) => world.hint(world.customerWrites(text).id);

  it("answers by itself from the brand's own source, and never sees the other one's", async () => {
    world.has({ Brand: "beta" });
    const report = await asks();
    expect(titlesIn(report.recall?.sources)).toEqual(["Refunds at Beta"]);
    expect(report.recall?.leftOut).toMatchObject([
      { title: "Refunds at Acme", why: "brand", forWhom: { brands: ["Acme"] } },
    ]);
    expect(report.outcome.kind).toBe("replied");
  });

  it("does not use what it recalled for the notification before it knew the brand", async () => {
    world.has({ Brand: "Acme" });
    world.hintsSay(question);
    const report = await asks();
    expect(titlesIn(report.recall?.sources)).toEqual(["Refunds at Acme"]);
  });

  it("asks a person where the brand is not known and the draft rests on a source of one", async () => {
    const report = await asks();
    expect(report.recall?.sources).toHaveLength(2);
    expect(report.decision).toMatchObject({ action: "review", reason: "for-whom-unknown" });
    expect(report.outcome.kind).toBe("in-review");
  });

  it("drafts anew where the brand becomes another one before the reply goes out", async () => {
    world.has({ Brand: "Acme" });
    world.whileDrafting(1, () => world.has({ Brand: "Beta" }));
    const report = await asks();
    expect(titlesIn(report.recall?.sources)).toEqual(["Refunds at Beta"]);
    expect(report.outcome.kind).toBe("replied");
    expect(world.draftsWritten()).toBe(2);
  });

  it("asks a person where the brand is not known any more before the reply goes out", async () => {
    world.has({ Brand: "Acme" });
    world.whileDrafting(1, () => world.has({}));
    expect((await asks()).outcome.kind).toBe("in-review");
    expect(world.sent()).toEqual([]);
  });

  it.each([{}, { Brand: "Acme" }, { Brand: "Gamma" }])(
    "answers anybody by itself from a source that is for everybody: %o",
    async (attributes) => {
      await write("handbook", "Opening hours", "We are open from nine to five.");
      world.has(attributes);
      const report = await asks("What are your opening hours?");
      expect(titlesIn(report.recall?.sources)).toContain("Opening hours");
      expect(report.outcome.kind).toBe("replied");
    },
  );

  it("knows the brand by a rule, as by the page on which the conversation began", async () => {
    const acme = { name: "Acme", when: { conversationAttribute: { Shop: { isOneOf: ["A"] } } } };
    const brand = { first: [acme] };
    world = createJourneyWorld({ whoAsks: { brand, plan: null, topic: null } });
    world.searches(index, memory);
    world.has({ Shop: "A", Brand: "Beta" });
    expect(titlesIn((await asks()).recall?.sources)).toEqual(["Refunds at Acme"]);
  });

  it("recalls an answer for the brand that it was learnt with, however many others fit", async () => {
    const learnt = (number: number, brand?: string): RememberedAnswer => ({
      question: `${question} (${number})`,
      answer: `It took ${number} days for ${brand ?? "anybody"}.`,
      status: "answer",
      author: "teammate",
      conversationId: `other-${number}`,
      partId: `part-${number}`,
      at: number,
      language: "en",
      url: null,
      decision: null,
      draftedFrom: [],
      ...(brand === undefined ? {} : { brand }),
    });
    const others = Array.from({ length: 60 }, (_, number) => learnt(number, "Beta"));
    await memory.rememberAnswers([...others, learnt(97, "Acme"), learnt(98)], signal);
    world.has({ Brand: "ACME" });
    const { recall, outcome } = await asks();
    const answers = recall?.sources.filter(({ kind }) => kind === "answer") ?? [];
    expect(answers.map(({ text }) => text).sort()).toEqual([
      "It took 97 days for Acme.",
      "It took 98 days for anybody.",
    ]);
    expect(outcome.kind).toBe("replied");
  });
});
