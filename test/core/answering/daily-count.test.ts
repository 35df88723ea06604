import { describe, expect, it } from "vitest";
import { createDailyCount, type DayCount } from "../../../src/core/answering/daily-count.ts";
import type { JourneyReport, Policy } from "../../../src/core/types.ts";
import { draft, policy } from "../../fixtures/conversations.ts";

const evening = Date.UTC(2026, 10, 28, 23, 30);

function setUp(limit: Policy["dailyLimit"], timeZone: string | null = null) {
  let now = evening;
  let kept: DayCount | null = null;
  const told: DayCount[] = [];
  const hours = (zone: string) => ({ timeZone: zone, week: [], exceptions: [] });
  const officeHours = timeZone === null ? null : { general: hours(timeZone), teams: {} };
  const whole = { ...policy, dailyLimit: limit, officeHours };
  const start = () =>
    createDailyCount({
      store: {
        read: () => kept,
        write: (count) => {
          kept = count;
        },
      },
      policy: () => whole,
      clock: () => now,
      onSpent: (count) => void told.push(count),
    });
  let daily = start();
  return {
    told,
    restart: () => {
      daily = start();
    },
    advance: (ms: number) => {
      now += ms;
    },
    isSpent: () => daily.applied(whole).isDailyLimitSpent,
    ends(action: "reply" | "review", costUsd: number | null = null) {
      const origin = { ...draft().origin, costUsd };
      const outcome = action === "reply" ? { kind: "replied", replyId: "r" } : { kind: "noted" };
      daily.ended({
        drafting: { draft: draft({ origin }) },
        decision: { action },
        outcome,
      } as unknown as JourneyReport);
    },
  };
}

describe("the day's limit", () => {
  it("is spent by replies that went out by themselves, told once, and anew the next day", () => {
    const { ends, isSpent, told, advance } = setUp({ replies: 2, dollars: null });
    ends("review");
    ends("reply");
    expect(isSpent()).toBe(false);
    ends("reply");
    ends("reply");
    expect(isSpent()).toBe(true);
    expect(told).toEqual([{ day: "2026-11-28", replies: 2, dollars: 0 }]);
    advance(3_600_000);
    expect(isSpent()).toBe(false);
  });

  it("is spent by what all drafts cost, also those that people review", () => {
    const { ends, isSpent } = setUp({ replies: null, dollars: 0.05 });
    ends("review", 0.03);
    expect(isSpent()).toBe(false);
    ends("reply", 0.03);
    expect(isSpent()).toBe(true);
  });

  it("outlives a restart, and is not told again by it", () => {
    const { ends, isSpent, restart, told } = setUp({ replies: 1, dollars: null });
    ends("reply");
    restart();
    expect(isSpent()).toBe(true);
    ends("reply");
    expect(told).toHaveLength(1);
  });

  it("counts the office's days", () => {
    const { ends, isSpent, advance } = setUp({ replies: 1, dollars: null }, "America/New_York");
    ends("reply");
    advance(3_600_000);
    expect(isSpent()).toBe(true);
    advance(5 * 3_600_000);
    expect(isSpent()).toBe(false);
  });

  it("is none where none is set", () => {
    const { ends, isSpent, told } = setUp(null);
    for (let count = 0; count < 100; count += 1) ends("reply", 10);
    expect(isSpent()).toBe(false);
    expect(told).toEqual([]);
  });

  it("of nothing lets nothing out", () => {
    expect(setUp({ replies: 0, dollars: null }).isSpent()).toBe(true);
  });
});
