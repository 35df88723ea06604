import { describe, expect, it } from "vitest";
import { pastTurns } from "../../../src/core/proving/past-turns.ts";
import {
  conversation,
  customer,
  fin,
  part,
  policy,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

describe("the turns of a past conversation", () => {
  const asked = part(customer, "How do I reset my password?");
  const more = part(customer, "It is urgent.");
  const answered = part(teammate, "Open the reset page.");
  const added = part(teammate, "It is under Settings.");
  const thanked = part(customer, "And on mobile?");
  const again = part(teammate, "The same page.");

  it("are those that a teammate answered, as they were before the answer", () => {
    const closed = part(teammate, "", { kind: "event", closes: true });
    const parts = [asked, more, answered, added, closed];
    const given = conversation(parts, {
      state: "closed",
      assigneeId: "501",
      attributes: { Solved: "yes" },
      shownFacts: [{ name: "plan", value: "Pro, since today" }],
    });
    const [past, ...others] = pastTurns(given, policy);
    expect(others).toEqual([]);
    expect(past).toMatchObject({
      answer: "Open the reset page.\n\nIt is under Settings.",
      askedAt: more.at,
      turn: { basePartId: more.id },
    });
    expect(past?.turn.messages).toEqual([asked, more]);
    expect(past?.conversation).toMatchObject({
      state: "open",
      assigneeId: null,
      attributes: {},
      shownFacts: [],
      parts: [asked, more],
      readAt: more.at + 60_000,
    });
  });

  it("are none where the service would have kept quiet: a teammate is at work", () => {
    const turns = pastTurns(conversation([asked, answered, thanked, again]), policy);
    expect(turns.map(({ turn }) => turn.basePartId)).toEqual([asked.id]);
  });

  it("are none where nobody, or only we or a bot, answered", () => {
    expect(pastTurns(conversation([asked]), policy)).toEqual([]);
    expect(pastTurns(conversation([asked, part(us, "Automatic."), answered]), policy)).toEqual([]);
    expect(pastTurns(conversation([asked, part(fin, "A bot says something.")]), policy)).toEqual(
      [],
    );
  });

  it("are there where a bot said something before the teammate did", () => {
    const parts = [asked, part(fin, "We got your message."), answered];
    expect(pastTurns(conversation(parts), policy).map(({ answer }) => answer)).toEqual([
      "Open the reset page.",
    ]);
  });
});
