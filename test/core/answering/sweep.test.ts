import { describe, expect, it } from "vitest";
import { createObservedVersions } from "../../../src/core/answering/observed-versions.ts";
import { createSweep } from "../../../src/core/answering/sweep.ts";
import type { Inbox, WaitingConversation } from "../../../src/core/ports.ts";
import type { Hint } from "../../../src/core/types.ts";
import { conversation, customer, part } from "../../fixtures/conversations.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";

const now = Date.UTC(2026, 0, 10, 12);

function createWorld(found: { waiting?: WaitingConversation[]; updated?: WaitingConversation[] }) {
  const hints: Hint[] = [];
  const asked: unknown[] = [];
  const observed = createObservedVersions(() => now);
  const unused = async () => {
    throw new Error("the sweep only searches");
  };
  const inbox: Inbox = {
    read: unused,
    reply: unused,
    note: unused,
    async waiting(range) {
      asked.push(range);
      return found.waiting ?? [];
    },
    handOver: unused,
    unassign: unused,
    countWaiting: async () => 1000,
    updated: async () => found.updated ?? [],
  };
  const queue = { add: (hint: Hint) => void hints.push(hint), runAlone: unused };
  const log = createRecordingLog();
  const sweep = createSweep(
    { inbox, queue, observed, clock: () => now, log },
    { graceMs: 30_000, maxAgeMs: 3_600_000, recentMs: 600_000 },
  );
  return { sweep, hints, asked, observed, log };
}

describe("the sweep", () => {
  it("hands over who waits for more than 30 s, and counts who waited too long", async () => {
    const world = createWorld({ waiting: [{ id: "1", updatedAt: now - 60_000 }] });
    const result = await world.sweep.run("periodic");
    expect(world.asked).toEqual([{ waitingBefore: now - 30_000, updatedAfter: now - 3_600_000 }]);
    expect(world.hints).toMatchObject([{ conversationId: "1", from: "sweep" }]);
    expect(result).toEqual({ found: 1, handedOver: 1, leftToPeople: 1000 });
  });

  it("looks at start also at what seems answered, because a crash may have come in between", async () => {
    const world = createWorld({ updated: [{ id: "2", updatedAt: now - 1000 }] });
    await world.sweep.run("periodic");
    expect(world.hints).toEqual([]);
    await world.sweep.run("start");
    expect(world.hints).toMatchObject([{ conversationId: "2" }]);
  });

  it("does not read a conversation again that has not changed since its last look", async () => {
    const world = createWorld({ waiting: [{ id: "c1", updatedAt: now - 60_000 }] });
    world.observed.note(conversation([], { updatedAt: now - 60_000, readAt: now - 50_000 }));
    expect(await world.sweep.run("periodic")).toMatchObject({ found: 1, handedOver: 0 });
    expect(world.hints).toEqual([]);
  });

  it("reads again what changed, or may have changed in the second of the last look", async () => {
    const world = createWorld({ waiting: [{ id: "c1", updatedAt: now - 60_000 }] });
    const asked = part(customer, "Hi");
    world.observed.note(conversation([asked], { updatedAt: now - 90_000, readAt: now - 80_000 }));
    expect(await world.sweep.run("periodic")).toMatchObject({ handedOver: 1 });
    world.observed.note(conversation([asked], { updatedAt: now - 60_000, readAt: now - 59_500 }));
    expect(await world.sweep.run("periodic")).toMatchObject({ handedOver: 1 });
  });

  it("says what it found, and nothing when there was nothing", async () => {
    const quiet = createWorld({});
    await quiet.sweep.run("periodic");
    expect(quiet.log.lines).toEqual([]);
    await quiet.sweep.run("start");
    expect(quiet.log.lines).toMatchObject([{ event: "sweep", values: { leftToPeople: 1000 } }]);
  });
});
