import { describe, expect, it } from "vitest";
import { differencesBetween } from "../../../src/core/knowledge/differing-facts.ts";

const said = (one: string, other: string, how: "same-words" | "same-matter") =>
  differencesBetween(one, other, how).map(({ oneSays, otherSays }) => [oneSays, otherSays]);

describe("two texts about the same matter", () => {
  it.each([
    [
      "You can ask for a refund within 14 days of the payment.",
      "Refunds: you can ask for one within 30 days of the payment.",
      ["14 days", "30 days"],
    ],
    [
      "Sure! The plan Team costs 12 € per month for each person.",
      "# Prices\n\nFor each person the plan Team costs 15 € per month.",
      ["12 €", "15 €"],
    ],
    [
      "To create a secret key and copy it, choose **Settings → API**.",
      "Open Account → Developers, create a secret key and copy it.",
      ["Settings → API", "Open Account → Developers"],
    ],
    [
      "The plan Basic has 5 seats for your colleagues.",
      "Your colleagues: the plan Basic has 10 seats for them.",
      ["5 seats", "10 seats"],
    ],
  ])("%j and %j differ", (one, other, difference) => {
    expect(said(one, other, "same-matter")).toEqual([difference]);
  });

  it.each([
    ["The same number in other words", "We answer within two weeks.", "We answer within 14 days."],
    ["another plan", "The plan Basic has 5 seats.", "The plan Pro has 10 seats."],
    [
      "another matter",
      "A refund takes 5 days to arrive.",
      "A trial of the plan Team ends after 14 days.",
    ],
    [
      "another unit",
      "An export of the invoices takes 5 minutes.",
      "An export of the invoices may have 10 MB.",
    ],
    [
      "both numbers in the other text",
      "You can ask for a refund within 14 days.",
      "You can ask for a refund within 30 days. In Norway you can ask for a refund within 14 days.",
    ],
    [
      "a step's number",
      "Step 3: open the settings of the invoice.",
      "Step 5: open the settings of the invoice.",
    ],
    [
      "a verb before a menu",
      "Create a key under Settings → API and copy it.",
      "Open Settings > API, create a key and copy it.",
    ],
    ["no number at all", "Open the settings of the invoice.", "Close the settings of the invoice."],
  ])("do not differ by %s", (_, one, other) => {
    expect(said(one, other, "same-matter")).toEqual([]);
    expect(said(other, one, "same-matter")).toEqual([]);
  });

  it("contradict each other only where they say the same but for the numbers", () => {
    const price = "The Team plan costs 12 € a month.";
    expect(said(price, "The Team plan costs 15 € a month.", "same-words")).toEqual([
      ["12 €", "15 €"],
    ]);
    expect(said(price, "The Basic plan costs 15 € a month.", "same-words")).toEqual([]);
    expect(said(price, "The Team plan costs 15 € a year, paid in advance.", "same-words")).toEqual(
      [],
    );
    expect(said(price, "The Team plan never costs 15 € a month.", "same-words")).toEqual([]);
  });

  it("shows the sentences in which they differ", () => {
    const [difference] = differencesBetween(
      "Hello Ada! Refunds are possible within 14 days. Bye!",
      "About money. Refunds are possible within 30 days.",
      "same-matter",
    );
    expect(difference).toMatchObject({
      one: "Refunds are possible within 14 days.",
      other: "Refunds are possible within 30 days.",
    });
  });
});
