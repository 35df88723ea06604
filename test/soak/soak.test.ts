import { describe, expect, it } from "vitest";
import { runSoak } from "./soak.ts";

const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);

describe("a soak of kills and faults", () => {
  // Intercom's times count whole seconds: below that, what a reply covered must be known otherwise.
  it.each([0, 50, 500, 3000])(
    "loses nothing, answers nothing twice and talks over nobody with a quiet period of %i ms",
    { timeout: 300_000 },
    async (quietPeriodMs) => {
      const result = await runSoak({ seconds: 18, fewestKills: 3, seed, quietPeriodMs });
      process.stdout.write(`soak: ${JSON.stringify({ quietPeriodMs, ...result })}\n`);
      expect(result.customerParts).toBeGreaterThan(100);
      expect(result.kills).toBeGreaterThan(2);
      expect(result.delivered).toBeGreaterThan(50);
      expect(result).toMatchObject({ lost: [], doubled: [], talkedOver: [], leaks: [] });
    },
  );
});
