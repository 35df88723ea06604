import { describe, expect, it } from "vitest";
import type { BacktestCase } from "../../../src/core/proving/backtest-case.ts";
import { contentGaps } from "../../../src/core/proving/content-gaps.ts";
import { caseOf } from "./case-of.ts";

const judgement = {
  reasons: "",
  isSupported: true,
  isOnQuestion: true,
  isConsistent: true,
  isSendable: true,
};
const asked = (question: string, answer: string, isAnswerable: boolean): BacktestCase =>
  caseOf({ question, answer, judgement: { ...judgement, isAnswerable } });

/** What customers ask, in the ordinary words in which they ask it. */
const ordinary = [
  "How do I reset my password?",
  "Where do I find my invoices for last year?",
  "Can I change the address on my invoices?",
  "How do I invite a colleague to the team?",
  "What does the team plan cost?",
  "How do I cancel the plan?",
  "Is there a way to export all data?",
  "Is there a limit for customers?",
  "Do you have a discount for charities?",
  "Do you have an office in Berlin?",
  "When will the payment be booked?",
  "When does the reminder for a customer come out?",
  "Which role do I use for a bookkeeper?",
  "What applies to customers in France?",
  "Which plan do I need for the API?",
  "Can I pay with a card?",
  "Can I work with two currencies?",
  "Is there a trial?",
  "Do you have my bank?",
  "How do I use the import?",
].map((question) => asked(question, "As the article says.", true));
const android = [
  asked("Is there a mobile app for Android?", "Not yet; it is planned for spring.", false),
  asked("Do you have an Android app?", "No Android app yet, it is planned for the spring.", false),
  asked("When will the Android app come out?", "Please hold on, I will ask.", false),
];
const tax = [
  asked("Which VAT rate do I use for Norway?", "25 % for most goods.", false),
  asked("What VAT rate applies to customers in Norway?", "In Norway 25 % for most goods.", false),
];
const alone = asked("Can I pay with Bitcoin?", "No, sorry.", false);

describe("what no source answers", () => {
  it("is grouped by what was asked, the most frequent first, with what teammates said", () => {
    const cases = [android[0], tax[0], ...ordinary, alone, android[1], tax[1], android[2]].filter(
      (one) => one !== undefined,
    );
    const gaps = contentGaps(cases);
    expect(gaps.map(({ cases: some }) => some.length)).toEqual([3, 2, 1]);
    const [apps, rates, coins] = gaps;
    expect(apps?.cases.map((index) => cases[index])).toEqual(expect.arrayContaining(android));
    expect(apps?.question).toContain("Android");
    // Two said it in nearly the same words; the third said nothing of use.
    expect(apps?.answer).toContain("planned for");
    expect(rates?.answer).toContain("25 %");
    expect(coins?.question).toBe("Can I pay with Bitcoin?");
  });

  it("is, where nobody judged, what rests on no source", () => {
    const source = { id: "a", title: "An article", url: null, text: "", score: 0.9 };
    const cases = [
      caseOf({ question: "Is there an app for Android?" }),
      caseOf({ question: "How do I cancel?", draft: { sources: [source] } }),
      caseOf({ question: "And this?", draft: null }),
    ];
    expect(contentGaps(cases).map(({ question }) => question)).toEqual([
      "Is there an app for Android?",
    ]);
  });

  it("keeps hundreds of questions apart without a group of everything", () => {
    const topics = "invoice,refund,password,export,domain,coupon,calendar,import,plan,seat".split(
      ",",
    );
    const cases = Array.from({ length: 300 }, (_, index) =>
      asked(`How do I get the ${topics[index % 10]} that I was told of?`, "Like this.", false),
    );
    const gaps = contentGaps(cases);
    expect(gaps).toHaveLength(10);
    for (const { cases: some } of gaps) expect(some).toHaveLength(30);
  });
});
