import { describe, expect, it } from "vitest";
import type { ConversationFacts } from "../../../src/core/insight/conversation-facts.ts";
import { digestDue, digestOf } from "../../../src/core/insight/digest.ts";
import { noon } from "../../fixtures/conversations.ts";

const day = 86_400_000;
const facts = (
  daysAgo: number,
  outcome: "automatic" | "reviewed" | "teammate",
): ConversationFacts => {
  const askedAt = noon - daysAgo * day;
  const isReviewed = outcome === "reviewed";
  return {
    id: `${daysAgo} ${outcome}`,
    url: "",
    channel: null,
    updatedAt: askedAt,
    turns: [
      {
        askedAt,
        answeredAt: askedAt + 60_000,
        outcome,
        reason: isReviewed ? "low-confidence" : null,
        cardAt: isReviewed ? askedAt : null,
        decidedAt: isReviewed ? askedAt + 120_000 : null,
        decision: isReviewed ? "sent" : null,
      },
    ],
    said: { customer: 1, teammate: 0, bot: 0, us: 1 },
    isOpen: false,
    closedAt: null,
    wasOpenedAgain: false,
    firstClosedAt: null,
    rating: null,
    gap: null,
  };
};
const data = (conversations: ConversationFacts[]) => ({
  ...{ builtAt: noon, since: 0, verdicts: [], corrections: [], wrong: [], memories: {} },
  conversations,
});

describe("the digest of a week", () => {
  it("says in three sentences how the week was beside the one before", () => {
    const all = [facts(1, "automatic"), facts(2, "reviewed"), facts(9, "teammate")];
    expect(digestOf(data(all), noon).sentences).toEqual([
      "In the last seven days 50 % of what was answered went out by itself: 1 of 2, 0 % the week before; customers asked 2 times.",
      "No automatic reply was checked, so it is not known how many were right (AUDIT_SAMPLE_PERCENT).",
      "People decided about one card, half within 2 min, nine of ten within 2 min. People were asked most often because: It is not sure enough to answer by itself.",
    ]);
  });

  it("says so where nothing was", () => {
    const [first, , third] = digestOf(data([]), noon).sentences;
    expect(first).toBe("In the last seven days no customer's message was answered.");
    expect(third).toBe("Nobody decided about a card.");
  });

  it("shows each of the last 28 days, also those without a message", () => {
    const { days } = digestOf(data([facts(0, "automatic"), facts(40, "automatic")]), noon + 1);
    expect(days).toHaveLength(28);
    expect(days.at(-1)).toMatchObject({ day: "2026-01-10", outcomes: { automatic: 1 } });
    expect(days[0]).toMatchObject({ day: "2025-12-14", outcomes: { automatic: 0 } });
  });
});

describe("when it is due", () => {
  // 2026-01-10, a Saturday, at 08:00 UTC.
  const when = (minutes: number, weekday = "saturday") => ({ weekday, minutes });

  it("is its day from its time on, in its time zone", () => {
    expect(digestDue(noon, when(8 * 60), "UTC")).toBe("2026-01-10");
    expect(digestDue(noon, when(8 * 60 + 1), "UTC")).toBeNull();
    expect(digestDue(noon, when(9 * 60), "Europe/Berlin")).toBe("2026-01-10");
    expect(digestDue(noon, when(0, "monday"), "UTC")).toBeNull();
    expect(digestDue(noon, when(0, "friday"), "Pacific/Honolulu")).toBe("2026-01-09");
  });
});
