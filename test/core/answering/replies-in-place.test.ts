import { describe, expect, it } from "vitest";
import {
  pauseBeforeReplyMs,
  withRepliesInPlace,
} from "../../../src/core/answering/replies-in-place.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Part, Turn } from "../../../src/core/types.ts";
import { conversation, customer, noon, part, us } from "../../fixtures/conversations.ts";

const at = (seconds: number) => ({ at: noon + seconds * 1000 });
const first = part(customer, "first", at(0));
const second = part(customer, "second", at(20));
const unanswered = (parts: Part[], bases: [string, string][] = []) =>
  unansweredTurn(withRepliesInPlace(conversation(parts), new Map(bases)))?.messages;

describe("withRepliesInPlace", () => {
  it("finds the message that landed between the last reading and our reply", () => {
    const reply = part(us, "answer to the first", at(60));
    expect(unanswered([first, second, reply])).toBeUndefined();
    expect(unanswered([first, second, reply], [[reply.id, first.id]])).toEqual([second]);
  });

  it.each([20, 21, 22])(
    "knows without memory that a reply in second %i did not see it",
    (seconds) => {
      expect(unanswered([first, second, part(us, "to the first", at(seconds))])).toEqual([second]);
    },
  );

  it.each([23, 24, 60])("takes a reply in second %i for an answer to both", (seconds) => {
    expect(unanswered([first, second, part(us, "to both", at(seconds))])).toBeUndefined();
  });

  it("always leaves a reply at least one message that it answered", () => {
    expect(unanswered([first, part(us, "quick", at(0))])).toBeUndefined();
    const beside = { ...second, ...at(0) };
    expect(unanswered([first, beside, part(us, "quick", at(0))])).toEqual([beside]);
  });

  it("reads three replies within one second as three answers", () => {
    const [one, two, three] = ["one", "two", "three"].map((text) => part(customer, text, at(0)));
    const reply = (text: string) => part(us, text, at(0));
    if (one === undefined || two === undefined || three === undefined) throw new Error("none");
    const said = [one, two, reply("to one"), three, reply("to two")];
    expect(unanswered(said)).toEqual([three]);
    expect(unanswered([...said, reply("to three")])).toBeUndefined();
  });
});

describe("pauseBeforeReplyMs", () => {
  const of = (count: number): Turn => {
    const messages = Array.from({ length: count }, () => part(customer, "?"));
    return { basePartId: messages.at(-1)?.id ?? "", messages, earlier: [] };
  };

  it("lets a reply to a single message leave after the quiet period", () => {
    expect(pauseBeforeReplyMs(of(1), 0)).toBe(0);
    expect(pauseBeforeReplyMs(of(1), 500)).toBe(500);
  });

  it("keeps one to several messages back until its distance tells what it covers", () => {
    expect(pauseBeforeReplyMs(of(2), 0)).toBe(3000);
    expect(pauseBeforeReplyMs(of(2), 10_000)).toBe(10_000);
  });
});
