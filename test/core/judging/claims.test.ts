import { describe, expect, it } from "vitest";
import { unsupportedClaims } from "../../../src/core/judging/claims.ts";
import { quantitiesIn } from "../../../src/core/quantities.ts";
import { answeredQuestions, measureClaims } from "../../bench/claims.ts";
import { cpuMsOf } from "../../lib/cpu-time.ts";

const source = {
  title: "Refunds and plans",
  language: "en",
  text: "You can get a full refund within 14 days of your purchase. The Basic plan costs $9.50 a month and has 3 seats. Open Settings > Billing to change it. Exports are not available on the Basic plan. Files may have up to 5 GB.",
};
const claimsIn = (reply: string, language = "en", byCustomer: string[] = []) =>
  unsupportedClaims({ reply, language }, [source], { byUs: [], byCustomer }).map(
    ({ kind, words }) => `${kind}: ${words}`,
  );

describe("what a reply says without a source", () => {
  it.each([
    "You can get a full refund within two weeks of your purchase.",
    "The **Basic plan** costs 9.50 dollars a month.",
    "Open Settings > Billing to change it.",
    "Exports are not available on the Basic plan.",
    "Files may have up to 5000 MB.",
    "Hi Ada,\n\n1. Open Settings.\n2. Choose Billing.\n\nThere are 2 ways to do it.",
    "If you have not received it, write to us again.",
  ])("is nothing in %j", (reply) => {
    expect(claimsIn(reply)).toEqual([]);
  });

  it.each([
    ["You can get a full refund within 30 days.", "number: 30 days"],
    ["You can get a full refund within three weeks.", "number: three weeks"],
    ["The Basic plan costs €9.50 a month.", "number: €9.50"],
    ["The Premium plan has 3 seats.", "name: Premium"],
    ["Open Settings > Subscriptions to change it.", "name: Subscriptions"],
    [
      "Exports are available on the Basic plan.",
      "negation: Exports are not available on the Basic plan.",
    ],
    [
      "You cannot get a full refund within 14 days of your purchase.",
      /^negation: You can get a full refund/,
    ],
    ["It is not possible to import contacts.", "negation: "],
    ["We will refund you.", "promise: We will refund"],
  ])("is found in %j", (reply, claim) => {
    const [found] = claimsIn(reply);
    if (typeof claim === "string") expect(found).toBe(claim);
    else expect(found).toMatch(claim);
  });

  it("compares numbers and names with sources in another language, but no sentences", () => {
    expect(claimsIn("Sie bekommen Ihr Geld innerhalb von 14 Tagen zurück.", "de")).toEqual([]);
    expect(claimsIn("Exporte sind im Basic Tarif nicht möglich.", "de")).toEqual([]);
    expect(claimsIn("Sie bekommen Ihr Geld innerhalb von 30 Tagen zurück.", "de")).toEqual([
      "number: 30 Tagen",
    ]);
  });

  it("is an amount or a period that only the customer named", () => {
    const asked = ["Will you pay me 800 € within 3 days?"];
    expect(claimsIn("You get 800 € within 3 days.", "en", asked)).toEqual([
      "number: 800 €",
      "number: 3 days",
    ]);
    const ours = { byUs: ["You get 800 € within 3 days."], byCustomer: asked };
    const reply = "As I said, you get 800 € within 3 days.";
    expect(unsupportedClaims({ reply, language: "en" }, [source], ours)).toEqual([]);
  });

  it("is not what somebody in the conversation said", () => {
    expect(claimsIn("Your order 4711 is on its way.", "en", ["Where is order 4711?"])).toEqual([]);
  });

  const answered = answeredQuestions();
  it.skipIf(answered === null)(
    "is rare in answers that people gave, and found where a number or a plan was swapped (needs ../shared/data)",
    () => {
      const { answers, alarms, caught } = measureClaims(answered ?? [], 1);
      expect((alarms.all - alarms.onlyTrue) / answers).toBeLessThanOrEqual(0.1);
      const [numbers, plans, contraries] = caught.map((kind) => kind.caught / kind.swapped);
      expect(numbers).toBeGreaterThanOrEqual(0.9);
      expect(plans).toBeGreaterThanOrEqual(0.9);
      // Sentences that no source resembles cannot be compared by their words.
      expect(contraries).toBeGreaterThanOrEqual(0.4);
    },
  );
});

describe("a quantity", () => {
  it.each([
    [["14 days", "two weeks", "14 Tage", "a 14-day trial", "deux semaines", "14 giorni"]],
    [["$1,200.50", "1.200,50 USD", "1200.5 dollars"]],
    [["5 GB", "5000 MB"]],
    [["a year", "12 months", "1 Jahr", "12 mois"]],
    [["30 %", "30 percent", "30 Prozent"]],
  ])("is the same in %j", (texts) => {
    expect(new Set(texts.map((text) => quantitiesIn(text)[0]?.key)).size).toBe(1);
  });

  it.each([
    ["30 days", "a month"],
    ["10 days", "10 weeks"],
    ["$5", "5 €"],
    ["1.5", "15"],
  ])("is another in %j than in %j", (one, other) => {
    expect(quantitiesIn(one)[0]?.key).not.toBe(quantitiesIn(other)[0]?.key);
  });

  it.each([
    "Step 3 | Press Save",
    "one of them",
    "https://a.b/12",
    "216.239.38.100",
    "There are 2 ways",
  ])("is none in %j", (text) => {
    expect(quantitiesIn(text)).toEqual([]);
  });
});

it("is not held up by a long word of capital letters", () => {
  const ms = cpuMsOf(() => {
    for (const reply of ["A".repeat(8_000), `${"ABcD".repeat(500)} x`, "Ab ".repeat(2_600)]) {
      const said = { byUs: [], byCustomer: [] };
      expect(unsupportedClaims({ reply, language: "en" }, [], said)).toEqual([]);
    }
  });
  expect(ms).toBeLessThan(2_000);
});
