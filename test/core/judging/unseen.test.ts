import { describe, expect, it } from "vitest";
import { unseenIn } from "../../../src/core/judging/unseen.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Attachment, Conversation, Part } from "../../../src/core/types.ts";
import { conversation, customer, part, teammate, us } from "../../fixtures/conversations.ts";

const image: Attachment = { kind: "image", name: null, contentType: "image/png", url: null };
const withImage = { attachments: [image] };
const unknown: Partial<Part> = { kind: "event", isOfUnknownType: true };
const asked = () => part(customer, "How?");

const file: Attachment = { ...image, kind: "file", name: "log.txt", contentType: "text/plain" };

function unseen(parts: Part[], more: Partial<Conversation> = {}, seen: string[] = []) {
  const whole = conversation(parts, more);
  const turn = unansweredTurn(whole);
  return turn === null ? "no turn" : unseenIn(whole, turn, seen);
}

describe("what the model was not shown", () => {
  it.each([
    ["nothing", [asked()], null],
    ["an image", [part(customer, "[image]", withImage)], "unseen-image"],
    ["a file", [part(customer, "Here", { attachments: [file] })], "unread-attachment"],
    [
      "a file and an image",
      [part(customer, "Here", { attachments: [file, image] })],
      "unseen-image",
    ],
    [
      "an image before the newest message",
      [part(customer, "[image]", withImage), asked()],
      "unseen-image",
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

  it("is what the model was shown of each message, and not of another one", () => {
    const parts = [
      part(customer, "[image]", { id: "1", attachments: [image, file] }),
      part(customer, "[image]", { id: "2", ...withImage }),
    ];
    expect(unseen(parts, {}, ["1/0", "1/1", "2/0"])).toBeNull();
    expect(unseen(parts, {}, ["1/0", "1/1"])).toBe("unseen-image");
    expect(unseen(parts, {}, ["1/0", "2/0", "2/1", "11/1"])).toBe("unread-attachment");
  });

  it("counts what Intercom leaves out", () => {
    expect(unseen([asked()], { isCut: true })).toBe("missing-parts");
  });
});
