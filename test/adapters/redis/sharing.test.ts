import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createLeases, visitAlone } from "../../../src/adapters/redis/leases.ts";
import { createReplicas } from "../../../src/adapters/redis/replicas.ts";
import { createSharedObserved } from "../../../src/adapters/redis/shared-observed.ts";
import { createSharedTurns } from "../../../src/adapters/redis/shared-turns.ts";
import { createSweepTurns } from "../../../src/adapters/redis/sweep-turns.ts";
import { createObservedVersions } from "../../../src/core/answering/observed-versions.ts";
import { createTurnRecord, type KeptDraft } from "../../../src/core/answering/turn-record.ts";
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
      { othersBefore: () => 0 },
      { replicaId, leaseMs, politenessMs: 0, log: createRecordingLog() },
    );

  it("lets one replica into a conversation, and the next when it leaves", async () => {
    const { one, other, close } = await two();
    const [first, second] = [leasesOf(one, "a"), leasesOf(other, "b")];
    await first.enter(visitAlone("1"));
    await first.enter(visitAlone("1"));
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
    void killed.enter(visitAlone("1")).then(() => {
      isIn = true;
    });
    await next.enter(visitAlone("another"));
    expect(isIn).toBe(false);
    await next.leave(visitAlone("1"));
    await vi.waitFor(() => expect(isIn).toBe(true));
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
      { interval: 10 },
    );
    expect(await other.ask((client) => client.get(key))).toBe("a");
    for (const leases of [first, second]) leases.stop();
    await close();
  });

  it("hands over what was noted of a turn, sealed, and forgets it when the turn is over", async () => {
    const { one, other, close } = await two();
    const [mine, theirs] = [createTurnRecord(), createTurnRecord()];
    const seal = createSeal("secret", "redis");
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
    const first = createSharedTurns(one, createSeal("secret", "redis"), createTurnRecord());
    first.of("1").keepDraft(turn, kept);
    await first.settled();
    await createSharedTurns(other, createSeal("another", "redis"), theirs).load("1");
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
    await vi.waitFor(async () => expect(await second.changedAmong([found])).toEqual([]));
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

  it("says that Redis is away once, and once that it is back", async () => {
    const server = await startRedis();
    const { link, log, states } = await openLink(server.url, newInstallation());
    await server.kill();
    await vi.waitFor(() => expect(states.at(-1)).toBe("failing"));
    for (let time = 0; time < 3; time++) {
      await expect(link.ask((client) => client.ping())).rejects.toThrow("[redis]");
    }
    await server.start();
    await vi.waitFor(() => expect(states.at(-1)).toBe("ok"), { timeout: 10_000 });
    const said = log.lines.filter(({ level }) => level !== "debug").map(({ event }) => event);
    expect(said).toEqual([
      expect.stringContaining("Redis is away"),
      expect.stringContaining("Redis is back"),
    ]);
    await link.close();
    await server.stop();
  });

  it("lets the replicas go one after the other with a conversation when Redis cannot say whose it is", async () => {
    const server = await startRedis();
    const installation = newInstallation();
    const links = await Promise.all(
      ["a", "b", "c"].map(async () => (await openLink(server.url, installation)).link),
    );
    const replicas = links.map((link, index) => createReplicas(link, `replica-${index}`));
    for (const replica of replicas) await replica.start();
    // Those who came first learn of the others by their next heartbeat, or when Redis comes back.
    await server.kill();
    await server.start();
    await vi.waitFor(() => expect(replicas.map((one) => one.count())).toEqual([3, 3, 3]), {
      timeout: 15_000,
    });
    await server.kill();
    for (const id of ["1", "2", "3", "4"]) {
      const order = replicas.map((replica) => replica.othersBefore(id));
      expect(order.toSorted()).toEqual([0, 1, 2]);
    }
    const stranger = createReplicas(links[0] as (typeof links)[number], "stranger", () => 0.5);
    expect(stranger.othersBefore("1")).toBe(2);

    const rested: number[] = [];
    const visit = {
      conversationId: "1",
      hasWaited: false,
      rest: async (ms: number) => {
        rested.push(ms);
        await new Promise((resolve) => setTimeout(resolve, ms));
      },
    };
    const leases = createLeases(
      links[0] as (typeof links)[number],
      { othersBefore: () => 2 },
      { replicaId: "a", leaseMs: 60_000, politenessMs: 150, log: createRecordingLog() },
    );
    await leases.enter(visit);
    expect(rested.length).toBeGreaterThan(1);
    rested.splice(0);
    await leases.enter(visit);
    expect(rested).toEqual([]);
    leases.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all(links.map((link) => link.close()));
    await server.stop();
  });
});
