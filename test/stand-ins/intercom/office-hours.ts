/** A schedule of `GET /office_hours_schedules` and its exceptions, as a test states them. */
export type ScheduleState = {
  id: string;
  fields: Record<string, unknown>;
  exceptions?: Record<string, unknown>[] | undefined;
};

type Answer = { status: number; body: object };

/** Carries out the lists of schedules and of a schedule's exceptions. */
export function officeHoursAnswer(
  schedules: ScheduleState[],
  id: string | undefined,
  action: string | undefined,
): Answer {
  if (id === undefined) {
    const data = schedules.map((one) => ({
      type: "office_hours_schedule",
      id: one.id,
      name: null,
      twenty_four_seven: false,
      ...one.fields,
    }));
    return { status: 200, body: { type: "office_hours_schedule.list", data } };
  }
  const schedule = schedules.find((one) => one.id === id);
  if (schedule === undefined || action !== "office_hours_exceptions") {
    const errors = [{ code: "not_found", message: "Office hours schedule not found" }];
    return { status: 404, body: { type: "error.list", errors } };
  }
  const data = (schedule.exceptions ?? []).map((exception) => ({
    type: "office_hours_exception",
    office_hours_schedule_id: id,
    name: null,
    time_intervals: null,
    recurring_annually: false,
    ...exception,
  }));
  return { status: 200, body: { type: "office_hours_exception.list", data } };
}
