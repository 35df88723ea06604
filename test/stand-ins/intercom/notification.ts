import { randomUUID } from "node:crypto";
import { messageText } from "../../../src/lib/message-text.ts";
import type { ConversationDocument, PartDocument } from "./documents.ts";

/** A webhook's body, as Intercom posts it. */
export type Notification = {
  type: "notification_event";
  app_id: string;
  id: string;
  topic: string;
  data: { type: "notification_event_data"; item: object };
  [more: string]: unknown;
};

const topicsOfAdmins: Record<string, string> = {
  note: "conversation.admin.noted",
  close: "conversation.admin.closed",
  snoozed: "conversation.admin.snoozed",
  assignment: "conversation.admin.assigned",
};

/**
 * The notification about one part (or the opener, by its message id), in the form of version 2.15
 * and later (bodies in plain text) or of those before (`html`). Each call makes a new one: post the
 * same object again for a redelivery.
 */
export function notificationOf(
  conversation: ConversationDocument,
  partId: string,
  appId: string,
  bodies: "plain" | "html",
): Notification {
  const { source, conversation_parts } = conversation;
  const part = conversation_parts.conversation_parts.find(({ id }) => id === partId) ?? null;
  const text = (html: string | null) =>
    bodies === "html" || html === null ? html : messageText(html);
  const parts = part === null ? [] : [{ ...part, body: text(part.body) }];
  const now = Math.floor(Date.now() / 1000);
  return {
    type: "notification_event",
    app_id: appId,
    data: {
      type: "notification_event_data",
      item: {
        ...conversation,
        source: source && { ...source, body: text(source.body), subject: text(source.subject) },
        conversation_parts: {
          ...conversation_parts,
          conversation_parts: parts,
          total_count: parts.length,
        },
      },
    },
    links: {},
    id: `notif_${randomUUID()}`,
    topic: part === null ? "conversation.user.created" : topicOf(part),
    delivery_status: "pending",
    delivery_attempts: 1,
    delivered_at: 0,
    first_sent_at: now,
    created_at: part?.created_at ?? conversation.created_at,
    self: null,
  };
}

/** The notification of a tag: the part that it was set on, however old, in a conversation with `tags_added`. */
export function tagNotificationOf(
  conversation: ConversationDocument,
  name: string,
  appId: string,
): Notification {
  const opener = conversation.source?.id ?? "";
  const { data, ...rest } = notificationOf(conversation, opener, appId, "plain");
  const tags = conversation.tags.tags.filter((tag) => tag.name === name);
  const item = { ...data.item, tags_added: { type: "tag.list", tags } };
  return { ...rest, topic: "conversation_part.tag.created", data: { ...data, item } };
}

function topicOf({ author, part_type, body }: PartDocument): string {
  if (author.type === "bot") return "conversation.operator.replied";
  if (author.type !== "admin") return "conversation.user.replied";
  if (part_type === "open" && body === null) return "conversation.admin.opened";
  return topicsOfAdmins[part_type] ?? "conversation.admin.replied";
}
