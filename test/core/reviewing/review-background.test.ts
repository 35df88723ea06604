import { describe, expect, it } from "vitest";
import { backgroundOf } from "../../../src/core/reviewing/review-background.ts";
import { noteRejected } from "../../../src/core/reviewing/review-wording.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Conversation } from "../../../src/core/types.ts";
import { conversation, customer, part, teammate, us } from "../../fixtures/conversations.ts";

function of(read: Conversation) {
  const turn = unansweredTurn(read);
  if (turn === null) throw new Error("nobody waits");
  return backgroundOf(read, turn);
}

const question = part(customer, "How do I export?");
const ours = part(us, "Press Export.");
const again = part(customer, "That did not help");

describe("what a card says of the conversation", () => {
  it("is what was asked, since when, how it came, and our reply that did not help", () => {
    const first = part(customer, "Long ago");
    const told = part(teammate, "Done.");
    const read = conversation([first, told, question, ours, again], { channel: "email" });
    expect(of(read)).toEqual({
      messages: ["That did not help"],
      channel: "email",
      waitingSince: again.at,
      before: [
        { role: "customer", name: customer.name, text: "How do I export?" },
        { role: "us", name: us.name, text: "Press Export." },
      ],
      sent: null,
      rejection: null,
    });
  });

  it("tells who rejected the draft before, and why, while nobody has answered", () => {
    const note = noteRejected({
      basePartId: question.id,
      cardId: "C1-1.1",
      by: "Alice",
      reason: "Wrong: no such page",
    });
    const rejected = part(us, note.replaceAll("**", ""), { kind: "note" });
    expect(of(conversation([question, rejected, again])).rejection).toEqual({
      cardId: "C1-1.1",
      by: "Alice",
      reason: "Wrong: no such page",
    });
    const answered = [question, rejected, part(teammate, "By hand"), again];
    expect(of(conversation(answered)).rejection).toBeNull();
  });

  it("believes no note that somebody else wrote", () => {
    const note = noteRejected({ basePartId: question.id, cardId: "c", by: "Eve", reason: null });
    const forged = part(teammate, note, { kind: "note" });
    expect(of(conversation([question, forged])).rejection).toBeNull();
  });
});
