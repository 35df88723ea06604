import type { HoursPlan, OfficeHours, OpenInterval, Schedule } from "../policy.ts";
import { type Fact, unknown } from "../unknown.ts";

const dayMs = 86_400_000;
/** Whoever is closed for longer tells it otherwise. */
const longestLookAheadDays = 31;

/** A day and a time on a clock in the schedule's zone. */
type Local = { year: number; month: number; day: number; minute: number };

/**
 * The hours of a team, or those of everybody where it has none of its own.
 *
 * @param schedules what Intercom has
 * @returns `unknown` where Intercom was not asked, or has no such schedule
 */
export function hoursFor(
  { general, teams }: HoursPlan,
  teamId: string | null,
  schedules: Fact<Schedule[]>,
): Fact<OfficeHours> {
  const source = (teamId === null ? undefined : teams[teamId]) ?? general;
  if (!("schedule" in source)) return source;
  return schedules === unknown
    ? unknown
    : (scheduleNamed(source.schedule, schedules)?.hours ?? unknown);
}

/** By its name or its id; `null`: the only one, where there are no others. */
export function scheduleNamed(named: string | null, schedules: Schedule[]): Schedule | undefined {
  if (named === null) return schedules.length === 1 ? schedules[0] : undefined;
  const wanted = named.trim().toLowerCase();
  return schedules.find(({ id, name }) => id === named || name?.trim().toLowerCase() === wanted);
}

/** Whether people are at work at that time, in milliseconds since 1970. */
export function isOpen(hours: OfficeHours, at: number): boolean {
  const local = localOf(hours.timeZone, at);
  return intervalsOf(hours, local).some(
    ({ from, to }) => from <= local.minute && local.minute < to,
  );
}

/** When people are at work next, in milliseconds since 1970; `null`: not within a month. */
export function opensAt(hours: OfficeHours, at: number): number | null {
  const today = localOf(hours.timeZone, at);
  for (let ahead = 0; ahead <= longestLookAheadDays; ahead += 1) {
    const date = daysLater(today, ahead);
    const starts = intervalsOf(hours, date)
      .map(({ from }) => instantOf(hours.timeZone, { ...date, minute: from }))
      .filter((start) => start > at)
      .sort((one, other) => one - other);
    if (starts[0] !== undefined) return starts[0];
  }
  return null;
}

/** An exception takes the place of the week's own hours. */
function intervalsOf({ week, exceptions }: OfficeHours, date: Local): OpenInterval[] {
  const exception = exceptions.find(
    ({ year, month, day }) =>
      (year === null || year === date.year) && month === date.month && day === date.day,
  );
  if (exception !== undefined) return exception.open;
  // Sunday is 0 in JavaScript, Monday in the week.
  const weekday = new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay();
  return week[(weekday + 6) % 7] ?? [];
}

function daysLater({ year, month, day, minute }: Local, days: number): Local {
  const date = new Date(Date.UTC(year, month - 1, day) + days * dayMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    minute,
  };
}

/** Making one takes longer than all that it is asked for in a journey; a policy names few zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** What the clock on the wall shows there. */
function localOf(timeZone: string, at: number): Local {
  const shown = clockOf(timeZone).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) =>
    Number(shown.find((part) => part.type === type)?.value);
  return {
    year: value("year"),
    month: value("month"),
    day: value("day"),
    minute: value("hour") * 60 + value("minute"),
  };
}

/**
 * When the clock on the wall shows that. A time that the clock skips in spring is the first after it;
 * of a time that it shows twice in autumn, one of the two.
 */
function instantOf(timeZone: string, wanted: Local): number {
  const asUtc = Date.UTC(wanted.year, wanted.month - 1, wanted.day, 0, wanted.minute);
  let at = asUtc;
  // Twice, because the first guess may lie on the other side of a clock change.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { year, month, day, minute } = localOf(timeZone, at);
    at += asUtc - Date.UTC(year, month - 1, day, 0, minute);
  }
  return at;
}
