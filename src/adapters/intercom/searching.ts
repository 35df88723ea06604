import type { Log, WaitingConversation } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { IntercomClient } from "./client.ts";
import { conversationListSchema, type IntercomConversationList } from "./conversation-schema.ts";

/** One condition of a search; dates only know `=`, `<` and `>`, documented as "or equal". */
export type Filter = { field: string; operator: "=" | "<" | ">"; value: number | boolean | string };

/** The most that Intercom gives at once. */
const perPage = 150;
const maximumPages = 40;

/** Milliseconds to the unix seconds in which Intercom counts. */
export function toSeconds(ms: number, round: "down" | "up"): number {
  return round === "down" ? Math.floor(ms / 1000) : Math.ceil(ms / 1000);
}

/** All conversations that meet every filter; beyond 6,000 the rest is left out with a warning. */
export async function searchAll(
  client: IntercomClient,
  filters: Filter[],
  log: Log,
): Promise<WaitingConversation[]> {
  // Rows move between pages while they are read: the id decides, not the position.
  const found = new Map<string, WaitingConversation>();
  let cursor: string | null = null;
  for (let page = 1; page <= maximumPages; page += 1) {
    const list: IntercomConversationList = await searchPage(client, filters, perPage, cursor);
    for (const { id, updated_at } of list.conversations) {
      found.set(id, { id, updatedAt: updated_at });
    }
    cursor = list.pages?.next?.starting_after || null;
    if (cursor === null) return [...found.values()];
  }
  log.warn({ read: found.size }, "intercom-search-capped");
  return [...found.values()];
}

/** How many conversations meet every filter. */
export async function count(client: IntercomClient, filters: Filter[]): Promise<number> {
  return (await searchPage(client, filters, 1, null)).total_count;
}

async function searchPage(
  client: IntercomClient,
  filters: Filter[],
  per_page: number,
  cursor: string | null,
): Promise<IntercomConversationList> {
  const call = {
    method: "POST",
    path: "/conversations/search",
    body: {
      query: { operator: "AND", value: filters },
      // An empty cursor has made Intercom answer 500.
      pagination: cursor === null ? { per_page } : { per_page, starting_after: cursor },
    },
  } as const;
  const { body } = await client.read(call);
  const list = conversationListSchema.safeParse(body);
  if (list.success) return list.data;
  throw new UpstreamError("intercom", `POST ${call.path}`, "an unreadable list", {
    cause: list.error,
  });
}
