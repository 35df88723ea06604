import { attachmentMark } from "../../core/attachment-marks.ts";
import type { Author, Contact, Conversation, Part } from "../../core/types.ts";
import { mailText } from "../../lib/mail-text.ts";
import { messageText } from "../../lib/message-text.ts";
import { attachmentsOf } from "./attachments.ts";
import type { IntercomConversation, IntercomMessage, IntercomPart } from "./conversation-schema.ts";
import { openerText, subjectText } from "./opener-text.ts";
import { isCut, missingOpener, outOfSight } from "./out-of-sight.ts";
import {
  assignedByPerson,
  assigns,
  authorRole,
  closes,
  isKnownPartType,
  opensAgain,
  partKind,
} from "./part-kind.ts";
import { plainAttributes } from "./plain-attributes.ts";

/** In these states Fin has handed the customer over; `routed_to_team` is the word before 2.15. */
const handedOver = ["escalated", "routed_to_team", "procedure_handoff"];

export type MappingContext = {
  /** Whose parts are ours. */
  adminId: string;
  /** When Intercom answered, in milliseconds by its clock. */
  readAt: number;
  pageOf(conversationId: string): string;
  /** Told about each part of a type that this service does not know. */
  onUnknownPartType?(partType: string): void;
};

/** A conversation of Intercom in the service's words. */
export function toConversation(
  conversation: IntercomConversation,
  context: MappingContext,
): Conversation {
  const { source } = conversation;
  const opening = opener(conversation, context);
  const shown = laterParts(conversation, context);
  const parts = [opening, ...outOfSight(conversation, opening, shown), ...shown];
  return {
    id: conversation.id,
    state: stateOf(conversation),
    contact: contactOf(parts),
    customer: null,
    shownFacts: [],
    channel: source?.type || null,
    ticket: ticketOf(conversation),
    subject: messageText(source?.subject ?? null) || null,
    tags: conversation.tags.map((tag) => tag.name),
    taggedAt: new Map(conversation.tags.map(({ name, applied_at }) => [name, applied_at])),
    pageUrl: source?.url || null,
    teamId: conversation.team_assignee_id,
    assigneeId: conversation.admin_assignee_id,
    attributes: plainAttributes(conversation.custom_attributes ?? {}),
    fin: finOf(conversation),
    parts,
    isCut: isCut(conversation),
    lastTeammateReplyAt: conversation.statistics?.last_admin_reply_at ?? null,
    rating: conversation.conversation_rating?.rating ?? null,
    url: context.pageOf(conversation.id),
    updatedAt: conversation.updated_at,
    readAt: context.readAt,
  };
}

function opener(conversation: IntercomConversation, context: MappingContext): Part {
  const { source, created_at } = conversation;
  if (!source) return missingOpener(created_at);
  const author = authorOf(source, context);
  const { text: body, attachments } = saidIn(source, author.role, isMail(source) ? source : null);
  const text = source.redacted ? "" : openerText(conversation, body);
  return {
    id: source.id,
    kind: text === "" ? "event" : "comment",
    author,
    text,
    attachments,
    isAiAnswer: source.author.is_ai_answer,
    isOutOfSight: false,
    isOfUnknownType: false,
    at: created_at,
    opens: false,
    closes: false,
    assignedTo: null,
    assigns: null,
  };
}

function laterParts(conversation: IntercomConversation, context: MappingContext): Part[] {
  const { source } = conversation;
  const inOrder = dated(conversation)
    // A tag on the opener arrives with the opener wrapped as a part, under the message's id.
    .filter((part) => part.id !== source?.id)
    .sort((one, other) => one.created_at - other.created_at);
  return inOrder.map((part, index) => {
    const author = authorOf(part, context);
    const { text, attachments } = saidInPart(part, author.role, conversation);
    const isKnown = isKnownPartType(part.part_type);
    if (!isKnown) context.onUnknownPartType?.(part.part_type);
    return {
      id: part.id,
      kind: partKind(part, author.role, text, inOrder.slice(index + 1)),
      author,
      text,
      attachments,
      isAiAnswer: part.author.is_ai_answer,
      isOutOfSight: false,
      isOfUnknownType: !isKnown,
      at: part.created_at,
      opens: opensAgain(part.part_type),
      closes: closes(part.part_type),
      assignedTo: assignedByPerson(part, author.role, context.adminId),
      assigns: assigns(part, context.adminId),
    };
  });
}

