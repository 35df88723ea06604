import { z } from "zod";
import type { LabelValues } from "../../core/labels.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { failureOf, type IntercomCall, type IntercomClient, isSuccess } from "./client.ts";
import { isConversationId } from "./conversation-id.ts";

const tagsSchema = z.object({ data: z.array(z.object({ id: z.string(), name: z.string() })) });
const taggedSchema = z.object({
  tags: z.object({ tags: z.array(z.object({ id: z.string(), name: z.string() })) }),
});

/** Ids of tags do not change; a tag that was made since is found by asking once more. */
export function createIntercomLabels(client: IntercomClient, adminId: string) {
  let ids = new Map<string, string>();

  return {
    /**
     * Writes attributes and tags on a conversation; may be repeated.
     * @throws UpstreamError for the first that Intercom did not take
     */
    async write(conversationId: string, { attributes, tags }: LabelValues): Promise<void> {
      if (!isConversationId(conversationId)) return;
      const path = `/conversations/${conversationId}`;
      if (Object.keys(attributes).length > 0) {
        await carryOut({ method: "PUT", path, body: { custom_attributes: attributes } });
      }
      if (tags.length === 0) return;
      const before = taggedSchema.parse((await client.read({ method: "GET", path })).body).tags
        .tags;
      for (const { beginning, name } of tags) {
        const id = await idOf(name);
        if (id === undefined) continue;
        if (!before.some((tag) => tag.id === id)) {
          await carryOut({ method: "POST", path: `${path}/tags`, body: { id, admin_id: adminId } });
        }
        for (const old of before.filter((tag) => tag.id !== id && tag.name.startsWith(beginning))) {
          const body = { admin_id: adminId };
          await carryOut({ method: "DELETE", path: `${path}/tags/${old.id}`, body });
        }
      }
    },
  };

  async function idOf(name: string): Promise<string | undefined> {
    if (!ids.has(name)) {
      ids = new Map((await readTags(client)).map((tag) => [tag.name, tag.id]));
    }
    return ids.get(name);
  }

  async function carryOut(call: IntercomCall): Promise<void> {
    const answer = await client.write(call);
    if (isSuccess(answer.status)) return;
    throw new UpstreamError("intercom", `${call.method} ${call.path}`, failureOf(answer), {
      status: answer.status,
    });
  }
}

/** The workspace's tags. @throws UpstreamError */
export async function readTags(client: IntercomClient): Promise<{ id: string; name: string }[]> {
  const { body } = await client.read({ method: "GET", path: "/tags" });
  return tagsSchema.safeParse(body).data?.data ?? [];
}
