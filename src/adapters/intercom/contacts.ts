import { z } from "zod";
import type { Contacts, Log } from "../../core/ports.ts";
import { UpstreamError } from "../../lib/errors.ts";
import type { IntercomClient } from "./client.ts";
import { searchAll } from "./searching.ts";

/** Intercom's own are 24 hexadecimal digits; it goes into a path. */
const contactIdForm = /^[\w-]{1,64}$/;
/** The same address on a lead and a user, and whatever was imported twice. */
const mostOfOneAddress = 50;

const found = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Contacts by Intercom's API, for whoever has to find what is stored of one. */
export function createIntercomContacts(client: IntercomClient, log: Log): Contacts {
  return {
    async conversationsOf(contactId) {
      const filter = { field: "contact_ids", operator: "=", value: contactId } as const;
      return (await searchAll(client, [filter], log)).map(({ id }) => id);
    },

    async mergedInto(contactId) {
      if (!contactIdForm.test(contactId)) return null;
      // https://developers.intercom.com/docs/references/rest-api/api.intercom.io/contacts/showcontact
      const path = `/contacts/${contactId}`;
      const { status, link } = await client.read({ method: "GET", path, expected: [404, 410] });
      if (status !== 410) return null;
      return /<[^<>]*\/contacts\/([\w-]{1,64})>/.exec(link)?.[1] ?? null;
    },

    async findByEmail(email) {
      const call = {
        method: "POST",
        path: "/contacts/search",
        body: {
          query: { operator: "AND", value: [{ field: "email", operator: "=", value: email }] },
          pagination: { per_page: mostOfOneAddress },
        },
      } as const;
      const list = found.safeParse((await client.read(call)).body);
      if (list.success) return list.data.data.map(({ id }) => id);
      throw new UpstreamError("intercom", `POST ${call.path}`, "an unreadable list", {
        cause: list.error,
      });
    },
  };
}
