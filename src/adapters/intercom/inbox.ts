import type { HandOffTarget } from "../../core/hand-off.ts";
import type { Inbox, Log, Written } from "../../core/ports.ts";
import type { Conversation } from "../../core/types.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { replyHtml } from "../../lib/reply-html.ts";
import type { IntercomAnswer, IntercomClient } from "./client.ts";
import { isConversationId } from "./conversation-id.ts";
import { toConversation } from "./conversation-mapping.ts";
import { conversationSchema } from "./conversation-schema.ts";
import { count, type Filter, searchAll, toSeconds } from "./searching.ts";
import { writePart } from "./writing.ts";

export type IntercomInboxOptions = {
  client: IntercomClient;
  /** In whose name we write. */
  adminId: string;
  /** A conversation's page in Intercom. */
  pageOf(conversationId: string): string;
  log: Log;
};

/** The types come from outside; a flood of them must not fill the memory. */
const mostUnknownTypes = 100;

const isOpen: Filter = { field: "open", operator: "=", value: true };
/** Nobody waits where a teammate wrote last; it is not documented how a search orders that null. */
const someoneWaits: Filter = { field: "waiting_since", operator: ">", value: 1 };

export function createIntercomInbox(options: IntercomInboxOptions): Inbox {
  const { client, adminId, pageOf, log } = options;
  const unknownTypes = new Set<string>();

  return {
    async read(conversationId, signal) {
      if (!isConversationId(conversationId)) return null;
      const path = `/conversations/${conversationId}`;
      const answer = await orNull(client.read({ method: "GET", path }, signal));
      return answer && mapped(answer, path);
    },

    reply: (conversationId, markdown) => write(conversationId, "comment", markdown),
    note: (conversationId, markdown) => write(conversationId, "note", markdown),

    handOver: (conversationId, to, markdown) =>
      assign(conversationId, to, markdown === null ? {} : { body: replyHtml(markdown) }),
    // Intercom takes the id 0 for nobody; what it names stays with the team that has it.
    unassign: (conversationId) => assign(conversationId, { type: "admin", id: "0" }, {}),

    waiting: ({ waitingBefore, updatedAfter }) =>
      searchAll(
        client,
        [isOpen, someoneWaits, waitsSince(waitingBefore), changed(updatedAfter)],
        log,
      ),

    countWaiting: (before) => count(client, [isOpen, someoneWaits, waitsSince(before)]),

    updated: (after) => searchAll(client, [isOpen, changed(after)], log),
  };

  function mapped({ body, at }: IntercomAnswer, path: string): Conversation {
    const read = conversationSchema.safeParse(body);
    if (read.success) {
      return toConversation(read.data, { adminId, readAt: at, pageOf, onUnknownPartType });
    }
    throw new UpstreamError("intercom", `GET ${path}`, "an unreadable conversation", {
      cause: read.error,
    });
  }

  /** Once for each: an unknown type is treated as an event, and somebody should look whether it is. */
  function onUnknownPartType(partType: string): void {
    if (unknownTypes.has(partType) || unknownTypes.size >= mostUnknownTypes) return;
    unknownTypes.add(partType);
    log.warn(
      { partType },
      "a part of an unknown type: treated as an event, nobody is answered for it",
    );
  }

  async function assign(
    conversationId: string,
    to: HandOffTarget,
    words: { body?: string },
  ): Promise<Written> {
    if (!isConversationId(conversationId)) {
      return { result: "refused", explanation: "This is no id of an Intercom conversation" };
    }
    const assignment = { message_type: "assignment", type: to.type, assignee_id: to.id };
    return await writePart(
      client,
      {
        method: "POST",
        path: `/conversations/${conversationId}/parts`,
        body: { ...assignment, admin_id: adminId, ...words },
      },
      (part) => part.author.id === adminId && part.part_type === "assignment",
    );
  }

  async function write(
    conversationId: string,
    message_type: "comment" | "note",
    markdown: string,
  ): Promise<Written> {
    if (!isConversationId(conversationId)) {
      return { result: "refused", explanation: "This is no id of an Intercom conversation" };
    }
    return await writePart(
      client,
      {
        method: "POST",
        path: `/conversations/${conversationId}/reply`,
        body: { message_type, type: "admin", admin_id: adminId, body: replyHtml(markdown) },
      },
      (part) => part.author.id === adminId && part.body !== null,
    );
  }
}

function waitsSince(before: number): Filter {
  return { field: "waiting_since", operator: "<", value: toSeconds(before, "up") };
}

function changed(after: number): Filter {
  return { field: "updated_at", operator: ">", value: toSeconds(after, "down") };
}

/** A conversation that is gone is an answer, not a failure. */
async function orNull(reading: Promise<IntercomAnswer>): Promise<IntercomAnswer | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 404) return null;
    throw error;
  }
}
