import { z } from "zod";
import type { Gone } from "../core/knowledge/forget-in-intercom.ts";
import type { Hint } from "../core/types.ts";

const watchedTopics = new Set(["conversation.user.created", "conversation.user.replied"]);
/** What teammates do in Intercom; optional to subscribe, and of any shape without harm. */
const handlingTopics = new Set(["conversation.admin.replied", "conversation.admin.closed"]);
/** How teammates may ask for a draft; only listened to where the policy file says so. */
const askingTopics = new Set(["conversation.admin.noted", "conversation_part.tag.created"]);
/** What must be forgotten; optional to subscribe, because a backfill finds it as well. */
const goneTopics = new Set(["conversation.deleted", "conversation_part.redacted"]);
/** What became of a contact; optional to subscribe. Of a merge only who remains is named. */
const contactDeleted = "contact.deleted";
const contactMerged = "contact.merged";
/** Enough for recall to begin; everything else is read from Intercom. */
const maxTextLength = 500;

/** What may ask for a draft: a teammate's note, or tags that were set; `null` where it says nothing of them. */
export type MayAsk = { note: string | null; tags: string[] | null };

export type Notification =
  | { kind: "not-a-notification"; problem: string }
  | { kind: "not-watched"; topic: string; appId: string | null }
  | { kind: "articles-changed"; topic: string; appId: string | null }
  | { kind: "handled-in-intercom"; topic: string; appId: string | null; conversationId: string }
  | ({
      kind: "may-ask-for-draft";
      topic: string;
      appId: string | null;
      conversationId: string;
    } & MayAsk)
  | { kind: "gone-in-intercom"; topic: string; appId: string | null; gone: Gone }
  | { kind: "contact-deleted"; topic: string; appId: string | null; contactId: string }
  | { kind: "contact-merged"; topic: string; appId: string | null; contactId: string }
  | { kind: "hint"; topic: string; appId: string | null; hint: Hint };

const idForm = z.union([z.string().min(1), z.number()]);
/** What only helps to begin early must not keep a notification from being understood. */
const helpful = <Form extends z.ZodType>(form: Form) => form.nullish().catch(null);

const authorForm = z.object({ id: z.union([z.string(), z.number()]).nullish() });
const messageForm = z.object({
  id: idForm.nullish(),
  body: z.string().nullish(),
  author: helpful(authorForm),
});
/** Two generations of the same item: `source`, before 2.0 `conversation_message`. */
const itemForm = z.object({
  id: idForm,
  source: helpful(messageForm),
  conversation_message: helpful(messageForm),
  conversation_parts: helpful(z.object({ conversation_parts: z.array(messageForm) })),
});
/** One schema for all: it is what each webhook of a burst passes through. */
const notificationForm = z.object({
  topic: z.string(),
  app_id: z.string().nullish().catch(null),
  data: z.object({ item: itemForm }).nullish().catch(null),
});

/**
 * What is deleted or redacted: a deleted conversation has no `id`, and a redacted part comes alone
 * or within its conversation.
 */
const goneForm = z.object({
  data: z.object({
    item: z.object({
      type: z.string().nullish(),
      id: idForm.nullish(),
      conversation_id: idForm.nullish(),
      conversation_parts: helpful(
        z.object({ conversation_parts: z.array(z.object({ id: idForm })) }),
      ),
    }),
  }),
});

const tagsForm = z.object({
  data: z.object({
    item: z.object({ tags_added: z.object({ tags: z.array(z.object({ name: z.string() })) }) }),
  }),
});

function tagsIn(json: unknown): string[] | null {
  const added = tagsForm.safeParse(json).data?.data.item.tags_added.tags ?? [];
  return added.length === 0 ? null : added.map(({ name }) => name);
}

/** @returns `null` where it does not say which one. */
function goneIn(topic: string, json: unknown): Gone | null {
  const item = goneForm.safeParse(json).data?.data.item;
  if (item === undefined) return null;
  const id = item.conversation_id ?? (item.type === "conversation_part" ? null : item.id);
  if (id === null || id === undefined) return null;
  if (topic === "conversation.deleted") return { conversationId: String(id), partIds: null };
  const listed = item.conversation_parts?.conversation_parts.map((part) => String(part.id)) ?? [];
  const alone = item.type === "conversation_part" ? [item.id] : [];
  const partIds = [...listed, ...alone].flatMap((one) => (one == null ? [] : [String(one)]));
  return partIds.length === 0 ? null : { conversationId: String(id), partIds };
}

/**
 * Understands a signed webhook body: which conversation to look at, and no more.
 *
 * Topics that are not watched may have any shape.
 */
export function readNotification(body: Buffer): Notification {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return { kind: "not-a-notification", problem: "The body is not JSON." };
  }
  const notification = notificationForm.safeParse(json);
  if (!notification.success) {
    return { kind: "not-a-notification", problem: "The body is no notification: it has no topic." };
  }
  const { topic, app_id: appId = null, data } = notification.data;
  // Which article it was does not matter: what the help center holds now is read from Intercom.
  if (topic.startsWith("article.")) return { kind: "articles-changed", topic, appId };
  if (goneTopics.has(topic)) {
    const gone = goneIn(topic, json);
    if (gone !== null) return { kind: "gone-in-intercom", topic, appId, gone };
  }
  const item = data?.item ?? null;
  if (handlingTopics.has(topic) && item !== null) {
    return { kind: "handled-in-intercom", topic, appId, conversationId: String(item.id) };
  }
  if (askingTopics.has(topic) && item !== null) {
    const isNote = topic === "conversation.admin.noted";
    const newest = item.conversation_parts?.conversation_parts.at(-1);
    return {
      kind: "may-ask-for-draft",
      topic,
      appId,
      conversationId: String(item.id),
      note: isNote ? beginningOf(newest?.body ?? "") : null,
      tags: isNote ? null : tagsIn(json),
    };
  }
  if (item !== null && topic === contactDeleted) {
    return { kind: "contact-deleted", topic, appId, contactId: String(item.id) };
  }
  if (item !== null && topic === contactMerged) {
    return { kind: "contact-merged", topic, appId, contactId: String(item.id) };
  }
  if (!watchedTopics.has(topic)) return { kind: "not-watched", topic, appId };

  if (item === null) {
    const problem = `The notification of ${topic} names no conversation.`;
    return { kind: "not-a-notification", problem };
  }
  return { kind: "hint", topic, appId, hint: hintFrom(item) };
}

function hintFrom(item: z.output<typeof itemForm>): Hint {
  const newest = item.conversation_parts?.conversation_parts.at(-1);
  const message = newest ?? item.source ?? item.conversation_message;
  return {
    conversationId: String(item.id),
    from: "webhook",
    partId: idOf(message),
    // Whoever wrote the message; the list of those who take part says nothing about that.
    contactId: idOf(message?.author) || null,
    text: beginningOf(message?.body ?? ""),
  };
}

/** Ids came as numbers once. */
function idOf(item: { id?: string | number | null | undefined } | null | undefined): string | null {
  return item?.id === null || item?.id === undefined ? null : String(item.id);
}

/** A copy: a mere slice would keep the whole text in memory for as long as the hint waits. */
function beginningOf(text: string): string {
  return Buffer.from(text.slice(0, maxTextLength)).toString();
}
