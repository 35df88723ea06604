import { describe, expect, it } from "vitest";
import { draft, policy, source } from "../../fixtures/conversations.ts";
import { createJourneyWorld } from "../../fixtures/journey-world.ts";

describe("answerConversation", () => {
  it("replies once to a confident draft and reads again before and after", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("How do I reset my password?");
    const report = await world.hint(asked.id);
    expect(report.outcome.kind).toBe("replied");
    expect(world.sent()).toEqual([draft().reply]);
    expect(world.reads()).toBe(3);
    expect(report.steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["read", "recall", "draft", "quiet period", "act"]),
    );
  });

  it("in the shadow writes nothing, and does not draft the same turn again at the next look", async () => {
    const world = createJourneyWorld({ replyMode: "shadow" });
    const asked = world.customerWrites("How do I reset my password?");
    for (let look = 0; look < 3; look += 1) {
      const { outcome, decision } = await world.hint(asked.id);
      expect(outcome).toEqual({ kind: "quiet", reason: "shadow-mode" });
      expect(decision).toMatchObject({ would: "reply: confident" });
    }
    expect(world.draftsWritten()).toBe(1);
    expect(world.writes()).toEqual([]);
    expect(world.cards()).toBe(0);
    expect(world.remembered()).toEqual([]);
  });

  it("answers all messages together when the customer writes while the model thinks", async () => {
    const world = createJourneyWorld();
    const first = world.customerWrites("Hi");
    world.whileDrafting(1, () => {
      const second = world.customerWrites("I have a question");
      world.announce(second.id);
    });
    const report = await world.hint(first.id);
    expect(world.draftsAborted()).toBe(1);
    expect(report.turn?.messages.map(({ text }) => text)).toEqual(["Hi", "I have a question"]);
    expect(world.sent()).toHaveLength(1);
  });

  it("is not interrupted by a repeated hint about a message it knows", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.whileDrafting(1, () => world.announce(asked.id));
    await world.hint(asked.id);
    expect(world.draftsAborted()).toBe(0);
    expect(world.sent()).toHaveLength(1);
  });

  it("sees a newer message in the last reading although no hint announced it", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.whileDrafting(1, () => void world.customerWrites("And another thing"));
    const report = await world.hint(asked.id);
    expect(report.turn?.messages).toHaveLength(2);
    expect(world.sent()).toHaveLength(1);
  });

  it("answers what is there when the customer keeps writing for longer than the limit", async () => {
    const world = createJourneyWorld({ restartLimitMs: 30_000 });
    const asked = world.customerWrites("1");
    for (let time = 1; time <= 5; time++) {
      world.whileDrafting(time, () => {
        world.advance(12_000);
        world.announce(world.customerWrites(`${time + 1}`).id);
      });
    }
    await world.hint(asked.id);
    // Started over at 12, 24 and 36 s; what was there then is answered, the rest is a new turn.
    expect(world.sent().length).toBeGreaterThanOrEqual(1);
    expect(world.turns()[0]).toBe(4);
  });

  it("says nothing when a teammate answers while the model thinks", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.whileDrafting(1, () => void world.teammateWrites("I have this one"));
    const report = await world.hint(asked.id);
    expect(report.outcome).toEqual({ kind: "quiet", reason: "teammate-answered" });
    expect(world.sent()).toEqual([]);
    expect(world.notes()).toEqual([]);
  });

  it("answers a message that landed beside its reply as a new turn", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("First");
    world.beforeWrite(1, () => void world.customerWrites("Second, just before the reply"));
    const report = await world.hint(asked.id);
    expect(world.sent()).toHaveLength(2);
    expect(report.turn?.messages.map(({ text }) => text)).toEqual([
      "Second, just before the reply",
    ]);
  });

  it.each(["reply", "note"])(
    "answers a message beside its reply although the %s for it fails at first",
    async (kind) => {
      const world = createJourneyWorld();
      const asked = world.customerWrites("First");
      world.beforeWrite(1, () => {
        world.customerWrites("Second");
        if (kind === "note") world.draftsWith({ confidence: 0.5 });
      });
      world.nextWrite("done");
      world.nextWrite("unknown-and-lost");
      await world.hint(asked.id);
      expect(world.sent().length + world.notes().length).toBe(2);
    },
  );

  it("posts one card for a turn, however often the note for it fails", async () => {
    const world = createJourneyWorld();
    world.draftsWith({ confidence: 0.4 });
    const asked = world.customerWrites("Hi");
    world.refuseWrites();
    for (let time = 0; time < 3; time++) await world.hint(asked.id);
    expect(world.cards()).toBe(1);
  });

  it("asks people again, rather than replying, when a customer nudges while a draft is with them", async () => {
    const world = createJourneyWorld();
    world.draftsWith({ confidence: 0.7 });
    await world.hint(world.customerWrites("I want a refund").id);
    world.draftsWith({ confidence: 0.95 });
    const report = await world.hint(world.customerWrites("Hello??").id);
    expect(report.decision).toEqual({ action: "review", reason: "with-people" });
    expect(world.sent()).toEqual([]);
  });

  it("keeps internal material from a draft that may go out by itself, and gives it to reviews", async () => {
    for (const [replyMode, expected] of [
      ["auto", 0],
      ["review", 1],
    ] as const) {
      const world = createJourneyWorld({ replyMode });
      world.recalls([source({ isInternal: true })]);
      const report = await world.hint(world.customerWrites("Hi").id);
      expect(report.recall?.sources.filter(({ isInternal }) => isInternal)).toHaveLength(expected);
    }
  });

  it("finds its reply again when the connection dropped after Intercom took it", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.nextWrite("unknown-but-done");
    const report = await world.hint(asked.id);
    expect(report.outcome.kind).toBe("replied");
    expect(world.sent()).toHaveLength(1);
    expect(world.rested()).toContain(2000);
  });

  it("sends again when the reading shows that Intercom did not take it", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.nextWrite("unknown-and-lost");
    await world.hint(asked.id);
    expect(world.sent()).toHaveLength(1);
  });

  it("does not repeat an unknown reply when a teammate answered meanwhile", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.nextWrite("unknown-and-lost");
    world.beforeRest(2000, () => void world.teammateWrites("Got it"));
    const report = await world.hint(asked.id);
    expect(report.outcome).toEqual({ kind: "quiet", reason: "teammate-answered" });
    expect(world.sent()).toEqual([]);
  });

  it("leaves the draft as a note when Intercom refuses the reply", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.nextWrite("refused");
    const report = await world.hint(asked.id);
    expect(report.outcome).toEqual({ kind: "noted" });
    expect(world.notes()[0]).toContain(draft().reply);
  });

  it("gives a turn up after Intercom refused it three times, with one draft for all tries", async () => {
    const world = createJourneyWorld();
    const asked = world.customerWrites("Hi");
    world.refuseWrites();
    for (let time = 0; time < 3; time++) {
      expect((await world.hint(asked.id)).outcome.kind).toBe("refused");
    }
    expect((await world.hint(asked.id)).outcome).toEqual({ kind: "quiet", reason: "given-up" });
    expect(world.draftsWritten()).toBe(1);
    expect(world.record.givenUpCount()).toBe(1);
    // What was written is not lost: one card holds it.
    expect(world.cards()).toBe(1);
  });

  it("asks a person below the threshold: first the card, then the note that names it", async () => {
    const world = createJourneyWorld();
    world.draftsWith({ confidence: 0.4 });
    const asked = world.customerWrites("Hi");
    const report = await world.hint(asked.id);
    expect(report.outcome.kind).toBe("in-review");
    expect(world.cards()).toBe(1);
    expect(world.notes()[0]).toContain(`ref: part=${asked.id} outcome=in-review card=card-1`);
    expect((await world.hint(asked.id)).outcome).toEqual({
      kind: "quiet",
      reason: "already-handled",
    });
    expect(world.draftsWritten()).toBe(1);
  });

  it("leaves the draft as a note when the card cannot be posted or there is no channel", async () => {
    for (const reviews of ["failing", "none"] as const) {
      const world = createJourneyWorld({}, reviews);
      world.draftsWith({ confidence: 0.4 });
      const report = await world.hint(world.customerWrites("Hi").id);
      expect(report.outcome).toEqual({ kind: "noted" });
      expect(world.notes()[0]).toContain(draft().reply);
    }
  });

  it("asks a person to answer when the model is down, and does not try the same turn again", async () => {
    const world = createJourneyWorld();
    world.modelIsDown("The model did not answer within 90 s.");
    const asked = world.customerWrites("Hi");
    expect((await world.hint(asked.id)).outcome).toEqual({ kind: "noted" });
    expect(world.notes()[0]).toContain("The model did not answer within 90 s.");
    expect((await world.hint(asked.id)).outcome).toEqual({
      kind: "quiet",
      reason: "already-handled",
    });
  });

  describe("internal material", () => {
    const handbook = source({
      id: "i1",
      title: "Refunds *above* 100",
      url: "https://intranet.example.com/refunds",
      isInternal: true,
    });
    const noted = async (rules: Parameters<typeof createJourneyWorld>[0]) => {
      const world = createJourneyWorld(rules, "none");
      world.recalls([source(), handbook]);
      world.draftsWith({ needsHuman: true, usedSources: [] });
      const report = await world.hint(world.customerWrites("I want my money back").id);
      return { report, note: world.notes()[0] };
    };

    it("is kept from the model where a reply might go out, and stands on the note for the team", async () => {
      const { report, note } = await noted({ replyMode: "auto" });
      expect(report.recall?.sources.map(({ id }) => id)).not.toContain("i1");
      expect(report.withheld).toEqual([handbook]);
      expect(note).toContain("For you (internal):");
      expect(note).toContain("[Refunds \\*above\\* 100](https://intranet.example.com/refunds)");
      expect(note).toContain("Nothing supports this draft");
    });

    it("is given to the model where a person looks at every draft", async () => {
      const { report } = await noted({ replyMode: "review" });
      expect(report.recall?.sources.map(({ id }) => id)).toContain("i1");
      expect(report.withheld).toEqual([]);
    });
  });

  describe("where there is no draft", () => {
    const withoutDraft = async (
      rules: Parameters<typeof createJourneyWorld>[0] = {},
      kind: Parameters<typeof createJourneyWorld>[1] = "working",
    ) => {
      const world = createJourneyWorld(rules, kind);
      world.modelIsDown("The model was down.");
      const asked = world.customerWrites("Our invoices are gone");
      await world.hint(asked.id);
      return { cards: world.cards(), notes: world.notes(), asked };
    };

    it("a card asks for an answer, and the note names it", async () => {
      const { cards, notes, asked } = await withoutDraft();
      expect(cards).toBe(1);
      expect(notes).toHaveLength(1);
      expect(notes[0]).toContain("A card [in Slack](https://slack.example/1) asks for an answer");
      expect(notes[0]).toMatch(new RegExp(`ref: part=${asked.id} outcome=in-review card=card-1$`));
    });

    it("an empty reply asks for one too", async () => {
      const world = createJourneyWorld();
      world.draftsWith({ reply: " " });
      await world.hint(world.customerWrites("Our invoices are gone").id);
      expect(world.cards()).toBe(1);
      expect(world.notes()[0]).toContain("The model wrote no reply");
    });

    it("the note alone asks in note mode, also where a rule says so, and for what is taken for spam", async () => {
      expect((await withoutDraft({ replyMode: "note" })).cards).toBe(0);
      const mode = [{ name: "quiet", mode: "note" as const, when: {}, percent: 100 }];
      expect((await withoutDraft({ rules: { ...policy.rules, mode } })).cards).toBe(0);
      const world = createJourneyWorld();
      world.draftsWith({ reply: "", intent: "spam" });
      await world.hint(world.customerWrites("Buy now").id);
      expect(world.cards()).toBe(0);
    });

    it.each(["failing", "none"] as const)("the note alone asks with Slack %s", async (kind) => {
      const { notes, asked } = await withoutDraft({}, kind);
      expect(notes[0]).toContain("a person needs to answer");
      expect(notes[0]).toMatch(new RegExp(`ref: part=${asked.id} outcome=noted$`));
    });

    it("one card is posted although its note takes two tries", async () => {
      const world = createJourneyWorld();
      world.modelIsDown("The model was down.");
      const asked = world.customerWrites("Our invoices are gone");
      for (let tries = 0; tries < 4; tries++) world.nextWrite("unknown-and-lost");
      await expect(world.hint(asked.id)).rejects.toThrow("did not confirm");
      world.draftsWith({});
      await world.hint(asked.id);
      expect(world.cards()).toBe(1);
      // The note must not promise a draft on a card that has none.
      expect(world.notes()).toHaveLength(1);
      expect(world.notes()[0]).toMatch(/No drafted reply[\s\S]*outcome=in-review card=card-1$/);
      expect(world.sent()).toEqual([]);
    });
  });

  it("answers without memory when memory is down", async () => {
    const world = createJourneyWorld();
    world.memoryIsDown();
    const report = await world.hint(world.customerWrites("Hi").id);
    expect(report.outcome.kind).toBe("replied");
    expect(report.recall?.failures).toHaveLength(2);
  });

  it("remembers what was said, and nothing of a turn that a teammate took", async () => {
    const world = createJourneyWorld();
    await world.hint(world.customerWrites("Hi").id);
    expect(world.remembered().map(({ speaker }) => speaker)).toEqual(["customer", "us"]);
  });

  it("holds replies back in the first two seconds of a process", async () => {
    const world = createJourneyWorld({ quietPeriodMs: 0 });
    world.processStartsNow();
    await world.hint(world.customerWrites("Hi").id);
    expect(world.rested()).toContain(2000);
  });
});
