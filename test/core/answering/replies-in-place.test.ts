import { describe, expect, it } from "vitest";
import { withRepliesInPlace } from "../../../src/core/answering/replies-in-place.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Part } from "../../../src/core/types.ts";
import { conversation, customer, noon, part, us } from "../../fixtures/conversations.ts";

const at = (seconds: number) => ({ at: noon + seconds * 1000 });
const first = part(customer, "first", at(0));
const second = part(customer, "second", at(20));
const unanswered = (parts: Part[], bases: [string, string][] = [], quietPeriodMs = 3000) =>
  unansweredTurn(withRepliesInPlace(conversation(parts), new Map(bases), quietPeriodMs))?.messages;

describe("withRepliesInPlace", () => {
  it("finds the message that landed between the last reading and our reply", () => {
    const reply = part(us, "answer to the first", at(60));
    expect(unanswered([first, second, reply])).toBeUndefined();
    expect(unanswered([first, second, reply], [[reply.id, first.id]])).toEqual([second]);
  });

  it("knows it without memory when the reply followed sooner than the quiet period allows", () => {
    const reply = part(us, "answer to the first", at(21));
    expect(unanswered([first, second, reply])).toEqual([second]);
  });

  it("takes a reply for an answer to all messages when it came after the quiet period", () => {
    expect(unanswered([first, second, part(us, "to both", at(23))])).toBeUndefined();
  });

  it("always leaves a reply at least one message that it answered", () => {
    expect(unanswered([first, part(us, "quick", at(0))])).toBeUndefined();
    expect(unanswered([first, { ...second, ...at(1) }, part(us, "quick", at(1))])).toHaveLength(1);
  });

  it("guesses nothing without a quiet period", () => {
    expect(unanswered([first, second, part(us, "quick", at(20))], [], 0)).toBeUndefined();
  });
});
