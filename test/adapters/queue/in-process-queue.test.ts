import { describe, expect, it, vi } from "vitest";
import { createInProcessQueue, NotBegun } from "../../../src/adapters/queue/in-process-queue.ts";
import type { Slot } from "../../../src/core/ports.ts";
import type { Hint } from "../../../src/core/types.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const hint = (conversationId: string, partId: string | null = null): Hint => ({
  conversationId,
  from: "webhook",
  partId,
  contactId: null,
  text: "",
});

/** A queue whose journeys end when the test says so. */
function createQueue(parallel = 8, retryDelaysMs: number[] = []) {
  const started: { hint: Hint; slot: Slot; end(error?: Error): void }[] = [];
  const log = createRecordingLog();
  const queue = createInProcessQueue({
    parallel,
    retryDelaysMs,
    log,
    work: (about, slot) =>
      new Promise((resolve, reject) => {
        started.push({
          hint: about,
          slot,
          end: (error) => (error === undefined ? resolve() : reject(error)),
        });
      }),
  });
  const running = (count: number) =>
    vi.waitFor(() => expect(started).toHaveLength(count), { timeout: 30_000 });
  return { queue, started, running, log };
}

describe("createInProcessQueue", () => {
  it("works on one conversation once at a time, and once more for hints that came meanwhile", async () => {
    const { queue, started, running } = createQueue();
    queue.add(hint("1", "a"));
    await running(1);
    for (const part of ["a", "b", "c"]) queue.add(hint("1", part));
    started[0]?.end();
    await running(2);
    expect(started[1]?.hint.partId).toBe("c");
    started[1]?.end();
    await queue.idle();
    expect(started).toHaveLength(2);
  });

  it("works on different conversations at the same time, up to the limit", async () => {
    const { queue, started, running } = createQueue(2);
    for (const id of ["1", "2", "3"]) queue.add(hint(id));
    await running(2);
    started[0]?.end();
    await running(3);
    expect(started.map((one) => one.hint.conversationId)).toEqual(["1", "2", "3"]);
    started[1]?.end();
    started[2]?.end();
    await queue.idle();
    expect(queue.size()).toBe(0);
  });

  it("lets others work while a journey rests", async () => {
    const { queue, started, running } = createQueue(1);
    queue.add(hint("1"));
    queue.add(hint("2"));
    await running(1);
    const wakeUp = new AbortController();
    const rested = started[0]?.slot.rest(60_000, wakeUp.signal);
    await running(2);
    started[1]?.end();
    wakeUp.abort();
    await rested;
    started[0]?.end();
    await queue.idle();
  });

  it("tells the journey under way about newer hints of its conversation only", async () => {
    const { queue, started, running } = createQueue();
    queue.add(hint("1", "a"));
    await running(1);
    const heard: (string | null)[] = [];
    started[0]?.slot.onHint(({ partId }) => heard.push(partId));
    queue.add(hint("1", "b"));
    queue.add(hint("2", "c"));
    expect(heard).toEqual(["b"]);
  });

  it("keeps what a notification said when the sweep finds the same conversation", async () => {
    const { queue, started, running } = createQueue(1);
    queue.add(hint("busy"));
    await running(1);
    queue.add({ ...hint("1", "a"), text: "Hello" });
    queue.add({ ...hint("1"), from: "sweep" });
    started[0]?.end();
    await running(2);
    expect(started[1]?.hint).toMatchObject({ partId: "a", text: "Hello" });
  });

  it("runs a task alone: after the journey under way, before the next one", async () => {
    const { queue, started, running } = createQueue();
    const order: string[] = [];
    queue.add(hint("1"));
    await running(1);
    const task = queue.runAlone("1", async () => {
      order.push("task");
      return 7;
    });
    queue.add(hint("1", "b"));
    order.push("journey");
    started[0]?.end();
    expect(await task).toBe(7);
    expect(order).toEqual(["journey", "task"]);
    await running(2);
    started[1]?.end();
    await queue.idle();
  });

  it("hands a task's failure to its caller and goes on", async () => {
    const { queue } = createQueue();
    const failing = queue.runAlone("1", async () => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await queue.runAlone("1", async () => "yes")).toBe("yes");
  });

  it("tries a failed journey again after a pause, and then leaves it to the sweep", async () => {
    const { queue, started, running, log } = createQueue(8, [5]);
    queue.add(hint("1"));
    await running(1);
    started[0]?.end(new Error("Intercom is down"));
    await running(2);
    expect(started[1]?.hint.from).toBe("retry");
    started[1]?.end(new Error("still down"));
    await queue.idle();
    expect(log.lines.map(({ level }) => level)).toEqual(["warn", "error"]);
  });

  it("drains also when thousands wait", async () => {
    const { queue, started, running } = createQueue(1);
    for (let id = 0; id < 20_000; id++) queue.add(hint(String(id)));
    await running(1);
    const drained = queue.drain(5_000);
    started[0]?.end();
    expect(await drained).toBe(0);
    expect(started).toHaveLength(1);
  });

  it("tells whoever has a hint followed how that went, and leaves trying again to them", async () => {
    const { queue, started, running, log } = createQueue(8, [5]);
    const followed = queue.follow(hint("1", "a"));
    await running(1);
    const next = queue.follow(hint("1", "b"));
    started[0]?.end(new Error("Intercom is down"));
    await expect(followed).rejects.toThrow("Intercom is down");
    await running(2);
    started[1]?.end();
    await next;
    await queue.idle();
    expect(log.lines).toEqual([]);
  });

  it("says that it begins nothing more when it drains, to whoever has a hint followed", async () => {
    const { queue, started, running } = createQueue(1);
    queue.add(hint("busy"));
    await running(1);
    const waiting = queue.follow(hint("1"));
    const drained = queue.drain(5_000);
    started[0]?.end();
    await expect(waiting).rejects.toThrow(NotBegun);
    await expect(queue.follow(hint("2"))).rejects.toThrow(NotBegun);
    await drained;
  });

  it("tells a journey about a hint that another process takes care of, and begins none for it", async () => {
    const { queue, started, running } = createQueue();
    queue.add(hint("1", "a"));
    await running(1);
    const heard: (string | null)[] = [];
    started[0]?.slot.onHint(({ partId }) => heard.push(partId));
    queue.tell(hint("1", "b"));
    queue.tell(hint("2", "c"));
    expect(heard).toEqual(["b"]);
    started[0]?.end();
    await queue.idle();
    expect(started).toHaveLength(1);
  });

  it("drains: begins nothing new and says how many did not end in time", async () => {
    const { queue, started, running } = createQueue(1);
    queue.add(hint("1"));
    queue.add(hint("2"));
    await running(1);
    expect(await queue.drain(10)).toBe(2);
    queue.add(hint("3"));
    started[0]?.end();
    await queue.idle();
    expect(started).toHaveLength(1);
  });
});
