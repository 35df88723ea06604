import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../../stand-ins/redis-server.ts";
import { hintAbout, newInstallation, openLink, startReplicaQueue } from "./redis-world.ts";

type Replica = Awaited<ReturnType<typeof startReplicaQueue>>;

describe.skipIf(!hasRedis)("the queue of several replicas", () => {
  let redis: RedisServer;
  const replicas: Replica[] = [];
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  });
  afterAll(() => redis.stop());

  async function start(count: number, options: Parameters<typeof startReplicaQueue>[2] = {}) {
    const installation = newInstallation();
    const started = await Promise.all(
      Array.from({ length: count }, () => startReplicaQueue(redis.url, installation, options)),
    );
    replicas.push(...started);
    const journeys = () =>
      started
        .flatMap((replica) => replica.started)
        .toSorted((one, other) => one.begun - other.begun);
    return {
      installation,
      replicas: started as [Replica, ...Replica[]],
      journeys,
      until: (count: number) =>
        vi.waitFor(() => expect(journeys()).toHaveLength(count), { timeout: 30_000 }),
    };
  }

  it("follows a conversation on one replica at a time, and once more for what came meanwhile", async () => {
    const { replicas, journeys, until } = await start(3);
    for (const { queue } of replicas) queue.add(hintAbout("1", "a"));
    await until(1);
    const heard: (string | null)[] = [];
    journeys()[0]?.slot.onHint(({ partId }) => heard.push(partId));
    for (const { queue } of replicas) queue.add(hintAbout("1", "b"));
    await vi.waitFor(() => expect(heard.filter((part) => part === "b")).toHaveLength(3), {
      timeout: 30_000,
    });
    // A second journey beside the first would begin now.
    replicas[0].queue.add(hintAbout("another"));
    await until(2);
    const followed = journeys().map(({ hint }) => hint.conversationId);
    expect(followed.toSorted()).toEqual(["1", "another"]);

    const looksAtOne = () => journeys().filter(({ hint }) => hint.conversationId === "1");
    looksAtOne()[0]?.end();
    await vi.waitFor(() => expect(looksAtOne()[1]?.hint.partId).toBe("b"), { timeout: 30_000 });
  });

  it("tells the journey under way about a newer message, whichever replica heard of it", async () => {
    const { replicas, journeys, until } = await start(3);
    replicas[0].queue.add(hintAbout("1", "a"));
    await until(1);
    const heard: (string | null)[] = [];
    journeys()[0]?.slot.onHint(({ partId }) => heard.push(partId));
    for (const [index, { queue }] of replicas.entries()) queue.add(hintAbout("1", `b${index}`));
    await vi.waitFor(() => expect(heard.toSorted()).toEqual(["b0", "b1", "b2"]), {
      timeout: 30_000,
    });
  });

  it("spreads conversations over the replicas", async () => {
    const { replicas, until } = await start(3, { parallel: 32 });
    for (let id = 0; id < 24; id++) replicas[0].queue.add(hintAbout(String(id)));
    await until(24);
    for (const { started } of replicas) expect(started.length).toBeGreaterThan(0);
  });

  it("keeps the customer's words for the journey, and nothing readable of them in Redis", async () => {
    const { replicas, installation, journeys, until } = await start(1, { parallel: 1 });
    replicas[0].queue.add(hintAbout("busy"));
    await until(1);
    replicas[0].queue.add(hintAbout("1", "a", "My secret question"));
    const { link } = await openLink(redis.url, installation);
    const stored = await vi.waitFor(
      async () => {
        const keys = await link.ask((client) => client.keys(`*${installation}*`));
        const jobs = keys.filter((key) => /:queue:conversations:\d+$/.test(key));
        expect(jobs.length).toBeGreaterThan(1);
        const hashes = await link.ask((client) =>
          Promise.all(jobs.map((key) => client.hgetall(key))),
        );
        return JSON.stringify(hashes);
      },
      { timeout: 30_000 },
    );
    await link.close();
    expect(stored).toContain("sealedText");
    expect(stored).not.toContain("secret question");
    journeys()[0]?.end();
    await until(2);
    expect(journeys()[1]?.hint.text).toBe("My secret question");
  });

  it("tries a failed journey again after a pause, counted over all replicas, then leaves it to the sweep", async () => {
    const { replicas, journeys, until } = await start(2, { retryDelaysMs: [10, 20] });
    replicas[0].queue.add(hintAbout("1", "a"));
    for (let time = 1; time <= 3; time++) {
      await until(time);
      journeys()[time - 1]?.end(new Error("Intercom is down"));
    }
    const levels = () => replicas.flatMap(({ log }) => log.lines.map(({ level }) => level));
    await vi.waitFor(() => expect(levels().toSorted()).toEqual(["error", "warn", "warn"]), {
      timeout: 30_000,
    });
    replicas[0].queue.add(hintAbout("1", "b"));
    await until(4);
  });

  it("looks at once again when a hint comes during the pause after a failure", async () => {
    const { replicas, journeys, until } = await start(2, { retryDelaysMs: [600_000] });
    replicas[0].queue.add(hintAbout("1", "a"));
    await until(1);
    journeys()[0]?.end(new Error("Intercom is down"));
    await vi.waitFor(
      () => {
        expect(replicas.flatMap(({ log }) => log.lines)).toMatchObject([{ level: "warn" }]);
      },
      { timeout: 30_000 },
    );
    await vi.waitFor(
      () => {
        replicas[1]?.queue.add(hintAbout("1", "b"));
        expect(journeys()).toHaveLength(2);
      },
      { timeout: 30_000 },
    );
  });

  it("gives back what it had not begun when it stops, and another replica takes it at once", async () => {
    const { replicas, until, installation } = await start(1, { parallel: 1 });
    const [first] = replicas;
    for (const id of ["1", "2", "3"]) first.queue.add(hintAbout(id));
    await until(1);
    const second = await startReplicaQueue(redis.url, installation);
    const stopping = first.queue.drain(5_000);
    first.started[0]?.end();
    expect(await stopping).toBe(0);
    await vi.waitFor(() => expect(second.started).toHaveLength(2), { timeout: 30_000 });
    await second.stop();
  });
});

