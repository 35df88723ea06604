import type { CardDraft } from "../../../src/adapters/slack/card-blocks.ts";
import type { PackedDraft } from "../../../src/adapters/slack/pack-draft.ts";

/** An ordinary draft as it travels in a card. */
export function packedDraft(more?: Partial<CardDraft>): CardDraft;
export function packedDraft(more?: Partial<PackedDraft>): PackedDraft;
export function packedDraft(more: Partial<PackedDraft> = {}): PackedDraft {
  return {
    kind: "review",
    conversationId: "1000000001",
    basePartId: "4000000002",
    draft: "Hi Ada, open the reset page and follow the steps.",
    draftDigest: null,
    language: "en",
    confidence: 0.62,
    reasoning: "The article says most of this.",
    reason: "low-confidence",
    sources: [
      { id: "s1", title: "Resetting your password", url: "https://help.example.com/reset" },
    ],
    customerName: "Ada Lovelace",
    url: "https://app.intercom.com/a/inbox/abc/inbox/conversation/1000000001",
    generation: 1,
    heldSince: null,
    card: null,
    by: null,
    ...more,
  };
}
