import { describe, expect, it } from "vitest";
import { whyNotOurs, whyQuiet } from "../../../src/core/judging/why-quiet.ts";
import { markLine } from "../../../src/core/note-marks.ts";
import type { Conversation } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  fin,
  part,
  policy,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

const question = () => part(customer, "How do I reset my password?");
const note = (text: string) => part(us, text, { kind: "note" });

describe("whyQuiet", () => {
  it("answers a customer's first message", () => {
    expect(whyQuiet(conversation([question()]), policy)).toBeNull();
  });

  it("answers a customer who writes back to a campaign or to a teammate's first message", () => {
    expect(whyQuiet(conversation([part(teammate, "Hi!"), question()]), policy)).toBeNull();
  });

  it("answers although notes, assignments and notices follow the message", () => {
    const after = [
      part(teammate, "Who knows this?", { kind: "note" }),
      part(fin, "", { kind: "event", assignedTo: null }),
      part(fin, "We reply within a day", { kind: "event" }),
    ];
    expect(whyQuiet(conversation([question(), ...after]), policy)).toBeNull();
  });

  it.each<[string, string, () => Conversation]>([
    [
      "an opener by a teammate",
      "not-a-customers-turn",
      () => conversation([part(teammate, "Hello")]),
    ],
    ["a conversation without words", "not-a-customers-turn", () => conversation([])],
    ["our reply", "already-answered", () => conversation([question(), part(us, "Like this.")])],
    [
      "a teammate's reply",
      "teammate-answered",
      () => conversation([question(), part(teammate, "So.")]),
    ],
    [
      "another bot's reply",
      "other-bot-answered",
      () => conversation([question(), part(fin, "So.", { isAiAnswer: true })]),
    ],
    [
      "a closed conversation",
      "conversation-closed",
      () => conversation([question()], { state: "closed" }),
    ],
    [
      "a snoozed one",
      "conversation-snoozed",
      () => conversation([question()], { state: "snoozed" }),
    ],
    ["Fin at work", "fin-active", () => conversation([question()], { fin: "active" })],
    [
      "a teammate who answered before and may go on",
      "teammate-active",
      () =>
        conversation([question(), part(teammate, "Which one?"), part(customer, "The blue one")]),
    ],
    [
      "a teammate who took the conversation",
      "teammate-active",
      () =>
        conversation([question(), part(teammate, "", { kind: "event", assignedTo: teammate.id })]),
    ],
    [
      "a teammate whom we gave the conversation",
      "teammate-active",
      () => conversation([question(), part(us, "", { kind: "event", assignedTo: teammate.id })]),
    ],
    [
      "a message older than the limit",
      "waited-too-long",
      () => {
        const old = question();
        return conversation([old], { readAt: old.at + policy.maxAgeMs + 1 });
      },
    ],
  ])("stays quiet for %s: %s", (_case, reason, make) => {
    expect(whyQuiet(make(), policy)).toBe(reason);
  });

  it("answers again when Fin has handed the customer over", () => {
    expect(whyQuiet(conversation([question()], { fin: "handed-over" }), policy)).toBeNull();
  });

  it("does not count an automatic assignment", () => {
    const automatic = part(fin, "", { kind: "event" });
    expect(whyQuiet(conversation([question(), automatic]), policy)).toBeNull();
  });

  it("forgets a teammate's work when the conversation is opened again", () => {
    const reopened = part(customer, "Still broken", { opens: true });
    expect(
      whyQuiet(conversation([question(), part(teammate, "Done"), reopened]), policy),
    ).toBeNull();
  });

  it("goes on noting while a teammate is active in note mode", () => {
    const busy = conversation([
      question(),
      part(teammate, "Which?"),
      part(customer, "The blue one"),
    ]);
    expect(whyQuiet(busy, { ...policy, replyMode: "note" })).toBeNull();
  });

  it("stays quiet when a note of ours names this very message", () => {
    const asked = question();
    const mark = markLine({ basePartId: asked.id, outcome: "in-review", cardId: "C1-2.3" });
    expect(whyQuiet(conversation([asked, note(`A draft waits.\n\n${mark}`)]), policy)).toBe(
      "already-handled",
    );
  });

  it("is not fooled by a mark that a teammate wrote or that a quoted draft contains", () => {
    const asked = question();
    const mark = markLine({ basePartId: asked.id, outcome: "noted", cardId: null });
    const byTeammate = part(teammate, mark, { kind: "note" });
    const quoted = note(`${mark}\nref: part=other outcome=noted`);
    expect(whyQuiet(conversation([asked, byTeammate, quoted]), policy)).toBeNull();
  });

  it("drafts for a newer message although an older one is marked", () => {
    const asked = question();
    const mark = markLine({ basePartId: asked.id, outcome: "noted", cardId: null });
    expect(whyQuiet(conversation([asked, note(mark), question()]), policy)).toBeNull();
  });

  it("obeys ONLY_TAGS and SKIP_TAGS whatever the case", () => {
    const tagged = conversation([question()], { tags: ["VIP"] });
    expect(whyQuiet(tagged, { ...policy, skipTags: ["vip"] })).toBe("excluded-by-tag");
    expect(whyQuiet(tagged, { ...policy, onlyTags: ["beta"] })).toBe("excluded-by-tag");
    expect(whyQuiet(tagged, { ...policy, onlyTags: ["vip"] })).toBeNull();
  });
});

describe("whyNotOurs", () => {
  it("holds while the base part is the customer's newest and nobody answered", () => {
    const asked = question();
    const noted = part(teammate, "hm", { kind: "note" });
    expect(whyNotOurs(conversation([asked, noted]), asked.id, policy, "us")).toBeNull();
  });

  it("ends with a newer message, an answer, a closing, or the conversation itself", () => {
    const asked = question();
    const ended = [
      whyNotOurs(conversation([asked, question()]), asked.id, policy, "us"),
      whyNotOurs(conversation([asked, part(teammate, "So.")]), asked.id, policy, "us"),
      whyNotOurs(conversation([asked], { state: "closed" }), asked.id, policy, "us"),
      whyNotOurs(null, asked.id, policy, "us"),
    ];
    expect(ended).toEqual([
      "customer-wrote-again",
      "teammate-answered",
      "conversation-closed",
      "conversation-gone",
    ]);
  });

  it("is stopped by all that stops the first look: the second look uses the same rule", () => {
    const asked = question();
    const taking = part(teammate, "", { kind: "event", assignedTo: teammate.id });
    const states: [Partial<Conversation>, string][] = [
      [{ parts: [asked, taking] }, "teammate-active"],
      [{ tags: ["VIP"] }, "excluded-by-tag"],
      [{ fin: "active" }, "fin-active"],
      [{ state: "snoozed" }, "conversation-snoozed"],
      [{ readAt: asked.at + policy.maxAgeMs + 1 }, "waited-too-long"],
      [{ channel: "phone_call" }, "unsupported-channel"],
    ];
    const rules = { ...policy, skipTags: ["vip"] };
    for (const [more, reason] of states) {
      const changed = conversation([asked], more);
      expect([whyQuiet(changed, rules), whyNotOurs(changed, asked.id, rules, "us")]).toEqual([
        reason,
        reason,
      ]);
    }
  });
});
