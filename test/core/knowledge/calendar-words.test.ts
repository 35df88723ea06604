import { describe, expect, it } from "vitest";
import { calendarWords } from "../../../src/core/knowledge/calendar-words.ts";

const languages = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "tr", "ru"];
const daysOfAYear = Array.from({ length: 366 }, (_, day) => Date.UTC(2024, 0, day + 1));

describe("the words of a calendar", () => {
  it.each(languages)("has every month and every day of the week in %s", (language) => {
    const forms = (["long", "short"] as const).flatMap((width) => [
      { month: width, day: "numeric" as const },
      { weekday: width },
    ]);
    const written = forms.flatMap((form) => {
      const format = new Intl.DateTimeFormat(language, { ...form, timeZone: "UTC" });
      return daysOfAYear
        .flatMap((day) => format.formatToParts(day))
        .filter(({ type }) => type === "month" || type === "weekday")
        .map(({ value }) => value.toLowerCase().replace(/\.$/, ""));
    });
    expect(new Set(written).size).toBeGreaterThan(30);
    expect([...new Set(written)].filter((word) => !calendarWords.has(word))).toEqual([]);
  });
});
