import type { Author, Part } from "../../core/types.ts";
import type { IntercomAuthor, IntercomPart } from "./conversation-schema.ts";

// `part_type` and `author.type` are open lists: these are the ones that occur in Intercom's API
// description, its change logs and captured webhooks. What is unknown is an event, by a bot: words on
// a part that is no message (the remark of a rating, a form's answers, a call) ask nothing of us.

const customerTypes = ["user", "lead", "contact", "visitor"];
const noteTypes = ["note", "note_and_reopen"];
const saidOutright = ["comment", "quick_reply"];
/** Words also ride on what is done in the same step: a customer who writes opens a closed one. */
const saidAlongside = /^(?:open|close|assignment|assign_and_\w+)$/;
const knownEvents =
  /^(?:open|close|assignment|assign_and_\w+|(?:un|timer_un)?snoozed|away_mode_assignment|default_assignment|message_strategy_assignment|participant_(?:added|removed)|channel_and_reply_time_expectation|language_detection_details|attribute_collector|merged_primary_conversation|priority_changed|(?:conversation|custom_action|fin|ticket|operator|workflow|call|rating|article|email)_\w+)$/;
/** Intercom asks for contact data right after its notice, within this time. */
const automaticNoticeMs = 2_000;

/** Who wrote it; Intercom's Operator also appears as an admin, told by its e-mail address. */
export function authorRole(author: IntercomAuthor, adminId: string): Author["role"] {
  const type = author.type ?? "";
  if (customerTypes.includes(type)) return "customer";
  if ((type === "admin" || type === "bot") && author.id === adminId) return "us";
  if (type !== "admin" || /^operator\+.*@intercom\.io$/i.test(author.email ?? "")) return "bot";
  return "teammate";
}

/**
 * What a part is to the conversation.
 * @param text what the part says, attachments included
 * @param later the parts after it
 */
export function partKind(
  part: IntercomPart,
  role: Author["role"],
  text: string,
  later: IntercomPart[],
): Part["kind"] {
  if (noteTypes.includes(part.part_type)) return "note";
  const isAlongside = saidAlongside.test(part.part_type);
  const isOutright = saidOutright.includes(part.part_type);
  if (role === "customer") {
    return text !== "" && (isOutright || isAlongside) ? "comment" : "event";
  }
  // An answer that was redacted was an answer nevertheless: the customer has read it.
  const hasWords = text !== "" || part.redacted;
  if (role === "bot") {
    return isOutright && hasWords && !isContactRequest(part, later) ? "comment" : "event";
  }
  // Even without a text (quick replies carry none) the customer was given something by a person.
  if (isOutright) return "comment";
  return isAlongside && hasWords ? "comment" : "event";
}

/** "Give the team a way to reach you:" is sent to whoever is not known yet; it answers nothing. */
function isContactRequest(part: IntercomPart, later: IntercomPart[]): boolean {
  if (part.author.is_ai_answer) return false;
  return later.some(
    (next) =>
      next.part_type === "attribute_collector" &&
      next.author.id === part.author.id &&
      next.created_at - part.created_at <= automaticNoticeMs,
  );
}

/** Whether a type is one that this service knows, and has decided what to make of. */
export function isKnownPartType(partType: string): boolean {
  return (
    noteTypes.includes(partType) || saidOutright.includes(partType) || knownEvents.test(partType)
  );
}

/** Whether the part opened the conversation again. */
export function opensAgain(partType: string): boolean {
  return partType === "open" || partType.endsWith("_and_reopen");
}

/** Whether the part closed the conversation. */
export function closes(partType: string): boolean {
  return partType === "close";
}

/** Whom a part assigned the conversation to, by whatever way: a target's text, or `us`. */
export function assigns(part: IntercomPart, adminId: string): string | null {
  const { type, id } = part.assigned_to ?? {};
  if (id === undefined || id === null) return null;
  if (type === "team") return `team:${id}`;
  if (type !== "admin") return null;
  return id === adminId ? "us" : `admin:${id}`;
}

/**
 * Whom a person assigned the conversation to; rules and away modes assign by other part types, and
 * whoever assigns it to us wants us to answer.
 */
export function assignedByPerson(
  part: IntercomPart,
  role: Author["role"],
  adminId: string,
): string | null {
  if (role !== "us" && role !== "teammate") return null;
  if (!/^(?:assignment|assign_and_reopen|assign_and_unsnooze)$/.test(part.part_type)) return null;
  if (part.assigned_to?.type !== "admin") return null;
  return part.assigned_to.id === adminId ? null : part.assigned_to.id;
}
