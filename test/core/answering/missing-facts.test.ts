import { describe, expect, it } from "vitest";
import { whenToLookAgain } from "../../../src/core/judging/why-quiet.ts";
import type { Policy } from "../../../src/core/types.ts";
import { conversation, noon, policy } from "../../fixtures/conversations.ts";
import { createJourneyWorld } from "../../fixtures/journey-world.ts";

const minute = 60_000;
const handsOver: Partial<Policy> = {
  handOffTo: { type: "team", id: "12" },
  missingFacts: { afterMs: 90 * minute, step: "hand-over" },
};
const lacking = { missing: ["When does it end?"], confidence: 0.5, language: "de" };

async function asked(rules: Partial<Policy>) {
  const world = createJourneyWorld(rules);
  world.draftsWith(lacking);
  const { id } = world.customerWrites("Wann endet mein Vertrag?");
  expect((await world.hint(id)).outcome.kind).toBe("in-review");
  return { world, id };
}

describe("a card that asks for facts and is not decided", () => {
  it("becomes a hand-off after the policy's time, without another draft", async () => {
    const { world, id } = await asked(handsOver);
    world.advance(89 * minute);
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "already-handled" });

    // Longer than the limit after which customers are left to people: they were, and nobody came.
    world.advance(2 * minute);
    const { outcome } = await world.hint(id);
    expect(outcome).toMatchObject({ kind: "handed-over", rule: "missing_facts" });
    expect(world.writes()).toEqual(["note", "note", "comment team:12"]);
    expect(world.draftsWritten()).toBe(1);
    expect(world.sent().join()).toContain("Kolleg");

    expect((await world.hint(id)).outcome).toMatchObject({
      kind: "quiet",
      reason: "already-answered",
    });
    expect(world.writes()).toHaveLength(3);
  });

  it.each(["before", "after"] as const)(
    "is handed over once although the process dies right %s the assignment",
    async (moment) => {
      const { world, id } = await asked(handsOver);
      world.advance(91 * minute);
      world.diesAtWrite(3, moment);
      await expect(world.hint(id)).rejects.toThrow("the process died");
      await world.hint(id);
      expect(world.writes()).toEqual(["note", "note", "comment team:12"]);
    },
  );

  it("says nothing to a customer where replies do not go out by themselves", async () => {
    const { world, id } = await asked({ ...handsOver, replyMode: "review" });
    world.advance(91 * minute);
    expect((await world.hint(id)).outcome).toMatchObject({ kind: "handed-over", replyId: null });
    expect(world.writes()).toEqual(["note", "note", "event team:12"]);
  });

  it.each<[string, Partial<Policy>]>([
    ["nobody is named to take over", { ...handsOver, handOffTo: null }],
    [
      "people are only reminded",
      { ...handsOver, missingFacts: { afterMs: minute, step: "remind" } },
    ],
    ["the policy says nothing of it", {}],
  ])("stays as it is where %s", async (_, rules) => {
    const { world, id } = await asked(rules);
    world.advance(20 * minute);
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "already-handled" });
    expect(world.writes()).toEqual(["note"]);
  });

  it("stays as it is where the draft lacks nothing, or the customer wrote again", async () => {
    const world = createJourneyWorld(handsOver);
    world.draftsWith({ ...lacking, missing: [] });
    const { id } = world.customerWrites("Wann?");
    await world.hint(id);
    world.advance(20 * minute);
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "already-handled" });

    const other = await asked(handsOver);
    other.world.advance(91 * minute);
    const newer = other.world.customerWrites("Hallo?");
    expect((await other.world.hint(newer.id)).outcome.kind).toBe("in-review");
  });

  it("is looked at again by itself when the time has come", async () => {
    const { world } = await asked(handsOver);
    const read = conversation(world.parts(), { readAt: noon + 10 * minute });
    const at = whenToLookAgain(read, { ...policy, ...handsOver });
    expect(at).toBe((world.parts().at(-1)?.at ?? 0) + 90 * minute);
  });
});
