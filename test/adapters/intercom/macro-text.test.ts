import { describe, expect, it } from "vitest";
import { macroText } from "../../../src/adapters/intercom/macro-text.ts";

const name = '<attribute key="user.first_name"/>';

describe("what a macro says", () => {
  it.each([
    [
      "a default",
      '<p>Hi <attribute key="user.name" default="there"/>, open Billing.</p>',
      "Hi there, open Billing.",
    ],
    [
      "a default as the inbox writes it",
      '<p>Hi {{ first_name | fallback: "there" }}, open it.</p>',
      "Hi there, open it.",
    ],
    [
      "a default in the HTML of one",
      "<p>Hi {{name|fallback:&quot;you&quot;}}, open it.</p>",
      "Hi you, open it.",
    ],
    ["a greeting in a line of its own", `<p>Hi ${name},</p><p>open Billing.</p>`, "open Billing."],
    ["a greeting before a sentence", `<p>Hello ${name}, open Billing.</p>`, "Open Billing."],
    ["a farewell", "<p>Open Billing.</p><p>Best wishes, {{teammate.name}}</p>", "Open Billing."],
    ["no placeholder", "<p>Braces { and } stay.</p>", "Braces { and } stay."],
  ])("can be said to everybody with %s", (_what, body, text) => {
    expect(macroText(body)).toEqual({ text, hasGaps: false });
  });

  it.each([
    [
      "an order",
      '<p>Order #<attribute key="order.order_number"/> is here.</p>',
      "Order #[order number] is here.",
    ],
    ["an order as text", "Order {{order.order_number}} is here.", "Order [order number] is here."],
    [
      "a name amid a sentence",
      `<p>The account of ${name} is open.</p>`,
      "The account of [first name] is open.",
    ],
    ["a company in a greeting", "<p>Hi {{company.name}}, open it.</p>", "Hi [name], open it."],
    [
      "an empty default",
      '<p>Your plan: <attribute key="plan" default=""/></p>',
      "Your plan: [plan]",
    ],
    ["a condition", "<p>{% if user.plan %}You pay.{% endif %}</p>", "[…]You pay.[…]"],
  ])("is left to people with %s to be filled in", (_what, body, text) => {
    expect(macroText(body)).toEqual({ text, hasGaps: true });
  });
});
