import { z } from "zod";

// Only what is used is read, in every shape in which Intercom's versions and topics send it: ids as
// numbers or strings, dates as unix seconds or ISO 8601, lists bare or wrapped, nothing as null or 0.

export const id = z.union([z.string(), z.number()]).transform(String);

const optionalId = id
  .nullish()
  .catch(null)
  .transform((value) => (value === null || value === undefined || value === "0" ? null : value));

export const optionalText = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** In milliseconds. */
const time = z
  .union([z.number(), z.string()])
  .nullish()
  .catch(null)
  .transform((value) => {
    if (value === null || value === undefined) return 0;
    const seconds = Number(value);
    if (!Number.isNaN(seconds)) return seconds * 1000;
    return Date.parse(String(value)) || 0;
  });

const truth = z
  .boolean()
  .nullish()
  .catch(false)
  .transform((value) => value === true);

/** `[…]` or `{ [key]: […] }`; entries that cannot be read are left out. */
export function list<Entry extends z.ZodType>(key: string, entry: Entry) {
  return z
    .unknown()
    .optional()
    .transform((value): z.output<Entry>[] => {
      const wrapped = (value as Record<string, unknown> | null | undefined)?.[key];
      const entries: unknown = Array.isArray(value) ? value : wrapped;
      if (!Array.isArray(entries)) return [];
      return entries.flatMap((one: unknown) => {
        const read = entry.safeParse(one);
        return read.success ? [read.data] : [];
      });
    });
}

const author = z
  .object({
    type: optionalText,
    id: optionalId,
    name: optionalText,
    email: optionalText,
    is_ai_answer: truth,
  })
  .nullish()
  .catch(null)
  .transform(
    (value) => value ?? { type: null, id: null, name: null, email: null, is_ai_answer: false },
  );

const attachments = list(
  "attachments",
  z.object({ name: optionalText, content_type: optionalText, url: optionalText }),
);

/** Before 2.15 webhooks gave ISO 8601 here; nothing is `null`, not 1970. */
export const optionalTime = time.transform((value) => (value === 0 ? null : value));

const message = z.object({
  id,
  body: optionalText,
  author,
  attachments,
  redacted: truth,
});

const part = message.extend({
  part_type: z.string().catch(""),
  created_at: time,
  assigned_to: z.object({ type: optionalText, id: optionalId }).nullish().catch(null),
  /** Present on what came by mail, also into a conversation that began in the messenger. */
  email_message_metadata: z.object({ subject: optionalText }).nullish().catch(null),
});

const parts = list("conversation_parts", part);

/** The parts that are shown, and how many there are; more than 500 are not shown. */
const partList = z
  .unknown()
  .optional()
  .transform((value) => {
    const shown = parts.parse(value);
    const total = (value as { total_count?: unknown } | null | undefined)?.total_count;
    return { shown, total: typeof total === "number" ? total : shown.length };
  });

export const conversationSchema = z.object({
  id,
  created_at: time,
  updated_at: time,
  open: z.boolean().nullish().catch(null),
  state: optionalText,
  source: message
    .extend({ subject: optionalText, url: optionalText, type: optionalText })
    .nullish()
    .catch(null),
  admin_assignee_id: optionalId,
  team_assignee_id: optionalId,
  tags: list("tags", z.object({ name: z.string(), applied_at: time })),
  ai_agent_participated: truth,
  ai_agent: z.object({ resolution_state: optionalText }).nullish().catch(null),
  conversation_parts: partList,
  /** What a ticket says in its attributes instead of in a message. */
  title: optionalText,
  custom_attributes: z.record(z.string(), z.unknown()).nullish().catch(null),
  ticket: z
    .object({
      category: optionalText,
      ticket_type: z.object({ category: optionalText }).nullish().catch(null),
      ticket_attributes: z.record(z.string(), z.unknown()).nullish().catch(null),
    })
    .nullish()
    .catch(null),
  conversation_rating: z
    .object({ rating: z.number().min(1).max(5).nullish().catch(null) })
    .nullish()
    .catch(null),
  statistics: z
    .object({
      last_contact_reply_at: optionalTime,
      last_admin_reply_at: optionalTime,
      count_conversation_parts: z.number().nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

export type IntercomConversation = z.output<typeof conversationSchema>;
export type IntercomMessage = z.output<typeof message>;
export type IntercomPart = z.output<typeof part>;
export type IntercomAuthor = IntercomMessage["author"];

export const conversationListSchema = z.object({
  total_count: z.number().catch(0),
  conversations: z.array(z.object({ id, updated_at: time })),
  pages: z
    .object({ next: z.object({ starting_after: optionalText }).nullish().catch(null) })
    .nullish()
    .catch(null),
});

export type IntercomConversationList = z.output<typeof conversationListSchema>;
