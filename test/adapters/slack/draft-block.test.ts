import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftBlock } from "../../../src/adapters/slack/draft-block.ts";
import { limitsBroken } from "../../stand-ins/slack/block-limits.ts";
import { ownWordsIn, withoutSpace, wordsSeen } from "./as-seen.ts";
import { richWordsOf } from "./slack-world.ts";

const wordsOf = (markdown: string, unknown: string[] = []) => {
  const block = draftBlock(markdown, unknown);
  return block === null ? null : richWordsOf(block);
};

describe("a draft as the customer will see it", () => {
  it("has bold and italic words, lists and paragraphs in place of Markdown", () => {
    const block = draftBlock(
      "Hi **Ada**,\n\n- one *two*\n- three\n\n1. First\n   - deeper\n2. Second\n\n# Bye",
    );
    expect(block?.elements).toEqual([
      {
        type: "rich_text_section",
        elements: [
          { type: "text", text: "Hi " },
          { type: "text", text: "Ada", style: { bold: true } },
          { type: "text", text: "," },
        ],
      },
      {
        type: "rich_text_list",
        style: "bullet",
        indent: 0,
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "text", text: "one " },
              { type: "text", text: "two", style: { italic: true } },
            ],
          },
          { type: "rich_text_section", elements: [{ type: "text", text: "three" }] },
        ],
      },
      list("ordered", 0, "First"),
      list("bullet", 1, "deeper"),
      list("ordered", 0, "Second"),
      {
        type: "rich_text_section",
        elements: [{ type: "text", text: "Bye", style: { bold: true } }],
      },
    ]);
  });

  it("says beside a link where it leads, unless its words do", () => {
    expect(wordsOf("See [the guide](https://help.example.com/a) now")).toBe(
      "See <https://help.example.com/a|the guide> help.example.com now",
    );
    expect(wordsOf("See https://help.example.com/a")).toBe(
      "See <https://help.example.com/a|https://help.example.com/a>",
    );
    expect(wordsOf("[bank.example](https://evil.example/x)")).toBe(
      "<https://evil.example/x|bank.example> evil.example",
    );
    expect(wordsOf("Write to [us](mailto:a@b.example)")).toContain("|us> a@b.example");
  });

  it("marks the words that no source carries, where they stand", () => {
    const block = draftBlock(
      "You have **30 days**. It costs 5 € and\n\n- 30 days more",
      [],
      ["30 days"],
    );
    expect(block === null ? null : richWordsOf(block)).toMatch(
      /^You have 30 days ⚠️ no source says this\. It costs 5 € and\s+30 days ⚠️ no source says this more$/,
    );
  });

  it("marks what no source has, as a link and as bare words", () => {
    const unknown = ["https://evil.example/x", "other.example", "a@b.example"];
    expect(wordsOf("[here](https://evil.example/x)", unknown)).toBe(
      "<https://evil.example/x|here> evil.example, ⚠️ no source has this",
    );
    expect(wordsOf("Go to other.example today, or help.example", unknown)).toBe(
      "Go to other.example ⚠️ no source has this today, or help.example",
    );
    expect(wordsOf("Mail a@b.example.", unknown)).toContain("⚠️ no source has this");
  });

  it("opens nothing but pages and mail", () => {
    const block = draftBlock("[a](javascript:alert(1)) <https://x.example/\u0000>");
    expect(JSON.stringify(block)).not.toContain('"url":"javascript');
  });

  it("is nothing where the customer would see nothing", () => {
    expect(draftBlock("---")).toBeNull();
    expect(draftBlock("")).toBeNull();
  });

  it("shows every word that the customer gets, and no other, whatever was written", () => {
    const piece = fc.oneof(
      fc.constantFrom("**", "*", "_", "`", "```\n", "\n\n", "\n", "- ", "1. ", "2. ", "> ", "# "),
      fc.constantFrom("[a](https://x.example/y)", "![i](https://x.example/i.png)", "[b]()", "|"),
      fc.constantFrom(
        "<!channel>",
        "&amp;",
        "|a|b|\n|-|-|\n|c|d|\n",
        "    code",
        "\\*",
        "a@b.example",
      ),
      fc.string({ unit: "grapheme", maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const markdown = pieces.join("");
        const block = draftBlock(markdown);
        expect(withoutSpace(ownWordsIn(block === null ? [] : [block]))).toBe(wordsSeen(markdown));
        const blocks = block === null ? [] : [block];
        expect(limitsBroken({ kind: "message", text: "x", blocks })).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

function list(style: string, indent: number, text: string) {
  const elements = [{ type: "rich_text_section", elements: [{ type: "text", text }] }];
  return { type: "rich_text_list", style, indent, elements };
}
