import { describe, expect, it } from "vitest";
import { fittingPassage } from "../../../src/core/knowledge/fitting-passage.ts";

describe("fittingPassage", () => {
  it("keeps the number of a list entry with its words", () => {
    const steps = ["Open the page.", "Press Reset the password.", "Choose another one."];
    const list = steps.map((step, index) => `${index + 1}. ${step}`).join("\n");
    const passage = fittingPassage(
      `${"Nothing of this. ".repeat(30)}\n${list}`,
      "reset password",
      60,
    );
    expect(passage).toMatch(/^\d\. /);
    expect(passage).not.toMatch(/\d\.$/);
  });

  it("takes the sentences of a long text that fit the question", () => {
    const filler = "The sky over the harbour was grey that day. ".repeat(30);
    const answer = "To reset your password, open Settings.\n1. Choose Security.\n2. Press Reset.\n";
    const passage = fittingPassage(
      `${filler}\n${answer}\n${filler}`,
      "How to reset my password?",
      700,
    );

    expect(passage).toContain("To reset your password, open Settings.\n1. Choose Security.");
    expect(passage.length).toBeLessThanOrEqual(700);
  });

  it("cuts one endless sentence without breaking a character", () => {
    expect(fittingPassage("😀".repeat(2000), "?", 700).isWellFormed()).toBe(true);
  });
});
