import { z } from "zod";
import { id, list, optionalText, optionalTime } from "./conversation-schema.ts";

// Only what is used, as tolerant as the conversation's: whatever is not said is `null` or left out.

const attributes = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((value) => value ?? {});

export const contactSchema = z.object({
  id,
  role: optionalText,
  email: optionalText,
  phone: optionalText,
  created_at: optionalTime,
  signed_up_at: optionalTime,
  last_seen_at: optionalTime,
  language_override: optionalText,
  browser_language: optionalText,
  browser: optionalText,
  os: optionalText,
  location: z
    .object({ country: optionalText, region: optionalText, city: optionalText })
    .nullish()
    .catch(null),
  custom_attributes: attributes,
});

export type IntercomContact = z.output<typeof contactSchema>;

/** Tags and segments. */
export const namedSchema = z.object({
  data: list("data", z.object({ name: optionalText })),
});

const amount = z
  .number()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

export const companiesSchema = z.object({
  data: list(
    "data",
    z.object({
      name: optionalText,
      plan: z.object({ name: optionalText }).nullish().catch(null),
      size: amount,
      monthly_spend: amount,
      user_count: amount,
      industry: optionalText,
      custom_attributes: attributes,
    }),
  ),
  pages: z
    .object({ total_pages: z.number().nullish().catch(null) })
    .nullish()
    .catch(null),
});

export type IntercomCompany = z.output<typeof companiesSchema>["data"][number];

/** What a search says of a conversation. */
export const previousSchema = z.object({
  conversations: z.array(
    z.object({
      id,
      created_at: optionalTime,
      title: optionalText,
      state: optionalText,
      open: z.boolean().nullish().catch(null),
      source: z
        .object({
          subject: optionalText,
          body: optionalText,
          redacted: z.boolean().nullish().catch(null),
        })
        .nullish()
        .catch(null),
      conversation_rating: z
        .object({ rating: z.number().nullish().catch(null) })
        .nullish()
        .catch(null),
    }),
  ),
});

export type IntercomPrevious = z.output<typeof previousSchema>["conversations"][number];

export const conversationAttributesSchema = z.object({
  data: z.array(z.object({ name: z.string() })),
});

export const dataAttributesSchema = z.object({
  data: list(
    "data",
    z.object({
      name: z.string(),
      custom: z.boolean().nullish().catch(null),
      archived: z.boolean().nullish().catch(null),
    }),
  ),
});

export const segmentsSchema = z.object({
  segments: list("segments", z.object({ name: z.string() })),
});

const taker = z.object({ id, name: optionalText });

export const teamsSchema = z.object({ teams: list("teams", taker) });
export const adminsSchema = z.object({ admins: list("admins", taker) });
