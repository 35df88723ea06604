import { describe, expect, it } from "vitest";
import { mrkdwnNotification } from "../../../src/adapters/slack/notification-line.ts";
import { reviewReasons } from "../../../src/core/judging/wording.ts";
import { askedInOneLine } from "../../../src/core/reviewing/asked.ts";
import type { ReviewReason } from "../../../src/core/types.ts";
import { packedDraft } from "./packed-draft.ts";

const line = (reason: ReviewReason, messages: string[]) =>
  mrkdwnNotification(packedDraft({ reason, asked: askedInOneLine(messages) }), "asking");

describe("the line that notifications show", () => {
  it("tells a threat from a how-to question", () => {
    const threat = line("needs-human", ["Hi,\n\nall our invoices are gone. My lawyer will call."]);
    expect(threat).toBe(
      "🚨 Needs a person · Ada Lovelace: all our invoices are gone. My lawyer will call.",
    );
    expect(line("low-confidence", ["Hello! How do I export?"])).toBe(
      "Not sure · Ada Lovelace: How do I export?",
    );
  });

  it("shows the first 80 characters of what was asked, and whole ones", () => {
    const shown = line("review-mode", ["👨‍👩‍👧‍👦".repeat(40)]);
    const asked = shown.split(": ")[1] ?? "";
    expect(asked.length).toBeLessThanOrEqual(80);
    expect(asked.replaceAll("👨‍👩‍👧‍👦", "")).toBe("…");
  });

  it("mentions nobody, whatever the customer wrote or is called", () => {
    const evil = "<!channel> <@U123> <https://evil.example|bank> & more";
    const about = packedDraft({ customerName: evil, asked: evil });
    expect(mrkdwnNotification(about, "asking").replaceAll(/&(?:amp|lt|gt);/g, "")).not.toMatch(
      /[&<>]/,
    );
  });

  it("needs no question and no name", () => {
    const about = packedDraft({ customerName: " ", asked: "" });
    expect(mrkdwnNotification(about, "asking")).toBe("Not sure · a customer without a name");
  });

  it("says of a card that was decided that it is", () => {
    const about = packedDraft({ reason: "needs-human", asked: "Where is my money?" });
    expect(mrkdwnNotification(about, "decided")).toBe("Decided · Ada Lovelace: Where is my money?");
  });
});

describe("words for a lead", () => {
  it("name no variable and no code", () => {
    for (const words of Object.values(reviewReasons)) {
      expect(words).not.toMatch(/[A-Z]+_[A-Z_]+|[a-z]+-[a-z]+-[a-z]+/);
    }
  });
});

describe("what was asked, on one line", () => {
  it("leaves hello, thanks and attachment marks out, unless there is nothing else", () => {
    expect(askedInOneLine(["Hi there!", "[image]\nWhy is this\n  red?", "Thanks!"])).toBe(
      "Why is this red?",
    );
    expect(askedInOneLine(["Hello!"])).toBe("Hello!");
    expect(askedInOneLine(["[image]"])).toBe("[image]");
    expect(askedInOneLine([])).toBe("");
  });
});
