import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toConversation } from "../../src/adapters/intercom/conversation-mapping.ts";
import { conversationSchema } from "../../src/adapters/intercom/conversation-schema.ts";
import { decide } from "../../src/core/judging/decide.ts";
import { whyQuiet } from "../../src/core/judging/why-quiet.ts";
import { unansweredTurn } from "../../src/core/turn.ts";
import type { Decision, Draft, QuietReason, Source } from "../../src/core/types.ts";
import { replyHtml } from "../../src/lib/reply-html.ts";
import { draft, policy, recallOf } from "../fixtures/conversations.ts";

/** What a case expects: staying quiet, or a decision about these messages. */
type Expected = {
  quiet?: QuietReason;
  turn?: string[];
  decision?: Decision;
  customerHears?: string;
};

const directory = new URL(".", import.meta.url);
const cases = readdirSync(directory, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function read<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(new URL(`${name}/${file}.json`, directory), "utf8"));
}

describe("journeys: a conversation as Intercom gives it, a recall and a draft", () => {
  it.each(cases)("%s", (name) => {
    const expected = read<Expected>(name, "expected");
    const document = conversationSchema.parse(read(name, "conversation"));
    const conversation = toConversation(document, {
      adminId: "9608799",
      readAt: document.updated_at + 5_000,
      pageOf: (id) => `https://app.intercom.com/a/inbox/abc/inbox/conversation/${id}`,
    });

    const quiet = whyQuiet(conversation, policy);
    expect(quiet).toBe(expected.quiet ?? null);
    if (quiet !== null) return;

    if (expected.turn !== undefined) {
      expect(unansweredTurn(conversation)?.messages.map(({ text }) => text)).toEqual(expected.turn);
    }
    const recalled = recallOf(read<Source[]>(name, "recall"));
    const written = draft({
      usedSources: recalled.sources,
      ...read<Partial<Draft>>(name, "draft"),
    });
    const standing = { waitedMs: 5_000, isWithPeople: false };
    expect(decide({ draft: written }, recalled, policy, standing)).toEqual(expected.decision);
    if (expected.customerHears !== undefined) {
      expect(replyHtml(written.reply).trim()).toBe(expected.customerHears);
    }
  });
});
