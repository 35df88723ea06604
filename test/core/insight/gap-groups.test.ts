import { describe, expect, it } from "vitest";
import { gapGroups } from "../../../src/core/insight/gap-groups.ts";

const sunday = Date.UTC(2026, 10, 22, 23);
const monday = Date.UTC(2026, 10, 23);
const asked = (text: string, at: number) => ({ text, at, url: `https://app.example.com/${at}` });

describe("content gaps by group and week", () => {
  it("are what several asked, the most frequent first, in whose week they asked", () => {
    const groups = gapGroups([
      asked("Do you ship parcels to Norway?", sunday),
      asked("Will you ship parcels to Norway?", monday),
      asked("Can you ship parcels to Norway for me?", monday + 1),
      asked("How do I change the logo on invoices?", monday + 2),
      asked("How do I change the logo on my invoices?", monday + 3),
      asked("Is there an office in Berlin?", monday + 4),
    ]);
    expect(groups).toMatchObject([
      {
        question: expect.stringContaining("Norway"),
        count: 3,
        weeks: [
          { monday: Date.UTC(2026, 10, 16), count: 1 },
          { monday, count: 2 },
        ],
      },
      { question: expect.stringContaining("logo"), count: 2, weeks: [{ monday, count: 2 }] },
    ]);
    const [norway] = groups;
    expect(norway?.url).toMatch(/^https:\/\/app\.example\.com\//);
  });

  it("are none where nobody asked anything", () => {
    expect(gapGroups([])).toEqual([]);
  });
});
