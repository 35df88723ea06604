import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createIntercom } from "../../../src/adapters/intercom/intercom.ts";
import { readPolicy } from "../../../src/adapters/policy-file/read-policy.ts";
import { createKnownSchedules } from "../../../src/core/answering/known-schedules.ts";
import { holds } from "../../../src/core/judging/conditions.ts";
import { factsOf } from "../../../src/core/judging/facts-of.ts";
import { explainUnknownName, unknownSchedules } from "../../../src/core/judging/unknown-names.ts";
import type { Inbox } from "../../../src/core/ports.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Conversation, Policy } from "../../../src/core/types.ts";
import { unknown } from "../../../src/core/unknown.ts";
import { conversation, customer, part, policy as settings } from "../../fixtures/conversations.ts";
import { type IntercomStandIn, startIntercomStandIn } from "../../stand-ins/intercom.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

// Intercom's own office hours, from its answers over HTTP to what a rule makes of them.

let standIn: IntercomStandIn;
let now: number;

beforeEach(async () => {
  standIn = await startIntercomStandIn();
  now = 1_000_000;
});
afterEach(() => standIn.stop());

const nine = 540;
const five = 1020;
const workdays = [0, 1, 2, 3, 4].map((day) => ({
  start_minute: day * 1440 + nine,
  end_minute: day * 1440 + five,
  day_of_week: day,
}));
/** Monday to Friday, nine to five. */
const berlin = {
  id: "1",
  fields: { name: "Standard hours", time_zone_name: "Europe/Berlin", time_intervals: workdays },
};
const closedPolicy = "never:\n  - name: Closed\n    when: { office_hours: closed }\n";

function policyOf(hours: string, rest = closedPolicy): Policy {
  const read = readPolicy(`${rest}office_hours: ${hours}`);
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return { ...settings, ...read.policy };
}

function world(policy: Policy) {
  const log = createRecordingLog();
  const { schedules } = createIntercom({
    baseUrl: standIn.baseUrl,
    appUrl: "https://app.intercom.com",
    accessToken: standIn.accessToken,
    version: "2.16",
    adminId: standIn.adminId,
    log,
  });
  const known = createKnownSchedules({ schedules, policy: () => policy, clock: () => now, log });
  const asked = conversation([part(customer, "Hello?")]);
  const inbox = known.knownIn({ read: async () => asked } as unknown as Inbox);
  const read = async () => (await inbox.read("c1")) as Conversation;
  return {
    ...known,
    log,
    schedules,
    read,
    async isClosed(at: string, teamId: string | null = null) {
      const found = { ...(await read()), readAt: Date.parse(at), teamId };
      const turn = unansweredTurn(found);
      const when = policy.rules.never[0]?.when;
      if (turn === null || when === undefined) throw new Error("nothing to ask");
      return holds(when, factsOf(found, turn, null));
    },
  };
}

const calls = () => standIn.requests.map(({ path }) => path).sort();

