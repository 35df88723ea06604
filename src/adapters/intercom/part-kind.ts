import type { Author, Part } from "../../core/types.ts";
import type { IntercomAuthor, IntercomPart } from "./conversation-schema.ts";

// `part_type` and `author.type` are open lists: these are the ones that occur in Intercom's API
// description, its change logs and captured webhooks. What is unknown is an event, by a bot.

const customerTypes = ["user", "lead", "contact", "visitor"];
const noteTypes = ["note", "note_and_reopen"];
const saidOutright = ["comment", "quick_reply"];
/** A teammate's words also ride on what they do in the same step. */
const saidAlongside = /^(?:open|close|assignment|assign_and_\w+)$/;
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
  if (role === "customer") return text === "" ? "event" : "comment";
  const isOutright = saidOutright.includes(part.part_type);
  // An answer that was redacted was an answer nevertheless: the customer has read it.
  const hasWords = text !== "" || part.redacted;
  if (role === "bot") {
    return isOutright && hasWords && !isContactRequest(part, later) ? "comment" : "event";
  }
  // Even without a text (quick replies carry none) the customer was given something by a person.
  if (isOutright) return "comment";
  return saidAlongside.test(part.part_type) && hasWords ? "comment" : "event";
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

/** Whether the part opened the conversation again. */
export function opensAgain(partType: string): boolean {
  return partType === "open" || partType.endsWith("_and_reopen");
}

/** Whom a person assigned the conversation to; rules and away modes assign by other part types. */
export function assignedByPerson(part: IntercomPart, role: Author["role"]): string | null {
  if (role !== "us" && role !== "teammate") return null;
  if (!/^(?:assignment|assign_and_reopen|assign_and_unsnooze)$/.test(part.part_type)) return null;
  return part.assigned_to?.type === "admin" ? part.assigned_to.id : null;
}
