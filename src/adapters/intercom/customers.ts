import { type Company, mostPrevious, type PreviousConversation } from "../../core/customer.ts";
import type { Attributes } from "../../core/policy.ts";
import type { Customers, Log } from "../../core/ports.ts";
import { type Fact, unknown } from "../../core/unknown.ts";
import { UpstreamError } from "../../lib/errors.ts";
import { messageText } from "../../lib/message-text.ts";
import type { IntercomCall, IntercomClient } from "./client.ts";
import { stateOf } from "./conversation-mapping.ts";
import {
  companiesSchema,
  contactSchema,
  type IntercomCompany,
  type IntercomContact,
  type IntercomPrevious,
  namedSchema,
  previousSchema,
} from "./customer-schema.ts";
import { plainAttributes } from "./plain-attributes.ts";

type Found = { contact: IntercomContact } | { mergedInto: string } | null;

/** Intercom's own are 24 hexadecimal digits; it goes into a path. */
const contactId = /^[\w-]{1,64}$/;

/**
 * Customers by Intercom's API. Tags and companies also stand in the contact, but only ten of each and
 * without their names, so each list has a call of its own; all calls go out at once.
 */
export function createIntercomCustomers(client: IntercomClient, log: Log): Customers {
  const read: Customers["read"] = async (id, needs, signal) => {
    if (!contactId.test(id)) return null;
    const path = `/contacts/${id}`;
    const [found, tags, segments, companies, conversations] = await Promise.all([
      readContact(path, signal),
      ifNeeded(needs.tags, () => names(`${path}/tags`, signal)),
      ifNeeded(needs.segments, () => names(`${path}/segments`, signal)),
      ifNeeded(needs.companies, () => companiesAt(`${path}/companies`, signal)),
      ifNeeded(needs.conversations, () => conversationsOf(id, signal)),
    ]);
    if (found === null) return null;
    // The link leads to the end of a chain of merges, so there is nothing further to follow.
    if ("mergedInto" in found) {
      return found.mergedInto === id ? null : read(found.mergedInto, needs, signal);
    }
    return { attributes: attributesOf(found.contact), tags, segments, companies, conversations };
  };
  return { read };

  async function readContact(path: string, signal: AbortSignal): Promise<Found> {
    // https://developers.intercom.com/docs/references/rest-api/api.intercom.io/contacts/showcontact
    const call: IntercomCall = { method: "GET", path, expected: [404, 410] };
    const { status, body, link } = await client.read(call, signal);
    if (status === 404) return null;
    if (status === 410) {
      const mergedInto = /<[^<>]*\/contacts\/([\w-]{1,64})>/.exec(link)?.[1];
      return mergedInto === undefined ? null : { mergedInto };
    }
    const contact = contactSchema.safeParse(body);
    if (contact.success) return { contact: contact.data };
    throw new UpstreamError("intercom", `GET ${path}`, "an unreadable contact", {
      cause: contact.error,
    });
  }

  /** A list that cannot be read says nothing; the rest of the customer is known nevertheless. */
  async function orUnknown<T>(reading: Promise<Fact<T>>): Promise<Fact<T>> {
    try {
      return await reading;
    } catch (error) {
      // Of somebody who was merged or deleted there are no lists, and that is said elsewhere.
      const isGone = error instanceof UpstreamError && [404, 410].includes(error.status ?? 0);
      if (!isGone) log.warn({ error }, "a list of the customer was not read");
      return unknown;
    }
  }

  function names(path: string, signal: AbortSignal): Promise<Fact<string[]>> {
    return orUnknown(
      client.read({ method: "GET", path }, signal).then(({ body }) => {
        const read = namedSchema.safeParse(body);
        return read.success ? read.data.data.map(({ name }) => name ?? "") : unknown;
      }),
    );
  }

  /** The newest ones, and one more: the customer is most likely asked about in one of them. */
  function conversationsOf(id: string, signal: AbortSignal): Promise<Fact<PreviousConversation[]>> {
    const call: IntercomCall = {
      method: "POST",
      path: "/conversations/search",
      body: {
        query: { operator: "AND", value: [{ field: "contact_ids", operator: "=", value: id }] },
        pagination: { per_page: mostPrevious + 1 },
      },
    };
    return orUnknown(
      client.read(call, signal).then(({ body }) => {
        const read = previousSchema.safeParse(body);
        return read.success ? read.data.conversations.map(toPrevious) : unknown;
      }),
    );
  }

  /** Fifty at once; whoever has more may have the one that a rule asks about among the others. */
  function companiesAt(path: string, signal: AbortSignal): Promise<Fact<Company[]>> {
    return orUnknown(
      client.read({ method: "GET", path }, signal).then(({ body }) => {
        const read = companiesSchema.safeParse(body);
        const isWhole = read.success && (read.data.pages?.total_pages ?? 1) <= 1;
        return isWhole ? read.data.data.map(toCompany) : unknown;
      }),
    );
  }
}

async function ifNeeded<T>(isNeeded: boolean, read: () => Promise<Fact<T>>): Promise<Fact<T>> {
  return isNeeded ? read() : unknown;
}

function attributesOf(contact: IntercomContact): Attributes {
  const { role, email, phone, browser, os, location } = contact;
  const known: Attributes = {
    role,
    email,
    phone,
    // What the company has set outweighs what the browser says.
    language: contact.language_override ?? contact.browser_language,
    country: location?.country ?? null,
    region: location?.region ?? null,
    city: location?.city ?? null,
    browser,
    os,
    created: day(contact.created_at),
    signed_up: day(contact.signed_up_at),
    last_seen: day(contact.last_seen_at),
  };
  return withoutEmpty({ ...known, ...plainAttributes(contact.custom_attributes) });
}

function toCompany(company: IntercomCompany): Company {
  const { name, plan, size, monthly_spend, user_count, industry } = company;
  return {
    name: name?.trim() || null,
    plan: plan?.name?.trim() || null,
    attributes: withoutEmpty({
      size,
      monthly_spend,
      user_count,
      industry,
      ...plainAttributes(company.custom_attributes),
    }),
  };
}

/** Enough to know it again. */
const longestAbout = 80;

function toPrevious(conversation: IntercomPrevious): PreviousConversation {
  const { id, created_at, title, source, conversation_rating } = conversation;
  const said = source?.redacted ? "" : messageText(source?.subject || source?.body || null);
  const about = (title?.trim() || said).replace(/\s+/gu, " ");
  return {
    id,
    at: created_at ?? 0,
    about: about.length <= longestAbout ? about : `${about.slice(0, longestAbout - 1)}…`,
    state: stateOf(conversation),
    rating: conversation_rating?.rating ?? null,
  };
}

/** Leads have an empty address where others have none. */
function withoutEmpty(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== null && value !== ""),
  );
}

function day(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().slice(0, 10);
}
