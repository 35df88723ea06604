import { describe, expect, it } from "vitest";
import { runSoak } from "./soak.ts";

const seed = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);

describe("a soak of kills and faults", () => {
  it("loses nothing, answers nothing twice and talks over nobody", {
    timeout: 150_000,
  }, async () => {
    const result = await runSoak({ seconds: 45, seed });
    process.stdout.write(`soak: ${JSON.stringify(result)}
`);
    expect(result.customerParts).toBeGreaterThan(300);
    expect(result.kills).toBeGreaterThan(5);
    expect(result).toMatchObject({ lost: [], doubled: [], talkedOver: [] });
  });

  it.each(["sweep", "re-reading", "single-flight"] as const)(
    "would notice if the %s were missing",
    { timeout: 120_000 },
    async (without) => {
      const { lost, doubled, talkedOver } = await runSoak({ seconds: 12, seed, without });
      expect(lost.length + doubled.length + talkedOver.length).toBeGreaterThan(0);
    },
  );
});
