import { z } from "zod";
import type { OfficeHours, OpenInterval } from "../../core/policy.ts";

const days = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

const intervalError = "must be from–to, such as 09:00-17:00, or a list of these";
const interval = z
  .string()
  .trim()
  .transform((text, context): OpenInterval => {
    const found = /^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$/.exec(text);
    const [from, to] = [1, 3].map((at) => Number(found?.[at]) * 60 + Number(found?.[at + 1]));
    const isTime = found !== null && Number(found[2]) < 60 && Number(found[4]) < 60;
    if (isTime && from !== undefined && to !== undefined && from < to && to <= 1440) {
      return { from, to };
    }
    context.addIssue({ code: "custom", message: intervalError });
    return z.NEVER;
  });
const intervals = z.union(
  [interval.transform((one) => [one]), z.array(interval), z.literal("closed").transform(() => [])],
  { error: `${intervalError}, or closed` },
);

const dayError = "must be days such as 2026-12-24, or 12-25 for every year";
const date = z
  .string()
  .regex(/^(?:\d{4}-)?\d{2}-\d{2}$/, dayError)
  .refine(isDay, dayError);

/** The schedule: a time zone, the week, and days with other hours. */
export const hoursForm = z
  .strictObject(
    {
      time_zone: z.string("must be a time zone such as Europe/Berlin").refine(isTimeZone, {
        error: "must be a time zone such as Europe/Berlin",
      }),
      ...(Object.fromEntries(days.map((day) => [day, intervals.optional()])) as Record<
        (typeof days)[number],
        z.ZodOptional<typeof intervals>
      >),
      closed: z.array(date, dayError).default([]),
      other_hours: z
        .record(date, intervals, { error: "must be days with their hours" })
        .default({}),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? undefined
          : "must be time_zone and days with their hours",
    },
  )
  .transform(({ time_zone, closed, other_hours, ...week }): OfficeHours => {
    const others = Object.entries(other_hours).map(([day, open]) => ({ ...dayOf(day), open }));
    return {
      timeZone: time_zone,
      week: days.map((day) => week[day] ?? []),
      exceptions: [...others, ...closed.map((day) => ({ ...dayOf(day), open: [] }))],
    };
  });

function dayOf(text: string): { year: number | null; month: number; day: number } {
  const numbers = text.split("-").map(Number);
  const [month = 0, day = 0] = numbers.slice(-2);
  return { year: numbers.length === 3 ? (numbers[0] ?? null) : null, month, day };
}

function isDay(text: string): boolean {
  // A leap year, so that 29 February may recur.
  const { year, month, day } = dayOf(text);
  const found = new Date(Date.UTC(year ?? 2000, month - 1, day));
  return found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}
