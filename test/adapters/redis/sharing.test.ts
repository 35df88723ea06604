import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createLeases, never, visitAlone } from "../../../src/adapters/redis/leases.ts";
import { createReplicas } from "../../../src/adapters/redis/replicas.ts";
import { createSharedBackfill } from "../../../src/adapters/redis/shared-backfill.ts";
import { createSharedObserved } from "../../../src/adapters/redis/shared-observed.ts";
import { createSharedTurns } from "../../../src/adapters/redis/shared-turns.ts";
import { createSweepTurns } from "../../../src/adapters/redis/sweep-turns.ts";
import { createObservedVersions } from "../../../src/core/answering/observed-versions.ts";
import { createTurnRecord, type KeptDraft } from "../../../src/core/answering/turn-record.ts";
import { createTally } from "../../../src/core/learning/backfill-report.ts";
import { createSeal } from "../../../src/lib/seal.ts";
import { conversation } from "../../fixtures/conversations.ts";
import { createRecordingLog } from "../../stand-ins/recording-log.ts";
import { hasRedis, type RedisServer, startRedis } from "../../stand-ins/redis-server.ts";
import { newInstallation, openLink } from "./redis-world.ts";

const turn = { basePartId: "p1" };
const kept: KeptDraft = {
  drafting: { noDraft: { reason: "model-unavailable", explanation: "My secret question" } },
  recall: { query: "q", sources: [], margin: 0, agreement: 0, failures: [] },
};

