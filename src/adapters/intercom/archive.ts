import { z } from "zod";
import type { ConversationArchive } from "../../core/learning/backfill-run.ts";
import type { Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { IntercomAnswer, IntercomCall, IntercomClient } from "./client.ts";
import { isConversationId } from "./conversation-id.ts";
import { toConversation } from "./conversation-mapping.ts";
import { conversationListSchema, conversationSchema } from "./conversation-schema.ts";
import type { RateBudget } from "./rate-budget.ts";
import { toSeconds } from "./searching.ts";

export type IntercomArchiveOptions = {
  client: IntercomClient;
  budget: RateBudget;
  adminId: string;
  pageOf(conversationId: string): string;
  log: Log;
};

/** The most that Intercom gives at once: of conversations, and of ids of deleted ones. */
const perPage = 150;
const deletedPerPage = 60;

const deletedSchema = z.object({
  conversations: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      deleted_at: z.number().nullish().catch(null),
    }),
  ),
  pages: z.object({ total_pages: z.number() }).nullish().catch(null),
});

/** All conversations, past ones too, read within the budget that live replies leave. */
export function createIntercomArchive(options: IntercomArchiveOptions): ConversationArchive {
  const { client, budget, adminId, pageOf, log } = options;

  return {
    async list({ after, until }, cursor, signal) {
      const call = {
        method: "POST",
        path: "/conversations/search",
        body: {
          query: {
            operator: "AND",
            value: [
              // Whether `>` includes the value itself is documented in both ways.
              { field: "updated_at", operator: ">", value: toSeconds(after, "down") - 1 },
              { field: "updated_at", operator: "<", value: toSeconds(until, "up") + 1 },
            ],
          },
          pagination: {
            per_page: perPage,
            // An empty cursor has made Intercom answer 500.
            ...(cursor === null ? {} : { starting_after: cursor }),
          },
        },
      } as const;
      const list = conversationListSchema.safeParse((await ask(call, signal)).body);
      if (!list.success) throw unreadable(call, "list", list.error);
      const { total_count, conversations, pages } = list.data;
      return {
        total: total_count,
        conversations: conversations.map(({ id, updated_at }) => ({ id, updatedAt: updated_at })),
        next: pages?.next?.starting_after || null,
      };
    },

    async read(conversationId, signal) {
      if (!isConversationId(conversationId)) return null;
      const call = { method: "GET", path: `/conversations/${conversationId}` } as const;
      const answer = await unless([404, 410], ask(call, signal));
      if (answer === null) return null;
      const read = conversationSchema.safeParse(answer.body);
      if (!read.success) throw unreadable(call, "conversation", read.error);
      const conversation = toConversation(read.data, { adminId, readAt: answer.at, pageOf });
      return { conversation, isCut: conversation.isCut };
    },

    async *deletedSince(time, signal) {
      for (let page = 1; ; page += 1) {
        const path = `/conversations/deleted?page=${page}&per_page=${deletedPerPage}&order=desc`;
        const call = { method: "GET", path } as const;
        const answer = await unless([400, 404], ask(call, signal));
        if (answer === null) {
          log.warn({}, "deleted conversations not known: INTERCOM_VERSION is older than that list");
          return;
        }
        const list = deletedSchema.safeParse(answer.body);
        if (!list.success) throw unreadable(call, "list", list.error);
        for (const { id, deleted_at } of list.data.conversations) {
          if (deleted_at !== null && deleted_at !== undefined && deleted_at * 1000 < time) return;
          yield id;
        }
        const isLast = page >= (list.data.pages?.total_pages ?? 1);
        if (isLast || list.data.conversations.length === 0) return;
      }
    },
  };

  async function ask(call: IntercomCall, signal: AbortSignal): Promise<IntercomAnswer> {
    const done = await budget.take(signal);
    try {
      return await client.read(call, signal);
    } finally {
      done();
    }
  }
}

/** `null` instead of a failure with one of these statuses. */
async function unless(
  statuses: number[],
  asking: Promise<IntercomAnswer>,
): Promise<IntercomAnswer | null> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof UpstreamError && statuses.includes(error.status ?? 0)) return null;
    throw error;
  }
}

function unreadable(call: IntercomCall, what: string, cause: unknown): UpstreamError {
  const name = `${call.method} ${call.path.split("?")[0]}`;
  return new UpstreamError("intercom", name, `an unreadable ${what}`, {
    cause,
    isRetryable: false,
  });
}
