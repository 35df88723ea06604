import { describe, expect, it } from "vitest";
import { unseenIn } from "../../../src/core/judging/unseen.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Attachment, Conversation, Part } from "../../../src/core/types.ts";
import { conversation, customer, part, teammate, us } from "../../fixtures/conversations.ts";

const image: Attachment = { kind: "image", name: null, contentType: "image/png", url: null };
const withImage = { attachments: [image] };
const unknown: Partial<Part> = { kind: "event", isOfUnknownType: true };
const asked = () => part(customer, "How?");

function unseen(parts: Part[], more: Partial<Conversation> = {}) {
  const whole = conversation(parts, more);
  const turn = unansweredTurn(whole);
  return turn === null ? "no turn" : unseenIn(whole, turn);
}

describe("what the model was not shown", () => {
  it.each([
    ["nothing", [asked()], null],
    ["an image", [part(customer, "[image]", withImage)], "unread-attachment"],
    [
      "an image before the newest message",
      [part(customer, "[image]", withImage), asked()],
      "unread-attachment",
    ],
    [
      "an image that was answered",
      [part(customer, "[image]", withImage), part(us, "Hm?"), asked()],
      null,
    ],
    ["an image of ours", [part(us, "Look", withImage), asked()], null],
    [
      "a customer's words on an unknown part",
      [asked(), part(customer, "So?", unknown)],
      "unknown-part",
    ],
    ["a teammate's words on one", [asked(), part(teammate, "So.", unknown)], "unknown-part"],
    ["one without words", [asked(), part(teammate, "", unknown)], null],
    ["one before the turn", [part(customer, "So?", unknown), part(us, "Hi"), asked()], null],
  ])("of a turn with %s", (_case, parts, reason) => {
    expect(unseen(parts)).toBe(reason);
  });

  it("counts what Intercom leaves out", () => {
    expect(unseen([asked()], { isCut: true })).toBe("missing-parts");
  });
});
