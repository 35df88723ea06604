import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { inBursts } from "../../src/lib/in-bursts.ts";

it("does what came in one turn together and in order, and what comes then in the next", async () => {
  const done: number[] = [];
  const later = inBursts();
  later(() => done.push(1));
  later(() => {
    done.push(2);
    later(() => done.push(4));
  });
  later(() => done.push(3));
  expect(done).toEqual([]);
  await turn();
  expect(done).toEqual([1, 2, 3]);
  await turn();
  expect(done).toEqual([1, 2, 3, 4]);
});
