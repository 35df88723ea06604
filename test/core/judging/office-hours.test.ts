import { describe, expect, it } from "vitest";
import { readPolicy } from "../../../src/adapters/policy-file/read-policy.ts";
import { handOffSentence } from "../../../src/core/judging/hand-off-sentences.ts";
import { isOpen, opensAt } from "../../../src/core/judging/office-hours.ts";
import type { OfficeHours } from "../../../src/core/policy.ts";

function hoursOf(lines: string[]): OfficeHours {
  const read = readPolicy(["office_hours:", ...lines.map((line) => `  ${line}`)].join("\n"));
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  const general = read.policy.officeHours?.general;
  if (general === undefined || "schedule" in general) throw new Error("no hours");
  return general;
}

const berlin = hoursOf([
  "time_zone: Europe/Berlin",
  "monday: 09:00-17:00",
  "tuesday: [09:00-12:00, 13:00-17:00]",
  "wednesday: 09:00-17:00",
  "thursday: 09:00-17:00",
  "friday: 09:00-15:00",
  "closed: [12-25, 02-29, 2026-05-01]",
  "other_hours: { 2026-12-24: 09:00-12:00, 12-31: closed }",
]);
const at = (iso: string) => Date.parse(iso);
const iso = (instant: number | null) => instant && new Date(instant).toISOString();

