import { z } from "zod";

// Tolerant like the conversations: only what is used is read, and an entry that cannot be read is
// left out with its id, not the whole page.

const id = z.union([z.string().min(1), z.number()]).transform(String);

const optionalText = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

const optionalIds = z.array(id).nullish().catch([]);

/** In milliseconds: unix seconds in the API, ISO 8601 in webhooks. */
const time = z
  .union([z.number(), z.string()])
  .nullish()
  .catch(null)
  .transform((value) => {
    if (value === null || value === undefined) return null;
    const seconds = Number(value);
    return Number.isNaN(seconds) ? Date.parse(String(value)) || null : seconds * 1000;
  });

const content = z.object({
  title: optionalText,
  body: optionalText,
  state: optionalText,
  url: optionalText,
  updated_at: time,
  audience_ids: optionalIds,
});

export type ArticleContent = z.output<typeof content>;

/** `{ type: "article_translated_content", de: {…}, "pt-BR": {…} }`. */
const translations = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((byLocale) =>
    Object.entries(byLocale ?? {}).flatMap(([locale, value]) => {
      const read = content.safeParse(value);
      return read.success ? [{ locale, content: read.data }] : [];
    }),
  );

export const articleSchema = content.extend({
  id,
  parent_ids: optionalIds,
  /** In place of `parent_ids` before 2.16. */
  parent_id: id.nullish().catch(null),
  help_center_audience: optionalText,
  default_locale: optionalText,
  /** Of internal articles. */
  locale: optionalText,
  translated_content: translations,
});

export type IntercomArticle = z.output<typeof articleSchema>;

export const collectionSchema = z.object({
  id,
  name: z.string(),
  parent_id: id.nullish().catch(null),
});

/** A page of any of these lists; its entries are read one by one. */
export const pageSchema = z.object({
  data: z.array(z.unknown()),
  pages: z.object({ total_pages: z.number() }).nullish().catch(null),
});

/** The id of an entry that could not be read, for the log. */
export function idOf(entry: unknown): string {
  return z.object({ id }).safeParse(entry).data?.id ?? "unknown";
}
