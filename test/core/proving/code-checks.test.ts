import { describe, expect, it } from "vitest";
import { codeFindings } from "../../../src/core/proving/code-checks.ts";
import { draft, source } from "../../fixtures/conversations.ts";

const found = (reply: string, answer: string, more: Parameters<typeof draft>[0] = {}) => {
  const written = draft({ reply, ...more });
  return codeFindings(written, written.usedSources, ["I ordered on 3 May."], answer);
};

describe("what code finds in a draft", () => {
  it("is nothing where every number and link stands somewhere", () => {
    const sources = [source({ text: "The trial takes 14 days and costs $5." })];
    expect(
      found("It takes 14 days and costs $5, from 3 May on.", "Fine.", { usedSources: sources }),
    ).toEqual([]);
    expect(found("You get 30 days.", "Yes, 30 days.")).toEqual([]);
    expect(found("1. Open Settings.\n2. Choose Billing.", "3. No idea.")).toEqual([]);
  });

  it("is a number or a link that stands nowhere", () => {
    expect(found("It takes 45 minutes to arrive.", "No idea.")).toEqual([
      { criterion: "supported", says: "45 stands in no source" },
    ]);
    const [finding] = found("Look here.", "No.", { unknownLinks: ["https://evil.example"] });
    expect(finding?.says).toBe("The link https://evil.example stands in no source");
  });

  it("is a number that the teammate gave otherwise for the same thing", () => {
    const usedSources = [source({ text: "Refunds take 14 days." })];
    expect(found("A refund takes 14 days.", "That takes 30 days.", { usedSources })).toEqual([
      { criterion: "consistent", says: "It says 14 days, the teammate 30 days" },
    ]);
    expect(
      found("A refund takes 14 days.", "I waited 3 hours for 14 days to pass.", { usedSources }),
    ).toEqual([]);
  });
});
