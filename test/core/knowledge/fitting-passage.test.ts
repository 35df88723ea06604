import { describe, expect, it } from "vitest";
import { fittingPassage } from "../../../src/core/knowledge/fitting-passage.ts";

describe("fittingPassage", () => {
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
