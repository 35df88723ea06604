import { describe, expect, it } from "vitest";
import { whenToLookAgain, whyNotOurs, whyQuiet } from "../../../src/core/judging/why-quiet.ts";
import { markLine } from "../../../src/core/note-marks.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Conversation, Part } from "../../../src/core/types.ts";
import {
  conversation,
  customer,
  fin,
  noon,
  part,
  policy,
  teammate,
  us,
} from "../../fixtures/conversations.ts";

const minute = 60_000;
const hour = 60 * minute;
const at = (ms: number) => ({ at: noon + ms });
const asks = (ms: number, text = "Where is my invoice?") => part(customer, text, at(ms));
const acknowledges = (ms: number) => part(fin, "We got your message.", at(ms));
const read = (parts: Part[], ms: number, more: Partial<Conversation> = {}) =>
  conversation(parts, { readAt: noon + ms, ...more });

describe("a bot that has not answered", () => {
  it("has the customer to itself for ten minutes, and no longer", () => {
    const parts = [asks(0), acknowledges(1000)];
    expect(whyQuiet(read(parts, 2000), policy)).toBe("bot-at-work");
    expect(whyQuiet(read(parts, 1000 + 10 * minute - 1), policy)).toBe("bot-at-work");
    expect(whyQuiet(read(parts, 1000 + 10 * minute), policy)).toBeNull();
    expect(unansweredTurn(read(parts, 0))?.messages).toEqual([parts[0]]);
  });

  it("says when to look again", () => {
    const parts = [asks(0), acknowledges(1000)];
    expect(whenToLookAgain(read(parts, 2000), policy)).toBe(noon + 1000 + 10 * minute);
    expect(whenToLookAgain(read([asks(0)], 2000), policy)).toBeNull();
  });

  it("gets its time anew with each further part of it", () => {
    const collector = part(fin, "", { kind: "event", ...at(5 * minute) });
    const parts = [asks(0), acknowledges(1000), collector];
    expect(whyQuiet(read(parts, 12 * minute), policy)).toBe("bot-at-work");
    expect(whyQuiet(read(parts, 15 * minute), policy)).toBeNull();
  });

  it("does not hold back the answer to what came after its words", () => {
    expect(whyQuiet(read([asks(0), acknowledges(1000), asks(5000)], 6000), policy)).toBeNull();
  });

  it("is quiet about what people do meanwhile", () => {
    const parts = [asks(0), acknowledges(1000), part(teammate, "Here it is.", at(minute))];
    expect(whyQuiet(read(parts, 2 * minute), policy)).toBe("teammate-answered");
  });
});

describe("a bot that answers", () => {
  it.each([
    ["an answer of an answering machine", { isAiAnswer: true }, "It is under Billing."],
    ["a long text", {}, "It is under Billing. ".repeat(20)],
    ["a text with a link", {}, "See https://help.example.com/invoices"],
  ])("%s keeps us quiet until the customer writes again", (_name, more, text) => {
    const parts = [asks(0), part(fin, text, { ...more, ...at(1000) })];
    expect(whyQuiet(read(parts, 40 * minute), policy)).toBe("other-bot-answered");
    expect(whyQuiet(read([...parts, asks(41 * minute)], 42 * minute), policy)).toBeNull();
  });
});

describe("Fin", () => {
  it("is left alone while it is active, but a customer does not wait for it for ever", () => {
    expect(whyQuiet(read([asks(0)], minute, { fin: "active" }), policy)).toBe("fin-active");
    expect(whyQuiet(read([asks(0)], 10 * minute, { fin: "active" }), policy)).toBeNull();
  });

  it("has not answered when it handed the customer over, whatever it said then", () => {
    const parts = [asks(0), part(fin, "A colleague will help.", { isAiAnswer: true, ...at(1000) })];
    const gaveUp = (ms: number) => read(parts, ms, { fin: "handed-over" });
    expect(whyQuiet(gaveUp(2000), policy)).toBe("bot-at-work");
    expect(whyQuiet(gaveUp(11 * minute), policy)).toBeNull();
  });
});

describe("a teammate who has taken the conversation", () => {
  const takes = (ms: number) => part(teammate, "I will look.", at(ms));

  it("has it to themself for a day after their last sign of life", () => {
    const parts = [asks(0), takes(minute), asks(23 * hour)];
    expect(whyQuiet(read(parts, 23 * hour), policy)).toBe("teammate-active");
    const note = part(teammate, "Asked the bank.", { kind: "note", ...at(20 * hour) });
    const later = asks(25 * hour);
    const noted = [asks(0), takes(minute), note, later];
    expect(whyQuiet(read(noted, 25 * hour), policy)).toBe("teammate-active");
    expect(whyQuiet(read([asks(0), takes(minute), later], 25 * hour), policy)).toBeNull();
  });

  it("has let go when it was closed since", () => {
    const closed = part(teammate, "", { kind: "event", closes: true, ...at(2 * minute) });
    expect(whyQuiet(read([asks(0), takes(minute), closed, asks(hour)], hour), policy)).toBeNull();
  });

  it("counts when a lead gave it to them", () => {
    const given = part(teammate, "", { kind: "event", assignedTo: "502", ...at(minute) });
    expect(whyQuiet(read([asks(0), given], 2 * minute), policy)).toBe("teammate-active");
  });

  it("counts when they took it from a card", () => {
    const mark = markLine({ basePartId: "other", outcome: "taken-over", cardId: "C1" });
    const taken = part(us, mark, { kind: "note", ...at(minute) });
    expect(whyQuiet(read([asks(0), taken], 2 * minute), policy)).toBe("teammate-active");
  });
});

describe("an approved card", () => {
  const question = asks(0);
  const given = part(teammate, "", { kind: "event", assignedTo: "502", ...at(minute) });
  const standing = (teammateId: string | null) =>
    whyNotOurs(read([question, given], 2 * minute), question.id, policy, { teammateId });

  it("is stopped by somebody else who has taken the conversation since", () => {
    expect(standing("501")).toBe("teammate-active");
    expect(standing(null)).toBe("teammate-active");
  });

  it("is not stopped by what the reviewer did", () => {
    expect(standing("502")).toBeNull();
  });

  it("is not stopped by an assignment from before the message", () => {
    const before = [part(customer, "Hi"), { ...given, id: "before" }, question];
    const conversationBefore = read(before, 2 * minute);
    expect(whyNotOurs(conversationBefore, question.id, policy, { teammateId: null })).toBeNull();
  });
});
