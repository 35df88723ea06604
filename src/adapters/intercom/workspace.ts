import { z } from "zod";
import { UpstreamError } from "../../lib/errors.ts";
import type { IntercomClient } from "./client.ts";

/** The Intercom workspace that the access token belongs to. */
export type Workspace = {
  /** As `app_id` in webhooks and in addresses of pages. */
  id: string;
  name: string | null;
  /** Where Intercom keeps it; a token only works against that region's API. */
  region: string | null;
};

const meSchema = z.object({
  app: z.object({
    id_code: z.string(),
    name: z.string().nullish().catch(null),
    region: z.string().nullish().catch(null),
  }),
});

const adminSchema = z.object({ name: z.string().nullish() });

/** `GET /me`. @throws UpstreamError */
export async function readWorkspace(
  client: IntercomClient,
  signal?: AbortSignal,
): Promise<Workspace> {
  const { body } = await client.read({ method: "GET", path: "/me" }, signal);
  const me = meSchema.safeParse(body);
  if (!me.success) {
    throw new UpstreamError("intercom", "GET /me", "no workspace", { cause: me.error });
  }
  const { id_code: id, name, region } = me.data.app;
  return { id, name: name ?? null, region: region ?? null };
}

/** `GET /admins/{id}`: whose name our replies carry; `null` when there is no such admin. @throws UpstreamError */
export async function readAdminName(
  client: IntercomClient,
  adminId: string,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const path = `/admins/${encodeURIComponent(adminId)}`;
    const { body } = await client.read({ method: "GET", path }, signal);
    return adminSchema.safeParse(body).data?.name ?? null;
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 404) return null;
    throw error;
  }
}
