import { describe, expect, it } from "vitest";
import type { Policy } from "../../../src/core/types.ts";
import { source } from "../../fixtures/conversations.ts";
import { createJourneyWorld } from "../../fixtures/journey-world.ts";

const asked = (more: Partial<Policy> = {}) =>
  createJourneyWorld({ draftOn: { tags: [], words: ["/draft"] }, ...more });

describe("a draft that a teammate asks for", () => {
  it("goes to people where replies go out by themselves", async () => {
    const world = asked();
    const { id } = world.customerWrites("How do I log in?");
    world.teammateNotes("/draft");
    const { outcome, decision } = await world.hint(id);
    expect(outcome.kind).toBe("in-review");
    expect(decision).toEqual({ action: "review", reason: "asked-for" });
    expect(world.sent()).toEqual([]);
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "already-handled" });
    expect(world.draftsWritten()).toBe(1);
  });

  it.each([
    ["drafting", (ask: () => void, world: ReturnType<typeof asked>) => world.whileDrafting(1, ask)],
    [
      "the quiet period",
      (ask: () => void, world: ReturnType<typeof asked>) => world.beforeRest(2000, ask),
    ],
  ])("during %s keeps the reply from going out, and is not drafted twice", async (_when, plan) => {
    const world = asked();
    const { id } = world.customerWrites("How do I log in?");
    let isAsked = false;
    plan(() => {
      if (!isAsked) world.teammateNotes("/draft");
      isAsked = true;
    }, world);
    expect((await world.hint(id)).outcome.kind).toBe("in-review");
    expect(isAsked).toBe(true);
    expect(world.sent()).toEqual([]);
    expect(world.draftsWritten()).toBe(1);
    expect(world.cards()).toBe(1);
  });

  it("between a lost write and its repetition becomes a review", async () => {
    const world = asked();
    const { id } = world.customerWrites("How do I log in?");
    world.nextWrite("unknown-and-lost");
    world.beforeWrite(1, () => world.teammateNotes("/draft"));
    expect((await world.hint(id)).outcome.kind).toBe("in-review");
    expect(world.sent()).toEqual([]);
  });

  it("is a note where people cannot send it from a card, or have no cards", async () => {
    const world = asked();
    const { id } = world.customerWrites("How do I log in?");
    world.teammateWrites("Like this.");
    expect((await world.hint(id)).outcome).toMatchObject({ reason: "teammate-answered" });
    world.teammateNotes("/draft");
    expect((await world.hint(id)).outcome.kind).toBe("noted");
    expect(world.notes().at(-1)).toContain("Drafted reply, not sent");
    expect(world.cards()).toBe(0);
    const noted = asked({ replyMode: "note" });
    const message = noted.customerWrites("How do I log in?");
    await noted.hint(message.id);
    noted.teammateNotes("/draft");
    expect((await noted.hint(message.id)).outcome.kind).toBe("noted");
    expect(noted.draftsWritten()).toBe(2);
  });

  it("is written anew after a lost answer to its note, not taken for the note of before", async () => {
    const world = asked({ replyMode: "note" });
    const { id } = world.customerWrites("How do I log in?");
    await world.hint(id);
    world.teammateNotes("/draft");
    world.nextWrite("unknown-and-lost");
    await world.hint(id);
    expect(world.writes()).toEqual(["note", "note"]);
    world.teammateNotes("/draft");
    world.nextWrite("unknown-but-done");
    await world.hint(id);
    expect(world.writes()).toEqual(["note", "note", "note"]);
  });

  it("may rest on what is for teammates only", async () => {
    const world = asked();
    world.recalls([source({ id: "internal", isInternal: true })]);
    const { id } = world.customerWrites("How do I log in?");
    world.teammateNotes("/draft");
    const { recall, decision } = await world.hint(id);
    expect(recall?.sources.map(({ isInternal }) => isInternal)).toContain(true);
    expect(decision).toMatchObject({ reason: "internal-source" });
  });

  it("does not begin a hand-off", async () => {
    const world = asked({ handOffTo: { type: "team", id: "12" } });
    const { id } = world.customerWrites("Can I talk to a human?");
    world.teammateNotes("/draft");
    expect((await world.hint(id)).outcome.kind).toBe("in-review");
    expect(world.sent()).toEqual([]);
  });
});