describe.skipIf(!hasRedis)("what replicas share", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** Two replicas with a connection each. */
  async function two() {
    const installation = newInstallation();
    const [one, other] = await Promise.all([
      openLink(redis.url, installation),
      openLink(redis.url, installation),
    ]);
    const close = () => Promise.all([one.link.close(), other.link.close()]);
    return { one: one.link, other: other.link, close };
  }

  const leasesOf = (
    link: Parameters<typeof createLeases>[0],
    replicaId: string,
    leaseMs = 60_000,
  ) =>
    createLeases(
      link,
      { othersBefore: () => 0, turn: () => ({ inMs: 0, leftMs: 1_000 }) },
      { replicaId, leaseMs, politenessMs: 0, turnMs: 0, log: createRecordingLog() },
    );

  it("lets one replica into a conversation, and the next when it leaves", async () => {
    const { one, other, close } = await two();
    const [first, second] = [leasesOf(one, "a"), leasesOf(other, "b")];
    await first.enter(visitAlone("1"));
    await first.enterToWrite(visitAlone("1"));
    let isIn = false;
    const entering = second.enter(visitAlone("1")).then(() => {
      isIn = true;
    });
    await second.enter(visitAlone("another"));
    expect(isIn).toBe(false);
    await first.leave(visitAlone("1"));
    await entering;
    for (const leases of [first, second]) leases.stop();
    await close();
  });

  it("takes a conversation over from a replica that does not renew its lease", async () => {
    const { one, other, close } = await two();
    const [killed, next] = [leasesOf(one, "a", 200), leasesOf(other, "b")];
    await killed.enter(visitAlone("1"));
    killed.stop();
    await next.enter(visitAlone("1"));
    // It comes back to life, and must not send what it had in hand.
    let isIn = false;
    void killed.enterToWrite(visitAlone("1")).then(() => {
      isIn = true;
    });
    await next.enter(visitAlone("another"));
    expect(isIn).toBe(false);
    await next.leave(visitAlone("1"));
    await vi.waitFor(() => expect(isIn).toBe(true), { timeout: 30_000 });
    next.stop();
    await close();
  });

  it("keeps a lease that lasts longer than it was taken for", async () => {
    const { one, other, close } = await two();
    const [first, second] = [leasesOf(one, "a", 300), leasesOf(other, "b")];
    await first.enter(visitAlone("1"));
    const key = one.key("lease:1");
    const seen = new Set<boolean>();
    await vi.waitFor(
      async () => {
        const leftMs = await other.ask((client) => client.pttl(key));
        seen.add(leftMs > 250);
        seen.add(leftMs < 250);
        expect(seen.size).toBe(2);
      },
      { timeout: 20_000, interval: 10 },
    );
    expect(await other.ask((client) => client.get(key))).toBe("a");
    for (const leases of [first, second]) leases.stop();
    await close();
  });

  it("hands over what was noted of a turn, sealed, and forgets it when the turn is over", async () => {
    const { one, other, close } = await two();
    const [mine, theirs] = [createTurnRecord(), createTurnRecord()];
    const seal = createSeal(["secret"], "redis");
    const first = createSharedTurns(one, seal, mine);
    const second = createSharedTurns(other, seal, theirs);
    first.of("1").keepDraft(turn, kept);
    first.of("1").replied("1", "r1", "p0");
    for (let time = 0; time < 3; time++) first.of("1").refused(turn);
    await first.settled();

    expect(theirs.keptDraft(turn)).toBeNull();
    await second.load("1");
    await second.load("1");
    expect(theirs.keptDraft(turn)).toEqual(kept);
    expect(theirs.basePartIds.get("r1")).toBe("p0");
    expect([theirs.isGivenUp(turn), theirs.givenUpCount()]).toEqual([true, 1]);
    const stored = JSON.stringify(await other.ask((client) => client.hgetall(one.key("turns:1"))));
    expect(stored).not.toContain("secret question");

    second.of("1").finished(turn);
    await second.settled();
    const third = createTurnRecord();
    await createSharedTurns(one, seal, third).load("1");
    expect(third.keptDraft(turn)).toBeNull();
    expect(third.basePartIds.get("r1")).toBe("p0");
    await close();
  });

  it("cannot use what was sealed with another secret", async () => {
    const { one, other, close } = await two();
    const theirs = createTurnRecord();
    const first = createSharedTurns(one, createSeal(["secret"], "redis"), createTurnRecord());
    first.of("1").keepDraft(turn, kept);
    await first.settled();
    await createSharedTurns(other, createSeal(["another"], "redis"), theirs).load("1");
    expect(theirs.keptDraft(turn)).toBeNull();
    await close();
  });

  it("knows what any replica has looked at, and tells one of them what is due", async () => {
    const { one, other, close } = await two();
    let now = 1_000_000;
    const clock = () => now;
    const first = createSharedObserved(one, createObservedVersions(clock), clock);
    const second = createSharedObserved(other, createObservedVersions(clock), clock);
    const looked = conversation([], { updatedAt: now - 60_000, readAt: now });
    first.note(looked, 5_000);
    const found = { id: looked.id, updatedAt: looked.updatedAt };
    await vi.waitFor(async () => expect(await second.changedAmong([found])).toEqual([]), {
      timeout: 30_000,
    });
    const later = { ...found, updatedAt: now };
    expect(await second.changedAmong([later])).toEqual([later]);
    expect(await second.due()).toEqual([]);
    now += 6_000;
    expect(await second.due()).toEqual([looked.id]);
    expect(await second.due()).toEqual([]);
    await close();
  });

  it("lets one replica sweep in each period and tells the others how it went", async () => {
    const { one, other, close } = await two();
    const [first, second] = [
      createSweepTurns(one, "a", 60_000),
      createSweepTurns(other, "b", 60_000),
    ];
    expect([await first.isMine(), await second.isMine(), await first.isMine()]).toEqual([
      true,
      false,
      false,
    ]);
    const state = { lastAt: "2026-01-10T12:00:00.000Z", leftToPeople: 3 };
    await first.done(state);
    expect(await second.last()).toEqual(state);
    await close();
  });

  it("shows that a backfill ended with the replica that ran it, and lets another one go on", async () => {
    const { one, other, close } = await two();
    const killed = createRunningBackfill();
    const first = createSharedBackfill(one, "a", killed, 300);
    const next = createRunningBackfill();
    const second = createSharedBackfill(other, "b", next, 300);
    const { report } = await first.start(wanted);
    await vi.waitFor(
      async () => {
        expect(await second.report()).toMatchObject({ id: report?.id, state: "running" });
      },
      { timeout: 30_000 },
    );
    expect(await second.start(wanted)).toMatchObject({ isNew: false, report: { id: report?.id } });
    // Nothing renews its claim from now on, as if it had been killed.
    await one.ask((client) => client.set(one.key("sync"), "a", "PX", 1));
    await vi.waitFor(
      async () => {
        expect(await second.report()).toMatchObject({
          state: "failed",
          lastError: expect.stringContaining("gone"),
        });
      },
      { timeout: 30_000 },
    );
    expect(await second.start(wanted)).toMatchObject({ isNew: true });
    killed.end();
    next.end();
    await vi.waitFor(
      async () => expect(await other.ask((c) => c.exists(other.key("sync")))).toBe(0),
      {
        timeout: 20_000,
      },
    );
    await close();
  });

  it("ends each question within seconds, whatever Redis does meanwhile", async () => {
    const server = await startRedis();
    const { link } = await openLink(server.url, newInstallation());
    const turns = createSharedTurns(link, createSeal(["secret"], "redis"), createTurnRecord());
    const startedAt = performance.now();
    server.freeze();
    turns.of("1").keepDraft(turn, kept);
    const frozen = turns.settled();
    await frozen;
    turns.of("1").keepDraft(turn, kept);
    await server.kill();
    await turns.settled();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await link.close();
    await server.stop();
  });

  it("says that Redis is away once, and once that it is back", async () => {
    const server = await startRedis();
    const { link, log, states } = await openLink(server.url, newInstallation());
    await server.kill();
    await vi.waitFor(() => expect(states.at(-1)).toBe("failing"), { timeout: 30_000 });
    for (let time = 0; time < 3; time++) {
      await expect(link.ask((client) => client.ping())).rejects.toThrow("[redis]");
    }
    await server.start();
    await vi.waitFor(() => expect(states.at(-1)).toBe("ok"), { timeout: 30_000 });
    const said = log.lines.filter(({ level }) => level !== "debug").map(({ event }) => event);
    expect(said).toEqual([
      expect.stringContaining("Redis is away"),
      expect.stringContaining("Redis is back"),
    ]);
    await link.close();
    await server.stop();
  });

  it("lets the replicas go one after the other, and write in turns, when Redis cannot say whose a conversation is", async () => {
    const server = await startRedis();
    const installation = newInstallation();
    const names = ["a", "b", "c"];
    const links = await Promise.all(
      names.map(async () => (await openLink(server.url, installation)).link),
    );
    const turnMs = 600;
    const replicas = links.map((link, index) => createReplicas(link, `${names[index]}`, turnMs));
    for (const replica of replicas) await replica.start();
    // Turns are counted only once all have known the same others for a while.
    expect(replicas.at(-1)?.turn()).toBeNull();
    await vi.waitFor(() => expect(replicas.map((one) => one.count())).toEqual([3, 3, 3]), {
      timeout: 15_000,
    });
    await vi.waitFor(() => expect(replicas.every((one) => one.turn() !== null)).toBe(true), {
      timeout: 15_000,
    });
    await server.kill();
    for (const id of ["1", "2", "3", "4"]) {
      const order = replicas.map((replica) => replica.othersBefore(id));
      expect(order.toSorted()).toEqual([0, 1, 2]);
    }

    const hadTurn = new Set<number>();
    const until = performance.now() + 20_000;
    while (hadTurn.size < 3 && performance.now() < until) {
      const now = replicas.map((replica) => replica.turn()?.inMs);
      const mayWrite = now.flatMap((waitMs, index) => (waitMs === 0 ? [index] : []));
      expect(mayWrite.length).toBeLessThanOrEqual(1);
      for (const index of mayWrite) hadTurn.add(index);
      for (const waitMs of now) expect(waitMs).toBeLessThanOrEqual(3 * turnMs);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect([...hadTurn].toSorted()).toEqual([0, 1, 2]);

    const stranger = createReplicas(first(links), "stranger", turnMs, () => 0.5);
    expect([stranger.othersBefore("1"), stranger.turn()]).toEqual([2, null]);
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all(links.map((link) => link.close()));
    await server.stop();
  });

  it("waits for the others once before it looks, and for its turn before each write, while Redis is away", async () => {
    const server = await startRedis();
    const { link } = await openLink(server.url, newInstallation());
    await server.kill();
    await vi.waitFor(() => expect(link.isUp()).toBe(false), { timeout: 30_000 });
    let rests = 0;
    const visit = {
      conversationId: "1",
      hasWaited: false,
      writeUntil: never,
      async rest(ms: number) {
        rests += 1;
        await new Promise((resolve) => setTimeout(resolve, ms));
      },
    };
    const turns = [30, 20, 0, 10, 0];
    const leases = createLeases(
      link,
      { othersBefore: () => 2, turn: () => ({ inMs: turns.shift() ?? 0, leftMs: 50 }) },
      { replicaId: "a", leaseMs: 60_000, politenessMs: 150, turnMs: 0, log: createRecordingLog() },
    );
    const restsDuring = async (work: Promise<void>) => {
      rests = 0;
      await work;
      return rests;
    };
    expect(await restsDuring(leases.enter(visit))).toBeGreaterThan(1);
    expect(await restsDuring(leases.enter(visit))).toBe(0);
    expect(await restsDuring(leases.enterToWrite(visit))).toBe(2);
    expect(await restsDuring(leases.enterToWrite(visit))).toBe(1);
    expect(await leases.mayWrite("1")).toBe(true);
    // Its turn is over: it waits for the next, and what it read is old by then.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await leases.mayWrite("1")).toBe(false);
    expect(await leases.mayWrite("1")).toBe(true);
    await leases.leave(visit);
    leases.stop();
    await link.close();
    await server.stop();
  });

  it("lets others go first where it has never known them", async () => {
    const server = await startRedis();
    const { link } = await openLink(server.url, newInstallation());
    await server.kill();
    const leases = createLeases(
      link,
      { othersBefore: () => 0, turn: () => null },
      { replicaId: "a", leaseMs: 60_000, politenessMs: 50, turnMs: 0, log: createRecordingLog() },
    );
    const startedAt = performance.now();
    await leases.enterToWrite(visitAlone("1"));
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    leases.stop();
    await link.close();
    await server.stop();
  });
});

const wanted = { since: null, until: null, limit: null, dryRun: false };

/** A backfill that runs until it is stopped or ended. */
function createRunningBackfill() {
  const tally = createTally(newInstallation(), wanted, Date.now);
  let isStarted = false;
  const ended = Promise.withResolvers<void>();
  const end = () => {
    tally.end("done");
    ended.resolve();
  };
  return {
    start() {
      isStarted = true;
      return { isNew: true, report: tally.report() };
    },
    report: () => (isStarted ? tally.report() : null),
    stop() {
      end();
      return true;
    },
    settled: () => ended.promise,
    end,
  };
}

function first<One>([one]: One[]): One {
  if (one === undefined) throw new Error("There is none.");
  return one;
}
