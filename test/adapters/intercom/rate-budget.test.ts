import { describe, expect, it } from "vitest";
import { createRateBudget, type RateLimit } from "../../../src/adapters/intercom/rate-budget.ts";

const { signal } = new AbortController();
const start = Date.UTC(2026, 0, 1);

/** A clock that only waiting moves. */
function createTime(at = start) {
  const time = {
    now: at,
    clock: () => time.now,
    async sleep(ms: number) {
      time.now += ms;
    },
  };
  return time;
}

/** Intercom's side: a counter per ten seconds and answers with its headers. */
function createIntercom(time: { now: number }, options: { limit?: number; aheadMs?: number } = {}) {
  const { limit = 30, aheadMs = 0 } = options;
  const counts = new Map<number, number>();
  const call = (): RateLimit => {
    const now = time.now + aheadMs;
    const window = Math.floor(now / 10_000);
    counts.set(window, (counts.get(window) ?? 0) + 1);
    const remaining = limit - (counts.get(window) ?? 0);
    // As the `Date` header tells it.
    const at = Math.floor(now / 1000) * 1000;
    return { limit, remaining, resetAt: (window + 1) * 10_000, at };
  };
  return { call, counts: () => [...counts.values()] };
}

describe("the rate budget", () => {
  it.each([
    ["equal clocks", 0],
    ["Intercom's clock three seconds ahead", 3_000],
    ["Intercom's clock three seconds behind", -3_000],
  ])("leaves a third of every window untouched and uses the rest: %s", async (_name, aheadMs) => {
    const time = createTime();
    const budget = createRateBudget(time);
    const intercom = createIntercom(time, { aheadMs });
    for (let calls = 0; calls < 200; calls += 1) {
      const done = await budget.take(signal);
      budget.note(intercom.call());
      done();
    }
    const counts = intercom.counts();
    expect(Math.max(...counts)).toBeLessThanOrEqual(20);
    for (const count of counts.slice(1, -1)) expect(count).toBeGreaterThanOrEqual(18);
  });

  it("spreads its calls over the window", async () => {
    const time = createTime();
    const budget = createRateBudget(time);
    const intercom = createIntercom(time);
    const at: number[] = [];
    for (let calls = 0; calls < 40; calls += 1) {
      const done = await budget.take(signal);
      at.push(time.now);
      budget.note(intercom.call());
      done();
    }
    const secondWindow = at.filter((one) => one >= start + 10_000 && one < start + 20_000);
    const gaps = secondWindow.slice(1).map((one, index) => one - (secondWindow[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2_000);
  });

  it("takes what live replies use off its own share", async () => {
    const time = createTime();
    const budget = createRateBudget(time);
    const intercom = createIntercom(time);
    for (let live = 0; live < 18; live += 1) budget.note(intercom.call());
    let own = 0;
    while (time.now < start + 9_000) {
      const done = await budget.take(signal);
      if (time.now >= start + 9_000) break;
      own += 1;
      budget.note(intercom.call());
      done();
    }
    expect(own).toBeLessThanOrEqual(2);
  });

  it("waits for the reset after a 429", async () => {
    const time = createTime();
    const budget = createRateBudget(time);
    budget.note({ limit: 30, remaining: 0, resetAt: start + 10_000, at: start });
    await budget.take(signal);
    expect(time.now).toBeGreaterThanOrEqual(start + 10_000);
  });

  it("is not misled by an answer of the window before that arrives late", async () => {
    const time = createTime(start + 9_990);
    const budget = createRateBudget(time);
    budget.note({ limit: 30, remaining: 11, resetAt: start + 10_000, at: start + 9_000 });
    const late = await budget.take(signal);
    time.now = start + 12_000;
    (await budget.take(signal))();
    budget.note({ limit: 30, remaining: 10, resetAt: start + 10_000, at: start + 9_000 });
    late();
    await budget.take(signal);
    expect(time.now).toBeLessThan(start + 15_000);
  });

  it("counts the calls that have no answer yet", async () => {
    const time = createTime();
    const answers: (() => void)[] = [];
    const budget = createRateBudget({
      clock: time.clock,
      async sleep(ms) {
        await time.sleep(ms);
        // No call is answered within the window.
        if (time.now >= start + 10_000) for (const answer of answers) answer();
      },
    });
    budget.note({ limit: 30, remaining: 30, resetAt: start + 10_000, at: start });
    while (time.now < start + 10_000) answers.push(await budget.take(signal));
    // The last one waited for the next window.
    expect(answers.length - 1).toBeLessThanOrEqual(20);
    expect(answers.length - 1).toBeGreaterThanOrEqual(18);
  });

  it("makes one call at a time while no answer carries the headers", async () => {
    const time = createTime();
    const budget = createRateBudget(time);
    const done = await budget.take(signal);
    let isSecondIn = false;
    const second = budget.take(signal).then(() => {
      isSecondIn = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(isSecondIn).toBe(false);
    done();
    await second;
    expect(isSecondIn).toBe(true);
  });

  it("lets go of whoever waits when aborted, and of nobody else", async () => {
    const time = createTime();
    const budget = createRateBudget(time);
    const stopping = new AbortController();
    const done = await budget.take(signal);
    const waiting = budget.take(stopping.signal);
    const next = budget.take(signal);
    stopping.abort();
    await expect(waiting).rejects.toThrow();
    done();
    await next;
  });
});
