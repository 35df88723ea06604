import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { patienceOf } from "../../src/lib/patience.ts";

describe("patienceOf", () => {
  it("ends after its time, and says so", async () => {
    const { signal } = patienceOf(5);
    expect(signal.aborted).toBe(false);
    await pause(20);
    expect(signal.reason).toEqual(new Error("no answer in 5 ms"));
  });

  it("ends with the caller's, for the caller's reason", () => {
    const caller = new AbortController();
    const { signal } = patienceOf(1_000, caller.signal);
    caller.abort(new Error("enough"));
    expect(signal.reason).toEqual(new Error("enough"));
    expect(patienceOf(1_000, caller.signal).signal.reason).toEqual(new Error("enough"));
  });

  it("does nothing any more once it is over", async () => {
    const caller = new AbortController();
    const patience = patienceOf(5, caller.signal);
    patience.end();
    caller.abort();
    await pause(20);
    expect(patience.signal.aborted).toBe(false);
  });
});
