import { describe, expect, it } from "vitest";
import { toConversation } from "../../src/adapters/intercom/conversation-mapping.ts";
import { conversationSchema } from "../../src/adapters/intercom/conversation-schema.ts";
import { decide } from "../../src/core/judging/decide.ts";
import { unseenIn } from "../../src/core/judging/unseen.ts";
import { whyQuiet } from "../../src/core/judging/why-quiet.ts";
import { linkableTexts } from "../../src/core/knowledge/link-sources.ts";
import { unansweredTurn } from "../../src/core/turn.ts";
import { unknownLinks } from "../../src/lib/links.ts";
import { replyHtml } from "../../src/lib/reply-html.ts";
import { draft, policy, recallOf } from "../fixtures/conversations.ts";
import { cases } from "./cases.ts";

describe("journeys: a conversation as Intercom gives it, a recall and a draft", () => {
  it.each(cases)("$name", ({ conversation: asGiven, recall, draft: drafted, expected }) => {
    const document = conversationSchema.parse(asGiven);
    const conversation = toConversation(document, {
      adminId: "9608799",
      readAt: document.updated_at + 5_000,
      pageOf: (id) => `https://app.intercom.com/a/inbox/abc/inbox/conversation/${id}`,
    });

    const quiet = whyQuiet(conversation, policy);
    expect(quiet).toBe(expected.quiet ?? null);
    if (quiet !== null) return;

    const turn = unansweredTurn(conversation);
    if (expected.turn !== undefined) {
      expect(turn?.messages.map(({ text }) => text)).toEqual(expected.turn);
    }
    const recalled = recallOf(recall);
    const written = draft({
      usedSources: recalled.sources,
      unknownLinks: unknownLinks(drafted.reply ?? "", linkableTexts(recalled.sources)),
      ...drafted,
    });
    const unseen = turn === null ? null : unseenIn(conversation, turn, []);
    const standing = {
      waitedMs: 5_000,
      isWithPeople: false,
      isLeftByTeammate: false,
      unseen,
      repliesSoFar: 0,
    };
    expect(decide({ draft: written }, policy, standing)).toEqual(expected.decision);
    if (expected.customerHears !== undefined) {
      expect(replyHtml(written.reply).trim()).toBe(expected.customerHears);
    }
  });
});
