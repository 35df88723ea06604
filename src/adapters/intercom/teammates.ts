import { z } from "zod";
import type { Teammates } from "../../core/ports.ts";
import type { IntercomClient } from "./client.ts";
import { isConversationId } from "./conversation-id.ts";
import { writePart } from "./writing.ts";

const adminsSchema = z.object({
  admins: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      email: z.string().nullish(),
    }),
  ),
});

export function createIntercomTeammates(client: IntercomClient, adminId: string): Teammates {
  return {
    async findTeammateByEmail(email) {
      const { body } = await client.read({ method: "GET", path: "/admins" });
      const admins = adminsSchema.safeParse(body).data?.admins ?? [];
      const wanted = email.trim().toLowerCase();
      return admins.find((admin) => admin.email?.toLowerCase() === wanted)?.id ?? null;
    },

    async assign(conversationId, teammateId) {
      if (!isConversationId(conversationId)) {
        return { result: "refused", explanation: "This is no id of an Intercom conversation" };
      }
      return await writePart(
        client,
        {
          method: "POST",
          path: `/conversations/${conversationId}/parts`,
          body: {
            message_type: "assignment",
            type: "admin",
            admin_id: adminId,
            assignee_id: teammateId,
          },
        },
        (part) => part.assigned_to?.id === teammateId,
      );
    },
  };
}
