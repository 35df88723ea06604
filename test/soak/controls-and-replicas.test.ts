import { describe, expect, it } from "vitest";
import { hasRedis } from "../stand-ins/redis-server.ts";
import { runSoak } from "./soak.ts";

// A file of its own, so that both halves of the soak run at the same time.

const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);

describe("a soak without one of the safeguards", () => {
  // A short run may be lucky: what a control must show is that a fault is found at all.
  it.each(["sweep", "re-reading", "single-flight"] as const)(
    "would notice if the %s were missing",
    { timeout: 400_000 },
    async (without) => {
      let found = 0;
      for (let attempt = 0; attempt < 4 && found === 0; attempt += 1) {
        const { lost, doubled, talkedOver } = await runSoak({
          seconds: 12,
          seed: seed + attempt,
          quietPeriodMs: 1500,
          without,
        });
        found = lost.length + doubled.length + talkedOver.length;
      }
      expect(found).toBeGreaterThan(0);
    },
  );
});

describe.skipIf(!hasRedis)("a soak of three replicas and their Redis", () => {
  it("loses nothing, answers nothing twice and talks over nobody", {
    timeout: 240_000,
  }, async () => {
    const result = await runSoak({
      ...{ seconds: 15, fewestKills: 2, seed },
      ...{ quietPeriodMs: 300, replicas: 3 },
    });
    process.stdout.write(`soak: ${JSON.stringify(result)}\n`);
    expect(result.customerParts).toBeGreaterThan(50);
    expect(result.kills).toBeGreaterThan(1);
    expect(result.delivered).toBeGreaterThan(20);
    expect(result.redisKills).toBeGreaterThan(0);
    expect(result).toMatchObject({ lost: [], doubled: [], talkedOver: [], leaks: [] });
  });

  it("would notice if they shared nothing", { timeout: 240_000 }, async () => {
    const { doubled } = await runSoak({
      seconds: 10,
      seed,
      quietPeriodMs: 300,
      replicas: 3,
      without: "redis",
    });
    expect(doubled.length).toBeGreaterThan(0);
  });
});
