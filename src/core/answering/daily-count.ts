import type { Clock } from "../ports.ts";
import type { JourneyReport, Policy } from "../types.ts";

/** What was sent by itself on a day, and what drafting cost. */
export type DayCount = { day: string; replies: number; dollars: number };

/** Where the day's count outlives the process. Neither throws. */
export type DayCountStore = { read(): DayCount | null; write(count: DayCount): void };

export type DailyCount = {
  /** Counts what a journey came to. */
  ended(report: JourneyReport): void;
  /** The policy, and in it whether the day's limit is spent now. */
  applied(policy: Policy): Policy;
};

/**
 * Counts automatic replies and the cost of drafts, by the day of the office's time zone, or UTC.
 *
 * @param onSpent told once a day, when the limit has been reached
 */
export function createDailyCount(options: {
  store: DayCountStore;
  policy: () => Policy;
  clock: Clock;
  onSpent(count: DayCount, limit: NonNullable<Policy["dailyLimit"]>): void;
}): DailyCount {
  const { store, policy, clock, onSpent } = options;
  let count: DayCount | null = null;
  let toldOn: string | null = null;

  function today(timeZone: string): DayCount {
    const day = new Intl.DateTimeFormat("en-CA", { timeZone }).format(clock());
    count ??= store.read();
    if (count?.day !== day) count = { day, replies: 0, dollars: 0 };
    return count;
  }

  return {
    ended({ drafting, decision, outcome }) {
      const { dailyLimit, officeHours } = policy();
      if (dailyLimit === null) return;
      const before = today(zoneOf(officeHours));
      const isReply = outcome.kind === "replied" && decision?.action === "reply";
      const cost = drafting !== null && "draft" in drafting ? drafting.draft.origin.costUsd : 0;
      if (!isReply && !cost) return;
      count = {
        day: before.day,
        replies: before.replies + (isReply ? 1 : 0),
        dollars: before.dollars + (cost ?? 0),
      };
      store.write(count);
      if (!isSpent(count, dailyLimit) || toldOn === count.day) return;
      // What another process has told before it was started again is told once more at most.
      toldOn = count.day;
      if (!isSpent(before, dailyLimit)) onSpent(count, dailyLimit);
    },
    applied(whole) {
      const { dailyLimit, officeHours } = whole;
      if (dailyLimit === null) return whole;
      const spent = isSpent(today(zoneOf(officeHours)), dailyLimit);
      return spent ? { ...whole, isDailyLimitSpent: true } : whole;
    },
  };
}

/** In which the day begins; of hours that are Intercom's, it is not known beforehand. */
export function zoneOf(plan: Policy["officeHours"]): string {
  return plan === null || "schedule" in plan.general ? "UTC" : plan.general.timeZone;
}

function isSpent(
  { replies, dollars }: DayCount,
  limit: NonNullable<Policy["dailyLimit"]>,
): boolean {
  return (
    (limit.replies !== null && replies >= limit.replies) ||
    (limit.dollars !== null && dollars >= limit.dollars)
  );
}
