import { messageText } from "../../lib/message-text.ts";
import type { IntercomConversation } from "./conversation-schema.ts";

/**
 * What somebody wrote to begin a conversation: beside the body also what mail programs and tickets
 * put elsewhere, unless the body says it too. A mail of a subject alone is a message all the same.
 */
export function openerText(conversation: IntercomConversation, body: string): string {
  const headings = [
    subjectText(conversation.source?.subject ?? null),
    ...ticketTexts(conversation),
  ].filter((text) => text !== "" && !holds(body, text));
  const different = headings.filter(
    (text, index) => !headings.some((other, place) => place > index && holds(other, text)),
  );
  return [...different, body].filter(Boolean).join("\n\n");
}

/** Without what mail programs put before it: "Re: Fwd: Export" is about "Export". */
export function subjectText(subject: string | null): string {
  return messageText(subject)
    .replace(/^(?:\s*(?:re|aw|sv|vs|antw|odp|fwd?|wg|tr|rv|ref)\s*:)+/i, "")
    .trim();
}

/**
 * Intercom's names for a ticket's default attributes
 * (https://developers.intercom.com/docs/references/rest-api/api.intercom.io/tickets/createticket).
 */
const ticketAttributes = ["_default_title_", "_default_description_"];

/** The title of what is no ticket is a teammate's word for it, and none of the customer's. */
function ticketTexts({ title, ticket, custom_attributes }: IntercomConversation): string[] {
  const attributes = { ...custom_attributes, ...ticket?.ticket_attributes };
  const values = ticketAttributes.map((name) => attributes[name]);
  const isTicket = ticket != null || values.some((value) => value !== undefined);
  return [isTicket ? title : null, ...values].flatMap((value) =>
    typeof value === "string" ? [messageText(value)] : [],
  );
}

function holds(body: string, text: string): boolean {
  const plain = (one: string) => one.toLowerCase().replace(/\s+/g, " ");
  return plain(body).includes(plain(text));
}
