import { afterEach, expect, it, vi } from "vitest";
import { steadyClock } from "../../src/lib/steady-clock.ts";

afterEach(() => void vi.useRealTimers());

it("goes on as before when the machine's clock is set", () => {
  const before = steadyClock();
  expect(Math.abs(before - Date.now())).toBeLessThan(5_000);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 90_000 });
  expect(Date.now() - before).toBeGreaterThan(80_000);
  expect(steadyClock() - before).toBeLessThan(5_000);
  expect(steadyClock()).toBeGreaterThanOrEqual(before);
});
