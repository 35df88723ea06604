import { z } from "zod";
import type { OfficeHours, OpenInterval, Schedule } from "../../core/policy.ts";
import type { Schedules } from "../../core/ports.ts";
import { unknown } from "../../core/unknown.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { isTimeZone } from "../../lib/time-zone.ts";
import type { IntercomClient } from "./client.ts";
import { id, optionalText } from "./conversation-schema.ts";

const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;

const interval = z
  .object({ start_minute: z.int().min(0), end_minute: z.int().min(0) })
  .refine(({ start_minute, end_minute }) => start_minute < end_minute);

/** What cannot be understood must not look like "closed" or "open". */
const scheduleSchema = z
  .object({
    time_zone_name: z.string().refine(isTimeZone),
    time_intervals: z.array(interval).nullish(),
    twenty_four_seven: z.boolean().nullish(),
  })
  .refine(({ time_intervals, twenty_four_seven }) => twenty_four_seven || time_intervals);
const schedulesSchema = z.object({
  data: z.array(z.object({ id, name: optionalText }).loose()),
});

const exceptionSchema = z.object({
  exception_date: z.string().regex(/^\d{4}-\d{2}-\d{2}/),
  exception_type: z.enum(["closed", "custom_hours"]),
  time_intervals: z.array(interval).nullish(),
  recurring_annually: z.boolean().nullish(),
});
const exceptionsSchema = z.object({ data: z.array(z.unknown()) });

type Exception = OfficeHours["exceptions"][number];

/**
 * The workspace's office hours, with their exceptions: one call, and one more for each schedule.
 * https://developers.intercom.com/docs/references/rest-api/api.intercom.io/office-hours
 */
export function createIntercomSchedules(client: IntercomClient): Schedules {
  return {
    async read(signal) {
      const path = "/office_hours_schedules";
      const { body } = await client.read({ method: "GET", path }, signal);
      const list = schedulesSchema.safeParse(body);
      if (!list.success) throw unreadable(path, list.error);
      return Promise.all(
        list.data.data.map(async (schedule): Promise<Schedule> => {
          const { id: scheduleId, name } = schedule;
          const read = scheduleSchema.safeParse(schedule);
          const exceptions = await exceptionsOf(scheduleId, signal);
          const isUnderstood = read.success && exceptions !== null;
          const hours = isUnderstood ? hoursOf(read.data, exceptions) : unknown;
          return { id: scheduleId, name, hours };
        }),
      );
    },
  };

  /** @returns `null` where one of them cannot be understood: it may be today's */
  async function exceptionsOf(
    scheduleId: string,
    signal: AbortSignal,
  ): Promise<Exception[] | null> {
    const path = `/office_hours_schedules/${encodeURIComponent(scheduleId)}/office_hours_exceptions`;
    const { body } = await client.read({ method: "GET", path }, signal);
    const list = exceptionsSchema.safeParse(body);
    if (!list.success) throw unreadable(path, list.error);
    const read = z.array(exceptionSchema).safeParse(list.data.data);
    if (!read.success) return null;
    const exceptions = read.data.map(toException);
    // A day of one year is said of that year; what recurs on it is said in general.
    return [
      ...exceptions.filter(({ year }) => year !== null),
      ...exceptions.filter(({ year }) => year === null),
    ];
  }
}

function hoursOf(
  { time_zone_name, time_intervals, twenty_four_seven }: z.output<typeof scheduleSchema>,
  exceptions: Exception[],
): OfficeHours {
  const week: OpenInterval[][] = Array.from({ length: 7 }, () => []);
  const always = [{ start_minute: 0, end_minute: weekMinutes }];
  for (const { start_minute, end_minute } of twenty_four_seven ? always : (time_intervals ?? [])) {
    // Minutes count from Monday's midnight; what goes on past one is hours of both days.
    for (let from = start_minute; from < end_minute; ) {
      const midnight = (Math.floor(from / dayMinutes) + 1) * dayMinutes;
      const to = Math.min(end_minute, midnight);
      const dayStart = midnight - dayMinutes;
      week[(dayStart / dayMinutes) % 7]?.push({ from: from - dayStart, to: to - dayStart });
      from = to;
    }
  }
  return { timeZone: time_zone_name, week, exceptions };
}

function toException(exception: z.output<typeof exceptionSchema>): Exception {
  const { exception_date, exception_type, time_intervals, recurring_annually } = exception;
  const [year = 0, month = 0, day = 0] = exception_date.slice(0, 10).split("-").map(Number);
  const open = exception_type === "closed" ? [] : (time_intervals ?? []);
  return {
    year: recurring_annually ? null : year,
    month,
    day,
    open: open.map(({ start_minute, end_minute }) => ({ from: start_minute, to: end_minute })),
  };
}

function unreadable(path: string, cause: unknown): UpstreamError {
  return new UpstreamError("intercom", `GET ${path}`, "unreadable office hours", { cause });
}
