import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { generateConversations } from "../bench/generated-conversations.ts";
import { hasRedis, type RedisServer, startRedis } from "../stand-ins/redis-server.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import { secrets, startWorld, type World } from "./world.ts";

const patience = { timeout: 20_000, interval: 50 };
let world: World | null = null;
let redis: RedisServer | null = null;
let others: ServiceProcess[] = [];

afterEach(async () => {
  await Promise.all(others.map((other) => other.kill()));
  others = [];
  await world?.stop();
  await redis?.stop();
  world = null;
  redis = null;
});

/** So many processes of the service that share a Redis, between the same stand-ins. */
async function startReplicas(count: number) {
  redis = await startRedis();
  world = await startWorld({ REDIS_URL: redis.url });
  const { settings } = world;
  others = await Promise.all(Array.from({ length: count - 1 }, () => startService(settings)));
  return { world, redis, replicas: [world.service(), ...others] };
}

type Answer = {
  id: string;
  state: string;
  error: string;
  run: { id: string };
  dependencies: Record<string, { state: string }>;
  otherProcess: boolean;
};

const ready = async ({ baseUrl }: ServiceProcess) => {
  const headers = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
  const response = await fetch(`${baseUrl}/ready`, { headers });
  return { status: response.status, body: (await response.json()) as Answer };
};

const sync = async ({ baseUrl }: ServiceProcess, method: string) => {
  const headers = { Authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
  const response = await fetch(`${baseUrl}/sync`, { method, headers });
  return { status: response.status, body: (await response.json()) as Answer };
};

describe.skipIf(!hasRedis)("three replicas", { timeout: 60_000 }, () => {
  it("answer a message once, with one draft, although each of them is notified", async () => {
    const { world, replicas } = await startReplicas(3);
    for (let round = 0; round < 3; round++) {
      const written = world.intercom.customerWrites(null, `How do I reset it? (${round})`, {
        name: "Ada",
      });
      await Promise.all(replicas.map((replica) => world.deliver(written.partId, {}, replica)));
      await vi.waitFor(
        () => expect(world.replies(written.conversationId)).toHaveLength(1),
        patience,
      );
    }
    await pause(500); // A second reply would come now.
    for (const { id } of world.intercom.conversations()) expect(world.replies(id)).toHaveLength(1);
    expect(world.openai.requests.length).toBe(3);
    await vi.waitFor(async () => {
      const { status, body } = await ready(replicas[0] as ServiceProcess);
      expect(status).toBe(200);
      expect(body).toMatchObject({ replicas: 3, dependencies: { redis: { state: "ok" } } });
    }, patience);
  });

  it("learn from past conversations once, and each of them shows and stops it", async () => {
    const { world, replicas } = await startReplicas(3);
    const [one, other, third] = replicas as [ServiceProcess, ServiceProcess, ServiceProcess];
    for (const document of generateConversations(3_000)) world.intercom.import(document);
    const started = await sync(one, "POST");
    expect(started.status).toBe(202);
    await vi.waitFor(async () => {
      const { body } = await sync(other, "GET");
      expect(body).toMatchObject({ id: started.body.id, state: "running" });
    }, patience);
    const refused = await sync(other, "POST");
    expect([refused.status, refused.body.run.id]).toEqual([409, started.body.id]);
    expect((await sync(third, "DELETE")).status).toBe(202);
    for (const replica of replicas) {
      await vi.waitFor(async () => {
        expect((await sync(replica, "GET")).body).toMatchObject({
          id: started.body.id,
          state: "stopped",
        });
      }, patience);
    }
    expect((await sync(other, "DELETE")).status).toBe(404);
  });
});

describe.skipIf(!hasRedis)("a replica whose Redis is away", { timeout: 60_000 }, () => {
  it("answers, says so at /ready, refuses /sync in words, and does nothing twice when it is back", async () => {
    const { world, redis, replicas } = await startReplicas(1);
    const [replica] = replicas as [ServiceProcess];
    await redis.kill();
    const written = await world.ask("How do I reset my password?");
    await vi.waitFor(() => expect(world.replies(written.conversationId)).toHaveLength(1), patience);
    const { status, body } = await ready(replica);
    expect([status, body.dependencies.redis?.state]).toEqual([200, "failing"]);
    const refused = await sync(replica, "POST");
    expect([refused.status, refused.body.error]).toEqual([503, expect.stringContaining("Redis")]);

    await redis.start({ withoutData: true });
    await vi.waitFor(async () => {
      expect((await ready(replica)).body.dependencies.redis?.state).toBe("ok");
    }, patience);
    await world.deliver(written.partId);
    const next = await world.ask("And the other one?");
    await vi.waitFor(() => expect(world.replies(next.conversationId)).toHaveLength(1), patience);
    expect(world.replies(written.conversationId)).toHaveLength(1);
  });
});

/** Has the process print the names of the packages that several replicas need, when it loads them. */
const sayingWhatIsLoaded = `--import=data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(name, context, next) {
      if (/^(?:bullmq|ioredis)$/.test(name)) process.stderr.write("LOADED " + name + "\\n");
      return next(name, context);
    },
  });
`)}`;

describe("without REDIS_URL", () => {
  it("loads no client of Redis, and notices a second process", { timeout: 60_000 }, async () => {
    world = await startWorld({ NODE_OPTIONS: sayingWhatIsLoaded });
    const written = await world.ask("How do I reset my password?");
    await vi.waitFor(
      () => expect(world?.replies(written.conversationId)).toHaveLength(1),
      patience,
    );
    expect(world.service().output()).not.toContain("LOADED");

    others = [await startService(world.settings)];
    const [second] = others as [ServiceProcess];
    expect(second.output()).toMatch(/another process of this service uses the same DATA_DIR/);
    expect((await ready(second)).body).toMatchObject({ otherProcess: true });
    expect((await ready(world.service())).body.otherProcess).toBe(false);
  });

  it.skipIf(!hasRedis)("would see them loaded", { timeout: 60_000 }, async () => {
    redis = await startRedis();
    world = await startWorld({
      REDIS_URL: redis.url,
      NODE_OPTIONS: sayingWhatIsLoaded,
    });
    await vi.waitFor(() => {
      expect(world?.service().output()).toContain("LOADED bullmq");
      expect(world?.service().output()).toContain("LOADED ioredis");
    }, patience);
  });
});
