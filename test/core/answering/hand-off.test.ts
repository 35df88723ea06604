import { describe, expect, it } from "vitest";
import { builtInEscalations } from "../../../src/core/judging/built-in-escalations.ts";
import { noRules } from "../../../src/core/policy.ts";
import { createJourneyWorld } from "../../fixtures/journey-world.ts";

const rules = {
  handOffTo: { type: "team" as const, id: "12" },
  rules: { ...noRules, escalate: builtInEscalations },
};
const told = "A colleague will take it from here and reply to you in this conversation.";

function setUp(kind: "working" | "none" = "none") {
  const world = createJourneyWorld(rules, kind);
  const { id } = world.customerWrites("Can I talk to a human?");
  return { world, id };
}

describe("a hand-off", () => {
  it("is a note with everything, then the assignment with the words to the customer", async () => {
    const { world, id } = setUp();
    const { outcome } = await world.hint(id);
    expect(outcome).toMatchObject({ kind: "handed-over", rule: "human_request" });
    expect(world.writes()).toEqual(["note", "comment team:12"]);
    expect(world.sent()).toEqual([told]);
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "already-answered" });
    world.customerWrites("Hello?");
    expect((await world.hint(id)).outcome).toMatchObject({ kind: "quiet", reason: "handed-over" });
  });

  it.each(["before", "after"] as const)(
    "happens once when the process dies %s the assignment",
    async (moment) => {
      const { world, id } = setUp();
      world.diesAtWrite(2, moment);
      await expect(world.hint(id)).rejects.toThrow();
      world.processStartsNow();
      const { outcome } = await world.hint(id);
      expect(outcome).toMatchObject(
        moment === "before"
          ? { kind: "handed-over", rule: "human_request" }
          : { kind: "quiet", reason: "already-answered" },
      );
      expect(world.writes()).toEqual(["note", "comment team:12"]);
    },
  );

  it.each(["before", "after"] as const)(
    "happens once when the process dies %s its note",
    async (moment) => {
      const { world, id } = setUp();
      world.diesAtWrite(1, moment);
      await expect(world.hint(id)).rejects.toThrow();
      world.processStartsNow();
      await world.hint(id);
      expect(world.writes()).toEqual(["note", "comment team:12"]);
    },
  );

  it("is not repeated when Intercom's answer to it is lost", async () => {
    const { world, id } = setUp();
    world.nextWrite("done");
    world.nextWrite("unknown-but-done");
    expect((await world.hint(id)).outcome.kind).toBe("handed-over");
    expect(world.writes()).toEqual(["note", "comment team:12"]);
  });

  it("that Intercom refuses ends with people who decide, and the customer hears nothing", async () => {
    const { world, id } = setUp("working");
    world.nextWrite("done");
    world.nextWrite("refused");
    expect((await world.hint(id)).outcome.kind).toBe("in-review");
    expect(world.sent()).toEqual([]);
    expect(world.cards()).toBe(1);
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "already-handled" });
  });

  it("is gone on with although the customer has written again meanwhile", async () => {
    const { world, id } = setUp();
    world.diesAtWrite(2, "before");
    await expect(world.hint(id)).rejects.toThrow();
    world.processStartsNow();
    world.customerWrites("Are you there?");
    await world.hint(id);
    expect(world.writes()).toEqual(["note", "comment team:12"]);
  });

  it("stops where a teammate has answered between the note and the assignment", async () => {
    const { world, id } = setUp();
    world.diesAtWrite(2, "before");
    await expect(world.hint(id)).rejects.toThrow();
    world.processStartsNow();
    world.teammateWrites("Hello Ada, this is Grace.");
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "teammate-answered" });
    expect(world.sent()).toEqual([]);
  });
});

describe("an offer", () => {
  const complains = (kind: "before" | "after" | null) => {
    const world = createJourneyWorld(rules, "none");
    world.draftsWith({ intent: "complaint" });
    const { id } = world.customerWrites("It fails for the third time.");
    if (kind !== null) world.diesAtWrite(2, kind);
    return { world, id };
  };

  it.each(["before", "after"] as const)(
    "is made once when the process dies %s it",
    async (moment) => {
      const { world, id } = complains(moment);
      await expect(world.hint(id)).rejects.toThrow();
      world.processStartsNow();
      await world.hint(id);
      expect(world.sent()).toHaveLength(1);
      expect(world.notes()).toHaveLength(1);
    },
  );

  it("that is declined is not made again", async () => {
    const { world, id } = complains(null);
    expect((await world.hint(id)).outcome.kind).toBe("offered");
    world.advance(60_000);
    const again = world.customerWrites("No. It still fails, what a mess!");
    expect((await world.hint(again.id)).outcome.kind).toBe("noted");
  });
});
