import { attachmentKey } from "../attachment-marks.ts";
import type { Inbox, VoiceNotes } from "../ports.ts";
import { unansweredTurn } from "../turn.ts";
import type { Attachment, Conversation, Part } from "../types.ts";

/** One journey reads a conversation several times; listening once is enough. */
const maxKept = 1_000;
/** The customer waits: the newest few, at once. */
const maxHeard = 4;

/**
 * The same inbox, in whose conversations the voice notes that wait for an answer stand in words, right
 * behind their mark. So they are looked up, drafted from, checked and shown like what was typed. One
 * that cannot be understood stays the mark alone, and its message goes to a person.
 *
 * @param voiceNotes `null` where nobody listens: then the inbox is as it was
 */
export function withHeardVoiceNotes(inbox: Inbox, voiceNotes: VoiceNotes | null): Inbox {
  if (voiceNotes === null) return inbox;
  const kept = new Map<string, Promise<string | null>>();

  function heard(key: string, attachment: Attachment): Promise<string | null> {
    const known = kept.get(key);
    if (known !== undefined) return known;
    // Listened to for the whole process, not for the look that happens to be the first.
    const hearing = voiceNotes?.hear(attachment) ?? Promise.resolve(null);
    kept.set(key, hearing);
    const oldest = kept.keys().next();
    if (kept.size > maxKept && !oldest.done) kept.delete(oldest.value);
    return hearing;
  }

  async function inWords(conversation: Conversation): Promise<Conversation> {
    const waiting = voiceNotesOf(unansweredTurn(conversation)?.messages ?? []);
    const toHear = new Set(waiting.slice(-maxHeard).map(({ key }) => key));
    const all = voiceNotesOf(conversation.parts).filter(
      ({ key }) => toHear.has(key) || kept.has(key),
    );
    if (all.length === 0) return conversation;
    const words = new Map(
      await Promise.all(
        all.map(async ({ key, attachment }) => [key, await heard(key, attachment)] as const),
      ),
    );
    return { ...conversation, parts: conversation.parts.map((part) => withWords(part, words)) };
  }

  return {
    ...inbox,
    async read(conversationId, signal) {
      const conversation = await inbox.read(conversationId, signal);
      return conversation === null ? null : inWords(conversation);
    },
  };
}

function voiceNotesOf(parts: readonly Part[]): { key: string; attachment: Attachment }[] {
  return parts
    .filter(({ author }) => author.role === "customer")
    .flatMap((part) =>
      part.attachments.map((attachment, index) => ({
        key: attachmentKey(part, index),
        attachment,
      })),
    )
    .filter(({ attachment }) => attachment.kind === "voice note");
}

const mark = "[voice note]";

/** The part with the words of its voice notes, in the order in which their marks stand. */
function withWords(part: Part, words: ReadonlyMap<string, string | null>): Part {
  const heardAt = (index: number) => words.get(attachmentKey(part, index)) ?? null;
  if (!part.attachments.some((_, index) => heardAt(index) !== null)) return part;
  const inOrder = part.attachments.flatMap(({ kind }, index) =>
    kind === "voice note" ? [heardAt(index)] : [],
  );
  const [before = "", ...rest] = part.text.split(mark);
  // A customer may have typed the mark, too; what came with the message stands at its end.
  const typed = Math.max(0, rest.length - inOrder.length);
  const text = rest.reduce((said, after, place) => {
    const spoken = place < typed ? null : inOrder[place - typed];
    return `${said}${mark}${spoken == null ? "" : ` ${spoken}`}${after}`;
  }, before);
  const attachments = part.attachments.map((attachment, index) =>
    heardAt(index) === null ? attachment : { ...attachment, isHeard: true },
  );
  return { ...part, text, attachments };
}
