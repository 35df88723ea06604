import { describe, expect, it } from "vitest";
import { handOffCard } from "../../../src/adapters/slack/hand-off-card.ts";
import { handOffSheet } from "../../../src/core/judging/hand-off-sheet.ts";
import { noteHandOff } from "../../../src/core/judging/wording.ts";
import { unansweredTurn } from "../../../src/core/turn.ts";
import type { Drafting } from "../../../src/core/types.ts";
import { conversation, customer, draft, part, source, us } from "../../fixtures/conversations.ts";
import { limitsBroken } from "../../stand-ins/slack/block-limits.ts";
import { buttonsOf, wordsOf } from "./slack-world.ts";

const decision = {
  action: "hand-off",
  reason: "escalated",
  rule: "human_request",
  target: { type: "team", id: "12" },
  told: "A colleague takes over.",
  language: "en",
} as const;

function shown(drafting: Drafting, question = "Can I talk to a human? <!channel>") {
  const read = conversation(
    [part(customer, "Where is it?"), part(us, "Look under Billing."), part(customer, question)],
    { shownFacts: [{ name: "plan", value: "Pro" }] },
  );
  const turn = unansweredTurn(read);
  if (turn === null) throw new Error("nobody waits");
  const found = [source(), source({ id: "s2", title: "Handbook for us", isInternal: true })];
  const sheet = handOffSheet({ conversation: read, turn, drafting, found }, decision);
  return {
    card: handOffCard({ conversation: read, turn, sheet }),
    note: noteHandOff(sheet, turn).replaceAll("\\", ""),
  };
}

const whole = draft({
  summary: "Ada looks for it. Billing did not help.",
  sentiment: "angry",
  urgency: "high",
  topic: "billing",
  missing: ["Was it <@U1> sent?"],
  translation: { language: "de", messages: "Bitte ein Mensch", reply: "Öffnen Sie die Seite." },
});

describe("what is shown of a hand-off", () => {
  it("is the same on the card and on the note", () => {
    const { card, note } = shown({ draft: whole });
    const words = wordsOf(card);
    for (const found of [
      "The customer asks for a person (rule human_request)",
      "A colleague takes over.",
      "Ada looks for it. Billing did not help.",
      "Can I talk to a human? <!channel>",
      "1 automatic reply since the customer opened the conversation.",
      "Look under Billing.",
      "English · angry · urgency high · question (human request) · billing",
      "plan: Pro",
      "Was it <@U1> sent?",
      "Hi Ada, open the reset page and follow the steps.",
      "The article says exactly this.",
      "Bitte ein Mensch",
      "Öffnen Sie die Seite.",
      "Resetting your password",
      "Handbook for us",
    ]) {
      expect(words).toContain(found);
      expect(note).toContain(found);
    }
    expect(buttonsOf(card)).toEqual(["review_open"]);
  });

  it("keeps Slack's limits, and nothing in it is markup", () => {
    const long = "<!channel> *a* ".repeat(400);
    const { card } = shown(
      { draft: { ...whole, reply: long, summary: long, missing: [long], reasoning: long } },
      long,
    );
    expect(limitsBroken({ kind: "message", text: card.text, blocks: card.blocks })).toEqual([]);
    for (const block of card.blocks) {
      if (block.type !== "section" || block.text?.type !== "mrkdwn") continue;
      expect(block.text.text).not.toContain("<!channel>");
    }
    expect(card.text).not.toContain("<!channel>");
  });

  it("lacks what there is none of, where there is no draft", () => {
    const { card, note } = shown({ noDraft: { reason: "draft-lost", explanation: "Lost." } });
    for (const words of [wordsOf(card), note]) {
      expect(words).toContain("Look under Billing.");
      expect(words).not.toMatch(/In short|could be sent|takes it as|undefined/);
    }
  });
});
