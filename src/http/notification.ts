import { z } from "zod";
import type { Hint } from "../core/types.ts";

const watchedTopics = new Set(["conversation.user.created", "conversation.user.replied"]);
/** What teammates do in Intercom; optional to subscribe, and of any shape without harm. */
const handlingTopics = new Set(["conversation.admin.replied", "conversation.admin.closed"]);
/** Enough for recall to begin; everything else is read from Intercom. */
const maxTextLength = 500;

export type Notification =
  | { kind: "not-a-notification"; problem: string }
  | { kind: "not-watched"; topic: string; appId: string | null }
  | { kind: "articles-changed"; topic: string; appId: string | null }
  | { kind: "handled-in-intercom"; topic: string; appId: string | null; conversationId: string }
  | { kind: "hint"; topic: string; appId: string | null; hint: Hint };

const idForm = z.union([z.string().min(1), z.number()]).transform(String);
const maybe = <Form extends z.ZodType>(form: Form) => form.nullish().catch(null);

const envelopeForm = z.object({ topic: z.string(), app_id: maybe(z.string()) });

const messageForm = z.object({ id: maybe(idForm), body: maybe(z.string()) });
const contactForm = z.object({ id: maybe(idForm) });
/** Two generations of the same item: `source` and `contacts`, before 2.0 `conversation_message` and `user`. */
const itemForm = z.object({
  data: z.object({
    item: z.object({
      id: idForm,
      source: maybe(messageForm),
      conversation_message: maybe(messageForm),
      conversation_parts: maybe(z.object({ conversation_parts: z.array(messageForm) })),
      contacts: maybe(z.object({ contacts: z.array(contactForm) })),
      user: maybe(contactForm),
    }),
  }),
});

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
  const envelope = envelopeForm.safeParse(json);
  if (!envelope.success) {
    return { kind: "not-a-notification", problem: "The body is no notification: it has no topic." };
  }
  const { topic } = envelope.data;
  const appId = envelope.data.app_id ?? null;
  // Which article it was does not matter: what the help center holds now is read from Intercom.
  if (topic.startsWith("article.")) return { kind: "articles-changed", topic, appId };
  const item = itemForm.safeParse(json);
  if (handlingTopics.has(topic) && item.success) {
    return { kind: "handled-in-intercom", topic, appId, conversationId: item.data.data.item.id };
  }
  if (!watchedTopics.has(topic)) return { kind: "not-watched", topic, appId };

  if (!item.success) {
    const problem = `The notification of ${topic} names no conversation.`;
    return { kind: "not-a-notification", problem };
  }
  return { kind: "hint", topic, appId, hint: hintFrom(item.data.data.item) };
}

function hintFrom(item: z.output<typeof itemForm>["data"]["item"]): Hint {
  const newest = item.conversation_parts?.conversation_parts.at(-1);
  const message = newest ?? item.source ?? item.conversation_message;
  const contact = item.contacts?.contacts[0] ?? item.user;
  return {
    conversationId: item.id,
    from: "webhook",
    partId: message?.id ?? null,
    contactId: contact?.id ?? null,
    text: beginningOf(message?.body ?? ""),
  };
}

/** A copy: a mere slice would keep the whole text in memory for as long as the hint waits. */
function beginningOf(text: string): string {
  return Buffer.from(text.slice(0, maxTextLength)).toString();
}
