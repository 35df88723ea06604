import { describe, expect, it } from "vitest";
import { keptQuestion } from "../../src/core/follow-up.ts";

const earlier = "How do I export my invoices?";

describe("the question that is kept", () => {
  it.each([
    "and on mobile?",
    "yes please",
    "it still fails",
    "That does not work for me either.",
    "What about the second company?",
    "Und auf dem Handy?",
    "Es geht immer noch nicht.",
    "et sur mobile ?",
    "¿y en el móvil?",
    "How?",
    "Error 4012",
  ])("has the earlier one before %j", (question) => {
    expect(keptQuestion(question, earlier)).toBe(`${earlier}\n\n${question}`);
  });

  it.each([
    "Where do I change my address?",
    "How do I invite a colleague to my team?",
    "Wo finde ich meine Rechnung?",
    "And while I am at it, where could I change the address that is printed on each of my invoices?",
  ])("is %j alone", (question) => {
    expect(keptQuestion(question, earlier)).toBe(question);
  });

  it("is none where nothing came before what it points to", () => {
    expect(keptQuestion("yes please", null)).toBeNull();
    expect(keptQuestion("It still fails", null)).toBeNull();
    expect(keptQuestion("Reset password", null)).toBe("Reset password");
  });

  it("stays bounded however long a chain of follow-ups is", () => {
    let kept: string | null = earlier;
    for (let turn = 0; turn < 100; turn++) kept = keptQuestion("and then?", kept);
    expect(kept?.length).toBeLessThan(600);
    expect(kept).toMatch(/^How do I export my invoices\?/);
  });
});
