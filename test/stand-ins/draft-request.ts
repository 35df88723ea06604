import type { DraftRequest } from "../../src/core/ports.ts";
import type { Author, Conversation, Part, Source } from "../../src/core/types.ts";
import { conversation, part } from "../fixtures/conversations.ts";

const at = Date.UTC(2026, 2, 2, 9, 30);

/** A customer's message, or what somebody else said. */
export function partOf(id: string, text: string, role: Author["role"] = "customer"): Part {
  return part({ role, id: `${role}-1`, name: null, email: null }, text, { id, at });
}

export function sourceOf(values: Partial<Source> = {}): Source {
  return {
    id: "article-1",
    kind: "article",
    title: "Reset your password",
    url: "https://help.example.com/reset",
    text: "Open **Settings**, choose **Security** and press **Reset password**.",
    score: 0.83,
    language: "en",
    at: null,
    isInternal: false,
    ...values,
  };
}

/** A request for a draft: what the customer wrote, and what surrounds it. */
export function requestFor(
  messages: string[],
  around: {
    sources?: Source[];
    history?: Part[];
    failures?: string[];
    conversation?: Partial<Conversation>;
  } = {},
): DraftRequest {
  const { sources = [], history = [], failures = [] } = around;
  const parts = messages.map((text, index) => partOf(String(index + 1), text));
  return {
    conversation: conversation([...history, ...parts], {
      id: "42",
      updatedAt: at,
      readAt: at,
      ...around.conversation,
    }),
    turn: { basePartId: parts.at(-1)?.id ?? "0", messages: parts, earlier: history },
    history,
    recall: { query: messages.join("\n"), sources, margin: 0, agreement: 0, failures },
  };
}