describe("office hours, by Intercom's API", () => {
  it.each([
    ["Monday at nine", "2026-11-30T08:00:00Z", "no"],
    ["Monday before nine", "2026-11-30T07:59:00Z", "yes"],
    ["Monday at five", "2026-11-30T16:00:00Z", "yes"],
    ["Saturday", "2026-11-28T10:00:00Z", "yes"],
    [
      "the Monday after the clocks went forward, an hour earlier by UTC",
      "2026-03-30T07:00:00Z",
      "no",
    ],
    ["that Monday, not yet", "2026-03-30T06:59:00Z", "yes"],
    ["the Friday before", "2026-03-27T07:59:00Z", "yes"],
    ["the Monday after the clocks went back, an hour later by UTC", "2026-10-26T08:00:00Z", "no"],
    ["that Monday, not yet", "2026-10-26T07:59:00Z", "yes"],
    ["the Friday before", "2026-10-23T07:00:00Z", "no"],
    ["a holiday of every year", "2026-12-25T10:00:00Z", "yes"],
    ["the same day three years later, a Tuesday", "2029-12-25T10:00:00Z", "yes"],
    ["a holiday of one year", "2026-05-01T10:00:00Z", "yes"],
    ["the same day in another year, a Thursday", "2031-05-01T10:00:00Z", "no"],
    ["29 February, in a year that has one", "2028-02-29T10:00:00Z", "yes"],
    ["1 March of a year without", "2027-03-01T10:00:00Z", "no"],
    ["custom hours, within", "2026-12-24T10:30:00Z", "no"],
    ["custom hours, after", "2026-12-24T12:00:00Z", "yes"],
    ["custom hours on a Sunday", "2026-11-29T10:30:00Z", "no"],
    ["custom hours of one year before those of every year", "2027-12-24T07:30:00Z", "no"],
  ])("%s", async (_when, at, expected) => {
    standIn.officeHours.push({
      ...berlin,
      exceptions: [
        { exception_date: "2020-12-25", exception_type: "closed", recurring_annually: true },
        { exception_date: "2026-05-01", exception_type: "closed" },
        { exception_date: "2024-02-29", exception_type: "closed", recurring_annually: true },
        {
          exception_date: "2026-12-24",
          exception_type: "custom_hours",
          recurring_annually: true,
          time_intervals: [{ start_minute: nine, end_minute: 780, day_of_week: 3 }],
        },
        {
          exception_date: "2027-12-24",
          exception_type: "custom_hours",
          time_intervals: [{ start_minute: 480, end_minute: nine, day_of_week: 4 }],
        },
        {
          exception_date: "2026-11-29",
          exception_type: "custom_hours",
          time_intervals: [{ start_minute: nine, end_minute: 780, day_of_week: 6 }],
        },
      ],
    });
    expect(await world(policyOf("{ from: intercom }")).isClosed(at)).toBe(expected);
  });

  it("goes on past midnight, and around the clock", async () => {
    const night = [{ start_minute: 4 * 1440 + 1320, end_minute: 5 * 1440 + 120, day_of_week: 4 }];
    standIn.officeHours.push(
      { id: "1", fields: { name: "Night", time_zone_name: "UTC", time_intervals: night } },
      { id: "2", fields: { name: "Always", time_zone_name: "UTC", twenty_four_seven: true } },
    );
    const { isClosed } = world(
      policyOf(
        "{ from: intercom, schedule: night, teams: { 12: { from: intercom, schedule: '2' } } }",
      ),
    );
    expect(await isClosed("2026-11-27T23:30:00Z")).toBe("no");
    expect(await isClosed("2026-11-28T01:30:00Z")).toBe("no");
    expect(await isClosed("2026-11-28T02:00:00Z")).toBe("yes");
    expect(await isClosed("2026-11-28T02:00:00Z", "12")).toBe("no");
    expect(await isClosed("2026-11-28T02:00:00Z", "13")).toBe("yes");
  });

  it("asks nothing where neither a rule nor a hand-off uses them", async () => {
    standIn.officeHours.push(berlin);
    const unused = world(policyOf("{ from: intercom }", ""));
    unused.expect();
    expect(await unused.read()).not.toHaveProperty("schedules");
    const written = world(policyOf("{ time_zone: UTC }"));
    written.expect();
    expect(await written.isClosed("2026-11-30T10:00:00Z")).toBe("yes");
    expect(calls()).toEqual([]);
    const told = world(policyOf("{ from: intercom }", "hand_off: { to: { team: 12 } }\n"));
    expect(await told.read()).toMatchObject({ schedules: [{ name: "Standard hours" }] });
  });

  it("are read once for many conversations, and again after ten minutes while nobody waits", async () => {
    standIn.officeHours.push(berlin);
    const { expect: begin, isClosed } = world(policyOf("{ from: intercom }"));
    begin();
    await Promise.all([isClosed("2026-11-30T10:00:00Z"), isClosed("2026-11-30T10:00:00Z")]);
    const one = ["/office_hours_schedules", "/office_hours_schedules/1/office_hours_exceptions"];
    expect(calls()).toEqual(one);
    now += 600_000;
    berlin.fields.time_zone_name = "UTC";
    expect(await isClosed("2026-11-30T08:30:00Z")).toBe("no");
    await vi.waitFor(
      async () => expect(await isClosed("2026-11-30T08:30:00Z")).toBe("yes"),
      10_000,
    );
    berlin.fields.time_zone_name = "Europe/Berlin";
  });

  it("lean to people while they cannot be read, which is said once", async () => {
    standIn.officeHours.push(berlin);
    standIn.setFault(() => ({ kind: "status", status: 403, when: "before" }));
    const { isClosed, read, log } = world(policyOf("{ from: intercom }"));
    expect(await isClosed("2026-11-30T10:00:00Z")).toBe("unknown");
    expect(await read()).toMatchObject({ schedules: unknown });
    expect(standIn.requests).toHaveLength(1);
    now += 10_000;
    expect(await isClosed("2026-11-30T10:00:00Z")).toBe("unknown");
    expect(standIn.requests).toHaveLength(2);
    const said = () => log.lines.filter(({ level }) => level !== "debug");
    expect(said()).toHaveLength(1);
    expect(said()[0]).toMatchObject({ level: "warn" });

    standIn.setFault(() => null);
    now += 10_000;
    expect(await isClosed("2026-11-30T10:00:00Z")).toBe("no");
    expect(said().at(-1)?.event).toMatch(/can be read again/);
  });

  it("serve for an hour when they cannot be read again, and no longer", async () => {
    standIn.officeHours.push(berlin);
    const { isClosed } = world(policyOf("{ from: intercom }"));
    expect(await isClosed("2026-11-30T10:00:00Z")).toBe("no");
    standIn.setFault(() => ({ kind: "status", status: 403, when: "before" }));
    now += 3_599_000;
    expect(await isClosed("2026-11-30T10:00:00Z")).toBe("no");
    await vi.waitFor(() => expect(standIn.requests).toHaveLength(3), 10_000);
    now += 20_000;
    expect(await isClosed("2026-11-30T10:00:00Z")).toBe("unknown");
  });

  it.each([
    ["a zone that does not exist", { time_zone_name: "Mars/Olympus" }, []],
    [
      "hours that end before they begin",
      { time_intervals: [{ start_minute: 9, end_minute: 3 }] },
      [],
    ],
    ["no hours", { time_intervals: null }, []],
    ["an exception of a new kind", {}, [{ exception_date: "2026-12-24", exception_type: "half" }]],
  ])("with %s say nothing, and the other schedules do", async (_what, fields, exceptions) => {
    const odd = { id: "2", fields: { ...berlin.fields, name: "Odd", ...fields }, exceptions };
    standIn.officeHours.push(berlin, odd);
    const monday = "2026-11-30T10:00:00Z";
    const named = (name: string) => world(policyOf(`{ from: intercom, schedule: ${name} }`));
    expect(await named("Odd").isClosed(monday)).toBe("unknown");
    expect(await named("Standard hours").isClosed(monday)).toBe("no");
    // Which of two is meant cannot be said.
    expect(await world(policyOf("{ from: intercom }")).isClosed(monday)).toBe("unknown");
  });

  it("that do not exist are named with those that do", async () => {
    standIn.officeHours.push(berlin, { ...berlin, id: "2" });
    const { schedules } = world(settings);
    const found = await schedules.read(AbortSignal.timeout(5_000));
    const explained = unknownSchedules(["Standard Hours", "Standrad", null], found).map(
      explainUnknownName,
    );
    expect(explained).toEqual([
      expect.stringMatching(/no schedule of office hours called “Standrad” .*“Standard hours”/),
      expect.stringMatching(/Of 2 schedules .* none is named/),
    ]);
  });
});
