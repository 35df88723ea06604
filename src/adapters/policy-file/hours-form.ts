import { z } from "zod";
import type { HoursPlan, HoursSource, OfficeHours, OpenInterval } from "../../core/policy.ts";
import { isTimeZone } from "../../lib/time-zone.ts";

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

const writtenHours = {
  // Tells the two forms apart.
  from: z.undefined().optional(),
  time_zone: z.string("must be a time zone such as Europe/Berlin").refine(isTimeZone, {
    error: "must be a time zone such as Europe/Berlin",
  }),
  ...(Object.fromEntries(days.map((day) => [day, intervals.optional()])) as Record<
    (typeof days)[number],
    z.ZodOptional<typeof intervals>
  >),
  closed: z.array(date, dayError).default([]),
  other_hours: z.record(date, intervals, { error: "must be days with their hours" }).default({}),
};
const intercomsHours = {
  from: z.literal("intercom"),
  schedule: z.string("must be the name of a schedule in Intercom").trim().min(1).optional(),
};

/** Hours as they are written, or where Intercom has them. */
const hoursOfTeam = z.discriminatedUnion(
  "from",
  [
    z.strictObject(writtenHours).transform(hoursIn),
    z.strictObject(intercomsHours).transform(scheduleIn),
  ],
  { error: sayForm },
);
const teams = z
  .record(z.string().regex(/^\d+$/), hoursOfTeam, {
    error:
      "must be teams by their ids (the number in the address of its page in Intercom), with hours each",
  })
  .default({});

/** When people are at work: a time zone, the week and days with other hours, or Intercom's own; per team. */
export const hoursForm: z.ZodType<HoursPlan> = z.discriminatedUnion(
  "from",
  [
    z.strictObject({ ...writtenHours, teams }).transform(({ teams: ofTeams, ...general }) => ({
      general: hoursIn(general),
      teams: ofTeams,
    })),
    z.strictObject({ ...intercomsHours, teams }).transform(({ teams: ofTeams, ...general }) => ({
      general: scheduleIn(general),
      teams: ofTeams,
    })),
  ],
  { error: sayForm },
);

function sayForm(issue: { code?: string; path?: PropertyKey[] | undefined }): string | undefined {
  if (issue.code === "unrecognized_keys") return undefined;
  return issue.path?.at(-1) === "from"
    ? "must be intercom, or left out where the hours are written here"
    : "must be time_zone and days with their hours, or from: intercom";
}

type Written = z.output<z.ZodObject<Omit<typeof writtenHours, "from">>>;

function hoursIn({ time_zone, closed, other_hours, ...week }: Written): OfficeHours {
  const others = Object.entries(other_hours).map(([day, open]) => ({ ...dayOf(day), open }));
  return {
    timeZone: time_zone,
    week: days.map((day) => week[day] ?? []),
    exceptions: [...others, ...closed.map((day) => ({ ...dayOf(day), open: [] }))],
  };
}

function scheduleIn({ schedule }: { schedule?: string | undefined }): HoursSource {
  return { schedule: schedule ?? null };
}

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
