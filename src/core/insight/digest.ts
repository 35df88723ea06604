import { reviewReasons } from "../judging/wording.ts";
import type { AskedReason } from "./conversation-facts.ts";
import { type Day, type Insight, insightOf } from "./insight.ts";
import type { InsightData } from "./insight-run.ts";
import { number, percent, withinWords } from "./wording.ts";

/** What the channel is told once a week. */
export type Digest = {
  /** Three of them, for people. */
  sentences: string[];
  /** The last four weeks, a day each, oldest first, also those on which nobody wrote. */
  days: Day[];
};

const dayMs = 86_400_000;
const daysShown = 28;

/** The seven days before now, beside the seven before them. */
export function digestOf(data: InsightData, now: number): Digest {
  const week = (from: number, until: number) =>
    insightOf(data.conversations, data, { from, until, now });
  const last = week(now - 7 * dayMs, now);
  const before = week(now - 14 * dayMs, now - 7 * dayMs);
  const shown = week(now - daysShown * dayMs, now).days;
  const { outcomes: empty } = week(now, now);
  const days = Array.from({ length: daysShown }, (_, index) => {
    const day = new Date(now - (daysShown - 1 - index) * dayMs).toISOString().slice(0, 10);
    return shown.find((one) => one.day === day) ?? { day, outcomes: empty };
  });
  return { sentences: [answered(last, before), checked(last), decided(last)], days };
}

function answered({ automatic, turns }: Insight, before: Insight): string {
  if (automatic.of === 0) return "In the last seven days no customer's message was answered.";
  const earlier =
    before.automatic.of === 0
      ? ""
      : `, ${percent(before.automatic.count / before.automatic.of)} the week before`;
  return `In the last seven days ${percent(automatic.count / automatic.of)} of what was answered went out by itself: ${number(automatic.count)} of ${number(automatic.of)}${earlier}; customers asked ${number(turns)} times.`;
}

function checked({ audited }: Insight): string {
  if (audited.of === 0) {
    return "No automatic reply was checked, so it is not known how many were right (AUDIT_SAMPLE_PERCENT).";
  }
  return `Of ${number(audited.of)} automatic replies that people checked, ${number(audited.count)} were right: ${percent(audited.from)} to ${percent(audited.to)} of all, by that sample.`;
}

function decided({ review, reasons: [reason] }: Insight): string {
  const why =
    reason === undefined
      ? ""
      : ` People were asked most often because: ${reasonWords(reason.reason)}.`;
  if (review.decided === 0) return `Nobody decided about a card.${why}`;
  const within = review.times === null ? "" : `, ${withinWords(review.times)}`;
  const cards = review.decided === 1 ? "one card" : `${number(review.decided)} cards`;
  return `People decided about ${cards}${within}.${why}`;
}

function reasonWords(reason: AskedReason): string {
  const own = Object.entries(reviewReasons).find(([name]) => name === reason);
  return own === undefined ? `a ${reason}` : own[1];
}

/** When the digest is due: on a day of the week from a time on. */
export type DigestTime = { weekday: string; minutes: number };

/**
 * The day for which the digest is due now, as YYYY-MM-DD; `null`: it is not.
 *
 * @param timeZone IANA
 */
export function digestDue(now: number, when: DigestTime, timeZone: string): string | null {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "long",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  if (part("weekday").toLowerCase() !== when.weekday) return null;
  if (Number(part("hour")) * 60 + Number(part("minute")) < when.minutes) return null;
  return `${part("year")}-${part("month")}-${part("day")}`;
}
