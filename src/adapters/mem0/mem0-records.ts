import { z } from "zod";

import type { Mem0Record } from "./mem0-client.ts";
import { unreadable } from "./mem0-fetch.ts";

const record = z.object({
  id: z.string(),
  memory: z.string(),
  score: z.number().nullish(),
  user_id: z.string().nullish().catch(null),
  userId: z.string().nullish().catch(null),
  metadata: z.unknown(),
});

const recordList = z.object({ results: z.array(record), next: z.string().nullish() });

const added = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      memory: z.string().nullish(),
      data: z.object({ memory: z.string().nullish() }).nullish(),
    }),
  ),
});

/** The memories of a search or a list; a page that is not the last has a `next`. */
export function toRecords(
  call: string,
  body: unknown,
): { records: Mem0Record[]; hasMore: boolean } {
  const parsed = recordList.safeParse(body);
  if (!parsed.success) throw unreadable(call);
  const records = parsed.data.results.map(recordFrom);
  return { records, hasMore: (parsed.data.next ?? null) !== null };
}

/** One memory asked for by its id. */
export function toRecord(call: string, body: unknown): Mem0Record {
  const parsed = record.safeParse(body);
  if (!parsed.success) throw unreadable(call);
  return recordFrom(parsed.data);
}

/**
 * What was stored; `null` when the same text was there already.
 * `text` is what Mem0 says it stored, where it says so.
 */
export function toAdded(call: string, body: unknown): { id: string; text: string | null } | null {
  const parsed = added.safeParse(body);
  if (!parsed.success) throw unreadable(call);
  const [first] = parsed.data.results;
  if (first === undefined) return null;
  return { id: first.id, text: first.memory ?? first.data?.memory ?? null };
}

function recordFrom({ id, memory, score, metadata, ...said }: z.infer<typeof record>): Mem0Record {
  return {
    id,
    text: memory,
    score: score === null || score === undefined ? null : Math.min(1, Math.max(0, score)),
    metadata,
    // The package of the platform rewrites names, a server of one's own is asked directly.
    userId: said.userId ?? said.user_id ?? null,
  };
}
