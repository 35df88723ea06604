import { commonAttributes, companyAttributes } from "../../core/customer.ts";
import type { CustomerNames, LabelPlaces, Takers } from "../../core/judging/unknown-names.ts";
import type { IntercomClient } from "./client.ts";
import {
  adminsSchema,
  conversationAttributesSchema,
  dataAttributesSchema,
  segmentsSchema,
  teamsSchema,
} from "./customer-schema.ts";
import { readTags } from "./labels.ts";

/** What the workspace calls the attributes of contacts and companies, and its segments. @throws UpstreamError */
export async function readCustomerNames(client: IntercomClient): Promise<CustomerNames> {
  const [contact, company, segments] = await Promise.all([
    attributesOf(client, "contact"),
    attributesOf(client, "company"),
    client.read({ method: "GET", path: "/segments" }),
  ]);
  return {
    contact: [...commonAttributes, ...contact],
    company: [...companyAttributes, ...company],
    segments: segmentsSchema.safeParse(segments.body).data?.segments.map(({ name }) => name) ?? [],
  };
}

/** The teams and teammates who can take over. @throws UpstreamError */
export async function readTakers(client: IntercomClient): Promise<Takers> {
  const [teams, admins] = await Promise.all([
    client.read({ method: "GET", path: "/teams" }),
    client.read({ method: "GET", path: "/admins" }),
  ]);
  return {
    team: teamsSchema.safeParse(teams.body).data?.teams ?? [],
    admin: adminsSchema.safeParse(admins.body).data?.admins ?? [],
  };
}

/** What can be written on conversations. @throws UpstreamError */
export async function readLabelPlaces(client: IntercomClient): Promise<LabelPlaces> {
  const [attributes, tags] = await Promise.all([conversationAttributes(client), readTags(client)]);
  return { attributes, tags: tags.map(({ name }) => name) };
}

async function attributesOf(client: IntercomClient, model: "contact" | "company") {
  const path = `/data_attributes?model=${model}`;
  const { body } = await client.read({ method: "GET", path });
  const all = dataAttributesSchema.safeParse(body).data?.data ?? [];
  return all.filter(({ custom, archived }) => custom && !archived).map(({ name }) => name);
}

/** Since 2.16 these have a list of their own, and without `include_archived` it holds none. */
async function conversationAttributes(client: IntercomClient): Promise<string[]> {
  const { body } = await client.read({ method: "GET", path: "/conversations/attributes" });
  const all = conversationAttributesSchema.safeParse(body).data?.data ?? [];
  return all.map(({ name }) => name);
}
