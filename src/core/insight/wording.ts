import type { Times } from "./insight.ts";

// Numbers as people read them, on the page and in the digest.

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString("en", {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  });
}

/** "half within 4 min, nine of ten within 2 h" */
export function timesWords(times: Times): string {
  if (times === null) return "–";
  return `${withinWords(times)} (${number(times.count)})`;
}

/** The same without how many they are. */
export function withinWords({ half, nineOfTen }: NonNullable<Times>): string {
  return `half within ${duration(half)}, nine of ten within ${duration(nineOfTen)}`;
}

function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1000))} s`;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}
