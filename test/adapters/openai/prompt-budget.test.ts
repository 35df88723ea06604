import { describe, expect, it } from "vitest";
import { spendBudget } from "../../../src/adapters/openai/prompt-budget.ts";
import { estimateTokens } from "../../../src/lib/tokens.ts";
import { partOf, requestFor, sourceOf } from "../../stand-ins/draft-request.ts";

const sentences = (count: number) =>
  Array.from({ length: count }, (_, index) => `Sentence ${index} says it.`).join(" ");

function cost({ messages, sources, history }: ReturnType<typeof spendBudget>): number {
  return estimateTokens([...messages, ...sources, ...history].join(""));
}

describe("the prompt's budget", () => {
  it("cuts nothing of what people write", () => {
    const request = requestFor(["First.", "Second."], {
      sources: [sourceOf()],
      history: [partOf("a", "Before.")],
    });
    expect(spendBudget(request, 4_000)).toEqual({
      messages: ["First.", "Second."],
      attachments: [],
      sources: [sourceOf().text],
      history: ["Before."],
      leftOut: [],
    });
  });

  it("goes to the newest message, the others, sources by score and the newest history", () => {
    const history = ["oldest", "older", "newest"].map((name) =>
      partOf(name, `${name} ${sentences(60)}`),
    );
    const sources = [
      sourceOf({ id: "1", title: "Weak", score: 0.2, text: `weak ${sentences(200)}` }),
      sourceOf({ id: "2", title: "Strong", score: 0.9, text: `strong ${sentences(200)}` }),
    ];
    const request = requestFor([`early ${sentences(60)}`, "What is the price?"], {
      sources,
      history,
    });

    const ample = spendBudget(request, 2_850);
    expect(ample.messages[1]).toBe("What is the price?");
    expect(ample.messages[0]).toBe(`early ${sentences(60)}`);
    expect(ample.sources.map((text) => text.slice(0, 6))).toEqual(["weak S", "strong"]);
    expect(ample.history.at(-1)).toBe(history.at(-1)?.text);
    expect(ample.history.length).toBeLessThan(3);
    expect(ample.leftOut.join()).toContain("an earlier message");

    const tight = spendBudget(request, 1_200);
    expect(tight.messages[1]).toBe("What is the price?");
    expect(tight.sources[1]).toMatch(/^strong .*\.\n\[… \d+ characters left out …\]$/s);
    expect(tight.sources[0]).toMatch(/^\[… \d+ characters left out …\]$/);
    expect(tight.history).toEqual([]);
    for (const tokens of [700, 1_200, 2_850]) {
      expect(cost(spendBudget(request, tokens))).toBeLessThan(tokens + 100);
    }
  });

  it("cuts the newest message in its middle, and leaves half for what may answer it", () => {
    const newest = `Question first. ${"x ".repeat(80_000)}And the last word.`;
    const { messages, sources, leftOut } = spendBudget(
      requestFor([newest], { sources: [sourceOf({ text: sentences(100) })] }),
      2_000,
    );
    expect(messages[0]).toMatch(
      /^Question first\.[\s\S]*\[… \d+ characters left out …\][\s\S]*And the last word\.$/,
    );
    expect(sources[0]).toBe(sentences(100));
    expect(leftOut).toEqual([expect.stringMatching(/^\d+ characters of the newest message$/)]);
  });

  it("counts a sign of Chinese as a token, and cuts no sign in two", () => {
    expect(estimateTokens("我要退款")).toBe(4);
    expect(estimateTokens("four word text!!")).toBe(4);
    const { messages } = spendBudget(requestFor(["😀".repeat(5_000)]), 1_000);
    expect(messages[0]?.isWellFormed()).toBe(true);
    expect(estimateTokens(messages[0] ?? "")).toBeLessThan(520);
  });
});