describe.skipIf(!hasRedis)("the queue of several replicas while Redis is away", () => {
  it("takes hints into the process, and shares again when Redis is back without its data", async () => {
    const redis = await startRedis();
    const installation = newInstallation();
    const first = await startReplicaQueue(redis.url, installation);
    const second = await startReplicaQueue(redis.url, installation);
    await redis.kill();
    first.queue.add(hintAbout("1", "a"));
    await vi.waitFor(() => expect(first.started).toHaveLength(1), { timeout: 30_000 });
    first.started[0]?.end();

    await redis.start({ withoutData: true });
    await vi.waitFor(
      async () => {
        for (const { link } of [first, second]) {
          expect(await link.ask((client) => client.ping())).toBe("PONG");
        }
      },
      { timeout: 30_000 },
    );
    for (let id = 0; id < 24; id++) first.queue.add(hintAbout(`after-${id}`));
    await vi.waitFor(
      () => {
        for (const { end } of [...first.started, ...second.started]) end();
        expect(first.started.length + second.started.length).toBeGreaterThanOrEqual(25);
        expect(second.started.length).toBeGreaterThan(0);
      },
      { timeout: 15_000 },
    );
    await Promise.all([first.stop(), second.stop()]);
    await redis.stop();
  });

  it("does not wait for a Redis that holds its connections and answers nothing", async () => {
    const redis = await startRedis();
    const replica = await startReplicaQueue(redis.url, newInstallation());
    redis.freeze();
    replica.queue.add(hintAbout("1", "a"));
    await vi.waitFor(() => expect(replica.started).toHaveLength(1), { timeout: 30_000 });
    redis.thaw();
    await replica.stop();
    await redis.stop();
  });

  it("works in the process when Redis is not there at the start, and joins when it comes", async () => {
    const redis = await startRedis();
    await redis.kill();
    const installation = newInstallation();
    const late = await startReplicaQueue(redis.url, installation);
    late.queue.add(hintAbout("1"));
    await vi.waitFor(() => expect(late.started).toHaveLength(1), { timeout: 30_000 });
    late.started[0]?.end();
    await redis.start();
    const other = await startReplicaQueue(redis.url, installation);
    await vi.waitFor(
      () => {
        other.queue.add(hintAbout(String(Math.random())));
        for (const { end } of other.started) end();
        expect(late.started.length).toBeGreaterThan(1);
      },
      { timeout: 15_000, interval: 100 },
    );
    await Promise.all([late.stop(), other.stop()]);
    await redis.stop();
  });
});
