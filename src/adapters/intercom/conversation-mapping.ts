import type { Author, Contact, Conversation, Part } from "../../core/types.ts";
import { mailText } from "../../lib/mail-text.ts";
import { messageText } from "../../lib/message-text.ts";
import type { IntercomConversation, IntercomMessage } from "./conversation-schema.ts";
import { assignedByPerson, authorRole, opensAgain, partKind } from "./part-kind.ts";

/** In these states Fin has handed the customer over; `routed_to_team` is the word before 2.15. */
const handedOver = ["escalated", "routed_to_team", "procedure_handoff"];

export type MappingContext = {
  /** Whose parts are ours. */
  adminId: string;
  /** When Intercom answered, in milliseconds by its clock. */
  readAt: number;
  pageOf(conversationId: string): string;
};

/** A conversation of Intercom in the service's words. */
export function toConversation(
  conversation: IntercomConversation,
  context: MappingContext,
): Conversation {
  const parts = [...opener(conversation, context), ...laterParts(conversation, context)];
  return {
    id: conversation.id,
    state: stateOf(conversation),
    contact: contactOf(conversation, parts),
    subject: messageText(conversation.source?.subject ?? null) || null,
    tags: conversation.tags.map((tag) => tag.name),
    fin: finOf(conversation),
    parts,
    url: context.pageOf(conversation.id),
    updatedAt: conversation.updated_at,
    readAt: context.readAt,
  };
}

function opener({ source, created_at }: IntercomConversation, context: MappingContext): Part[] {
  if (!source) return [];
  const author = authorOf(source, context);
  const text = textOf(source, author.role, isMail(source) ? source : null);
  return [
    {
      id: source.id,
      kind: text === "" ? "event" : "comment",
      author,
      text,
      at: created_at,
      opens: false,
      assignedTo: null,
    },
  ];
}

function laterParts(conversation: IntercomConversation, context: MappingContext): Part[] {
  const { source } = conversation;
  const inOrder = dated(conversation)
    // A tag on the opener arrives with the opener wrapped as a part, under the message's id.
    .filter((part) => part.id !== conversation.source?.id)
    .sort((one, other) => one.created_at - other.created_at);
  return inOrder.map((part, index) => {
    const author = authorOf(part, context);
    const { email_message_metadata: metadata } = part;
    const mail = metadata ?? (isMail(source) ? { subject: null } : null);
    const text = textOf(part, author.role, mail);
    return {
      id: part.id,
      kind: partKind(part, author.role, text, inOrder.slice(index + 1)),
      author,
      text,
      at: part.created_at,
      opens: opensAgain(part.part_type),
      assignedTo: assignedByPerson(part, author.role),
    };
  });
}

function isMail(source: IntercomConversation["source"]): boolean {
  return source?.type === "email";
}

/** A part without a date happened after the one before it, not in 1970. */
function dated({ created_at, conversation_parts }: IntercomConversation) {
  let latest = created_at;
  return conversation_parts.map((part) => {
    latest = part.created_at || latest;
    return { ...part, created_at: latest };
  });
}

function authorOf({ author }: IntercomMessage, context: MappingContext): Author {
  return {
    role: authorRole(author, context.adminId),
    id: author.id ?? "",
    name: author.name?.trim() || null,
  };
}

/** What a message says, attachments included; of a customer's mail only what they wrote themselves. */
function textOf(
  message: IntercomMessage,
  role: Author["role"],
  mail: { subject: string | null } | null,
): string {
  if (message.redacted) return "";
  const words =
    mail !== null && role === "customer" && message.body !== null
      ? mailText(message.body, mail.subject)
      : messageText(message.body);
  const attachments = message.attachments.map(({ name, content_type }) =>
    content_type?.startsWith("image/") ? "[image]" : `[attachment: ${name ?? "unnamed"}]`,
  );
  return [words, attachments.join("\n")].filter(Boolean).join("\n\n");
}

function stateOf({ state, open }: IntercomConversation): Conversation["state"] {
  if (state === "closed" || state === "snoozed") return state;
  return state === null && open === false ? "closed" : "open";
}

function contactOf({ contacts }: IntercomConversation, parts: Part[]): Contact {
  const customers = parts.map((part) => part.author).filter(({ role }) => role === "customer");
  const id = contacts[0]?.id ?? customers[0]?.id ?? "";
  const named = customers.filter(({ name }) => name !== null);
  // In a group conversation another customer's name would be the wrong one to greet.
  const own = named.find((customer) => customer.id === id) ?? named[0];
  return { id, name: own?.name ?? null };
}

function finOf(conversation: IntercomConversation): Conversation["fin"] {
  if (!conversation.ai_agent_participated) return "absent";
  const resolution = conversation.ai_agent?.resolution_state ?? "";
  return handedOver.includes(resolution) ? "handed-over" : "active";
}
