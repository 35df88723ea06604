import { commonAttributes, companyAttributes } from "../../core/customer.ts";
import type { CustomerNames, Takers } from "../../core/judging/unknown-names.ts";
import type { IntercomClient } from "./client.ts";
import {
  adminsSchema,
  dataAttributesSchema,
  segmentsSchema,
  teamsSchema,
} from "./customer-schema.ts";

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

async function attributesOf(client: IntercomClient, model: "contact" | "company") {
  const path = `/data_attributes?model=${model}`;
  const { body } = await client.read({ method: "GET", path });
  const all = dataAttributesSchema.safeParse(body).data?.data ?? [];
  return all.filter(({ custom, archived }) => custom && !archived).map(({ name }) => name);
}
