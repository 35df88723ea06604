import { describe, expect, it } from "vitest";
import { draftRequest } from "../../../src/core/judging/draft-request.ts";
import { markLine } from "../../../src/core/note-marks.ts";
import type { Author, Conversation, Part } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  part,
  policy,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

const rules = { ...policy, draftOn: { tags: ["Draft"], words: ["/draft"] } };
const note = (by: Author, text: string, more: Partial<Part> = {}) =>
  part(by, text, { kind: "note", ...more });
const drafted = (about: Part) =>
  note(us, markLine({ basePartId: about.id, outcome: "noted", cardId: null }));
const asks = (parts: Part[], more: Partial<Conversation> = {}) =>
  draftRequest(conversation(parts, more), rules)?.basePartId ?? null;
const tagged = (name: string, at: number) => ({ tags: [name], taggedAt: new Map([[name, at]]) });

describe("a draft is asked for", () => {
  const message = part(customer, "Hello?");

  it.each([
    ["/draft", true],
    ["  /Draft, please", true],
    ["/draft\nshort", true],
    ["/drafting", false],
    ["see /draft", false],
    ["", false],
  ])("by the note %j: %s", (text, isAsked) => {
    expect(asks([message, note(teammate, text)])).toBe(isAsked ? message.id : null);
  });

  it("by teammates only, and in notes only", () => {
    expect(asks([message, note(us, "/draft")])).toBeNull();
    expect(asks([message, part(teammate, "/draft")])).toBeNull();
    expect(asks([part(customer, "/draft")])).toBeNull();
    expect(asks([note(teammate, "/draft")])).toBeNull();
    expect(draftRequest(conversation([message, note(teammate, "/draft")]), policy)).toBeNull();
  });

  it("by a tag, in whatever case, and by no other", () => {
    expect(asks([message], tagged("draft", message.at))).toBe(message.id);
    expect(asks([message], tagged("drafts", message.at))).toBeNull();
  });

  it("for what the customer said last, also where somebody has answered", () => {
    const again = part(customer, "And then?");
    const parts = [message, part(teammate, "So."), again, part(teammate, "Like this.")];
    const turn = draftRequest(conversation([...parts, note(teammate, "/draft")]), rules);
    expect(turn).toMatchObject({ basePartId: again.id, messages: [{ id: again.id }] });
    expect(turn?.earlier).toHaveLength(2);
  });

  it("once: not after the draft is there, and again when it is asked for again", () => {
    const asked = note(teammate, "/draft");
    const answer = drafted(message);
    expect(asks([message, asked, answer])).toBeNull();
    expect(asks([message, asked, answer, note(teammate, "/draft")])).toBe(message.id);
    expect(asks([message, answer], tagged("Draft", answer.at))).toBeNull();
    expect(asks([message, answer], tagged("Draft", answer.at + 1000))).toBe(message.id);
    const rejected = note(
      us,
      markLine({ basePartId: message.id, outcome: "rejected", cardId: "1" }),
    );
    expect(asks([message, asked, rejected])).toBe(message.id);
  });

  it("not by what stands there from before the last close, or for longer than customers are answered", () => {
    const asked = note(teammate, "/draft");
    const closing = part(teammate, "", { kind: "event", closes: true });
    const again = part(customer, "Hello again?");
    expect(asks([message, asked, closing, again])).toBeNull();
    expect(asks([message, closing, again], tagged("Draft", asked.at))).toBeNull();
    expect(asks([message, closing], tagged("Draft", closing.at))).toBe(message.id);
    const later = { readAt: asked.at + policy.maxAgeMs + 1 };
    expect(asks([message, asked], later)).toBeNull();
    expect(asks([message], { ...later, ...tagged("Draft", asked.at) })).toBeNull();
    expect(asks([message], tagged("Draft", 0))).toBeNull();
  });
});