describe("office hours", () => {
  it.each([
    ["Monday before nine", "2026-11-30T07:59:00Z", false],
    ["Monday at nine", "2026-11-30T08:00:00Z", true],
    ["Monday's last minute", "2026-11-30T15:59:59Z", true],
    ["Monday at five", "2026-11-30T16:00:00Z", false],
    ["Tuesday at lunch", "2026-12-01T11:30:00Z", false],
    ["Tuesday after lunch", "2026-12-01T12:00:00Z", true],
    ["Saturday", "2026-11-28T10:00:00Z", false],
    ["a holiday of every year, on a Friday", "2026-12-25T10:00:00Z", false],
    ["the same one a year later, on a Saturday", "2027-12-25T10:00:00Z", false],
    ["a holiday of one year, on a Friday", "2026-05-01T10:00:00Z", false],
    ["the same day a year before", "2025-05-01T10:00:00Z", true],
    ["29 February, in a year that has one", "2028-02-29T10:00:00Z", false],
    ["1 March of a year without", "2027-03-01T10:00:00Z", true],
    ["other hours, within", "2026-12-24T10:30:00Z", true],
    ["other hours, after", "2026-12-24T11:00:00Z", false],
    ["the Friday before the clocks go forward", "2026-03-27T08:00:00Z", true],
    ["the Monday after, an hour earlier by UTC", "2026-03-30T07:00:00Z", true],
    ["the Monday after, not yet", "2026-03-30T06:59:00Z", false],
    ["the Friday before the clocks go back", "2026-10-23T07:00:00Z", true],
    ["the Monday after, an hour later by UTC", "2026-10-26T08:00:00Z", true],
    ["the Monday after, not yet", "2026-10-26T07:59:00Z", false],
  ])("%s", (_when, instant, expected) => {
    expect(isOpen(berlin, at(instant))).toBe(expected);
  });

  it.each([
    ["from Saturday to Monday", "2026-11-28T10:00:00Z", "2026-11-30T08:00:00.000Z"],
    ["over lunch", "2026-12-01T11:30:00Z", "2026-12-01T12:00:00.000Z"],
    ["over Christmas", "2026-12-24T12:00:00Z", "2026-12-28T08:00:00.000Z"],
    ["over the clocks that go forward", "2026-03-28T10:00:00Z", "2026-03-30T07:00:00.000Z"],
    ["over the clocks that go back", "2026-10-24T10:00:00Z", "2026-10-26T08:00:00.000Z"],
    ["while open, the next time", "2026-11-30T10:00:00Z", "2026-12-01T08:00:00.000Z"],
  ])("opens again %s", (_when, instant, expected) => {
    expect(iso(opensAt(berlin, at(instant)))).toBe(expected);
  });

  it("that begin in an hour which the clock skips, begin after it", () => {
    const night = hoursOf(["time_zone: Europe/Berlin", "sunday: 02:30-06:00"]);
    expect(isOpen(night, at("2026-03-29T00:59:00Z"))).toBe(false);
    expect(isOpen(night, at("2026-03-29T01:00:00Z"))).toBe(true);
    const opens = opensAt(night, at("2026-03-28T12:00:00Z")) ?? 0;
    expect(Math.abs(opens - at("2026-03-29T01:00:00Z"))).toBeLessThanOrEqual(30 * 60_000);
  });

  it("that never come are not promised", () => {
    const never = hoursOf(["time_zone: UTC"]);
    expect(opensAt(never, at("2026-11-28T10:00:00Z"))).toBeNull();
    expect(handOffSentence(null, "en", never, 0)).toBe(
      "A colleague will take it from here and reply to you in this conversation.",
    );
  });

  it("are told with a hand-off outside them, in the customer's language and with the zone", () => {
    const weekend = at("2026-11-28T10:00:00Z");
    const german = handOffSentence(null, "de", berlin, weekend);
    expect(german).toMatch(/übernimmt .* wieder da: Montag, 30\. November .*09:00 MEZ\.$/);
    expect(handOffSentence(null, "en", berlin, weekend)).toMatch(/Monday.*30 November.*09:00/);
    expect(handOffSentence(null, "xx", berlin, weekend)).toMatch(/Monday.*30 November.*09:00/);
    const monday = at("2026-11-30T10:00:00Z");
    expect(handOffSentence(null, "en", berlin, monday)).not.toContain("back");
    expect(handOffSentence({ any: "Wait." }, "en", berlin, weekend)).toBe("Wait.");
    expect(handOffSentence("nothing", "en", berlin, weekend)).toBeNull();
  });

  it("that cannot be are named with what was expected", () => {
    const read = readPolicy(
      [
        "office_hours:",
        "  time_zone: Berlin",
        "  monday: 17:00-09:00",
        "  tuesday: 9-17",
        "  closed: [2026-02-30]",
        "  funday: 09:00-10:00",
      ].join("\n"),
    );
    expect("problems" in read && read.problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/line 2: office_hours\.time_zone: must be a time zone/),
        expect.stringMatching(/line 3: office_hours\.monday: must be from–to/),
        expect.stringMatching(/line 4: office_hours\.tuesday: must be from–to/),
        expect.stringMatching(/line 5: office_hours\.closed\[1\]: must be days/),
        expect.stringMatching(/line 6: office_hours\.funday: there is no such key/),
      ]),
    );
    const two = readPolicy(
      [
        "office_hours:",
        "  from: intercom",
        "  monday: 09:00-17:00",
        "  teams:",
        "    Billing: { from: intercom }",
        "    12: { from: elsewhere }",
        "    13: { monday: 9-17 }",
      ].join("\n"),
    );
    expect("problems" in two && two.problems.toSorted()).toEqual([
      expect.stringMatching(/line 3: office_hours\.monday: there is no such key/),
      expect.stringMatching(/line 5: office_hours\.teams\.Billing: must be teams by their ids/),
      expect.stringMatching(/line 6: office_hours\.teams\.12\.from: must be intercom, or left out/),
      expect.stringMatching(/line 7: office_hours\.teams\.13\.monday: must be from–to/),
      expect.stringMatching(/line 7: office_hours\.teams\.13\.time_zone: must be a time zone/),
    ]);
    const without = readPolicy("never:\n  - when: { not: { office_hours: open } }");
    expect(without).toEqual({
      problems: ["line 2: never[1]: asks for office_hours, which the file does not say"],
    });
  });
});
