import { describe, expect, it } from "vitest";
import { factsOf } from "../../../src/core/judging/facts-of.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import { unknown } from "../../../src/core/unknown.ts";
import { conversation, customer, draft, part, us } from "../../fixtures/conversations.ts";

/** How many questions back stand in a row after these replies, with a draft that asks or does not. */
function questionsBack(replies: string[], asksBack: boolean | null, closedAfter = -1) {
  const parts = replies.flatMap((text, index) => [
    part(customer, "It does not work"),
    part(us, text, index === closedAfter ? { closes: true } : {}),
  ]);
  const read = conversation([...parts, part(customer, "Well?")]);
  const turn = unansweredTurn(read);
  if (turn === null) throw new Error("nobody waits");
  return factsOf(read, turn, asksBack === null ? null : draft({ asksBack })).questionsBack;
}

describe("questions back in a row", () => {
  it.each([
    [[], 1],
    [["Which page?"], 2],
    [["Which page?", "どのページですか？"], 3],
    [["Which page?", "Press Save."], 1],
    [["Press Save.", "Which page?"], 2],
  ])("are counted with the draft's own after %j: %d", (replies, count) => {
    expect(questionsBack(replies, true)).toBe(count);
  });

  it("are none where the draft asks nothing, and not known before there is one", () => {
    expect(questionsBack(["Which page?", "Which list?"], false)).toBe(0);
    expect(questionsBack(["Which page?", "Which list?"], null)).toBe(unknown);
  });

  it("are not those from before the last close", () => {
    expect(questionsBack(["Which page?", "Which list?"], true, 0)).toBe(2);
  });
});
