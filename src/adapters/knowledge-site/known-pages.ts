import { z } from "zod";

/** What is kept of a page between two readings, as the `version` of its article. */
export type KnownPage = z.output<typeof form>;

/** Another form, or another way of reading pages: all are then read as if for the first time. */
const current = 3;

const form = z.object({
  v: z.literal(current),
  /** By which the page was found. */
  key: z.string(),
  id: z.string(),
  articleId: z.string(),
  /** From where it was read, its Markdown for example. */
  from: z.string(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** For whom, and in which language, the operator said that it is. */
  as: z.string(),
  /** In how many articles it is kept. */
  parts: z.number(),
  /** Of its text. */
  hash: z.string(),
  updatedAt: z.number().nullable(),
});

export function versionOf(page: Omit<KnownPage, "v">): string {
  return JSON.stringify({ v: current, ...page });
}

/**
 * The pages by their keys.
 *
 * @param as for whom, and in which language, they count now: those that were read otherwise are not known
 */
export function knownPages(versions: string[], as: string): Map<string, KnownPage> {
  const pages = new Map<string, KnownPage>();
  for (const version of versions) {
    const page = form.safeParse(parsed(version));
    if (page.success && page.data.as === as) pages.set(page.data.key, page.data);
  }
  return pages;
}

function parsed(version: string): unknown {
  try {
    return JSON.parse(version);
  } catch {
    return null;
  }
}