function isMail(source: IntercomConversation["source"]): boolean {
  return source?.type === "email";
}

/** A part without a date happened after the one before it, not in 1970. */
function dated({ created_at, conversation_parts }: IntercomConversation) {
  let latest = created_at;
  return conversation_parts.shown.map((part) => {
    latest = part.created_at || latest;
    return { ...part, created_at: latest };
  });
}

function authorOf({ author }: IntercomMessage, context: MappingContext): Author {
  return {
    role: authorRole(author, context.adminId),
    id: author.id ?? "",
    name: author.name?.trim() || null,
    email: author.email?.trim() || null,
  };
}

/** A part; of a mail that is nothing but a new subject, the subject is what was said. */
function saidInPart(
  part: IntercomPart,
  role: Author["role"],
  { source }: IntercomConversation,
): Said {
  const { email_message_metadata: metadata } = part;
  const said = saidIn(part, role, metadata ?? (isMail(source) ? { subject: null } : null));
  if (said.text !== "" || part.redacted || role !== "customer") return said;
  const subject = subjectText(metadata?.subject ?? null);
  const isNew = subject !== subjectText(source?.subject ?? null);
  return isNew ? { ...said, text: subject } : said;
}

type Said = Pick<Part, "text" | "attachments">;

/** What a message says, attachments included; of a customer's mail only what they wrote themselves. */
function saidIn(
  message: IntercomMessage,
  role: Author["role"],
  mail: { subject: string | null } | null,
): Said {
  if (message.redacted) return { text: "", attachments: [] };
  const words =
    mail !== null && role === "customer" && message.body !== null
      ? mailText(message.body, mail.subject)
      : messageText(message.body);
  const { files, pasted } = attachmentsOf(message, words);
  return {
    // Pasted images have their mark between the words already.
    text: [words, files.map(attachmentMark).join("\n")].filter(Boolean).join("\n\n"),
    attachments: [...pasted, ...files],
  };
}

export function stateOf({
  state,
  open,
}: Pick<IntercomConversation, "state" | "open">): Conversation["state"] {
  if (state === "closed" || state === "snoozed") return state;
  return state === null && open === false ? "closed" : "open";
}

/**
 * Whoever wrote the newest message: in a conversation with several contacts the one who is answered.
 * The list of those who take part says nothing about that.
 */
function contactOf(parts: Part[]): Contact {
  const customers = parts.filter(({ author }) => author.role === "customer");
  const newest = customers.findLast(({ kind }) => kind === "comment") ?? customers.at(-1);
  if (newest === undefined) return { id: null, name: null };
  const { id, name } = newest.author;
  // Without an id, two visitors cannot be told apart: only the message itself says who wrote it.
  if (id === "") return { id: null, name };
  const own = customers.filter(({ author }) => author.id === id);
  return { id, name: own.findLast(({ author }) => author.name !== null)?.author.name ?? null };
}

function ticketOf({ ticket }: IntercomConversation): Conversation["ticket"] {
  if (ticket === null || ticket === undefined) return null;
  const category = ticket.category ?? ticket.ticket_type?.category ?? "";
  return /^(?:back-?office|tracker)$/i.test(category) ? "internal" : "customer";
}

function finOf(conversation: IntercomConversation): Conversation["fin"] {
  if (!conversation.ai_agent_participated) return "absent";
  const resolution = conversation.ai_agent?.resolution_state ?? "";
  return handedOver.includes(resolution) ? "handed-over" : "active";
}
