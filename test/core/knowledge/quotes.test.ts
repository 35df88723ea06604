import { describe, expect, it } from "vitest";
import { checkedQuotes, standsIn } from "../../../src/core/knowledge/quotes.ts";
import { source } from "../../fixtures/conversations.ts";

const refunds = source({
  id: "refunds",
  title: "Refunds",
  text: "Choose **Billing**.\n\nMoney comes back within 14 days — “no questions asked”. It costs 1.5 %.",
});

describe("a quote", () => {
  it.each([
    "Money comes back within 14 days",
    "  money\ncomes   back within 14 DAYS -",
    'Choose Billing. Money comes back within 14 days - "no questions asked".',
    "… comes back within 14 days…",
    "It costs 1.5 %",
    "Refunds",
  ])("stands in its source as %j, which differs in nothing that means anything", (quote) => {
    expect(standsIn(quote, refunds)).toBe(true);
  });

  it.each([
    "Money comes back within 15 days",
    "You get your money back within 14 days",
    "It costs 15 %",
    "Choose Billing. It costs 1.5 %.",
    "14",
    "",
    "***",
  ])("does not stand in its source as %j", (quote) => {
    expect(standsIn(quote, refunds)).toBe(false);
  });

  it("stands in the source that was named, and in no other", () => {
    const other = source({ id: "other", text: "Nothing of the kind." });
    const quote = "Money comes back within 14 days";
    expect(
      checkedQuotes(
        [1, 2, 3].map((number) => ({ source: number, quote })),
        [refunds, other],
      ),
    ).toEqual([
      { sourceId: "refunds", text: quote, isStanding: true },
      { sourceId: "other", text: quote, isStanding: false },
      { sourceId: null, text: quote, isStanding: false },
    ]);
    expect(checkedQuotes([], [refunds])).toBeUndefined();
  });
});
