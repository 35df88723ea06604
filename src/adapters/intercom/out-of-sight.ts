import type { Author, Part } from "../../core/types.ts";
import type { IntercomConversation } from "./conversation-schema.ts";

// Intercom shows the newest 500 parts of a conversation. What stood before them counts as an answer,
// because what was not seen counts against answering again.

/** The most parts that Intercom shows. */
const mostShown = 500;
const notShown = "[messages that Intercom does not show any more]";
/** Intercom's times count whole seconds. */
const grainMs = 1_000;

/** Whether Intercom shows the newest parts only. */
export function isCut({ conversation_parts: { shown, total }, statistics }: IntercomConversation) {
  if (total > shown.length) return true;
  return shown.length >= mostShown && (statistics?.count_conversation_parts ?? 0) > shown.length;
}

/**
 * What stands for the parts between the opener and the first that is shown: an answer, and after it
 * the customer's newest message where Intercom says that it is newer than the newest answer and does
 * not show it. Where its statistics say that nobody has answered the opener, nothing does.
 *
 * @param shown the parts that are shown, after the opener
 */
export function outOfSight(
  conversation: IntercomConversation,
  opener: Part,
  shown: Part[],
): Part[] {
  if (!isCut(conversation)) return [];
  const { created_at: openedAt, statistics, ai_agent_participated } = conversation;
  const asked = statistics?.last_contact_reply_at ?? null;
  const answered = statistics?.last_admin_reply_at ?? null;
  const isShown = (at: number) =>
    shown.some((part) => part.kind === "comment" && Math.abs(part.at - at) <= grainMs);
  const isAskedOutOfSight =
    asked !== null && asked > openedAt + grainMs && asked > (answered ?? 0) && !isShown(asked);

  const hidden: Part[] = [];
  const isUnanswered = statistics != null && answered === null && !ai_agent_participated;
  if (!isUnanswered) {
    const at = answered === null || isShown(answered) ? openedAt : answered;
    hidden.push(standIn("answer", somebody, at, notShown));
  }
  if (isAskedOutOfSight) {
    hidden.push(standIn(`message-${asked / 1000}`, customerOf(opener, shown), asked, notShown));
  }
  return hidden;
}

/** The opener of a conversation for which Intercom names none: the first part is always the opener. */
export function missingOpener(at: number): Part {
  return { ...standIn("opener", nobody, at, ""), kind: "event" };
}

const somebody: Author = { role: "teammate", id: "", name: null, email: null };
const nobody: Author = { role: "bot", id: "", name: null, email: null };

/** Who wrote what is not shown is known where one customer alone takes part. */
function customerOf(opener: Part, shown: Part[]): Author {
  const customers = [opener, ...shown].map(({ author }) => author);
  const [first, ...others] = customers.filter(({ role }) => role === "customer");
  const isAlone = first !== undefined && others.every(({ id }) => id === first.id);
  return isAlone ? first : { role: "customer", id: "", name: null, email: null };
}

function standIn(id: string, author: Author, at: number, text: string): Part {
  return {
    id: `out-of-sight-${id}`,
    kind: "comment",
    author,
    text,
    attachments: [],
    isAiAnswer: false,
    isOutOfSight: true,
    isOfUnknownType: false,
    at,
    opens: false,
    closes: false,
    assignedTo: null,
    assigns: null,
  };
}
