import type { Log } from "../ports.ts";
import type { AnswerMemory } from "./answer-memory.ts";

/** What is gone in Intercom: a whole conversation (`partIds` is `null`), or some of its parts. */
export type Gone = { conversationId: string; partIds: string[] | null };

/** Removing may take longer than a recall; nobody waits for it. */
const forgetTimeoutMs = 30_000;
/** A shorter text ("ok") may stand in a question by chance. */
const tellingLength = 8;

/**
 * Removes at once what is stored of a conversation that was deleted in Intercom, or of parts that
 * were redacted there: also answers that quote such a part in their question or their words. Never
 * throws: what a failing memory keeps, the next backfill removes.
 */
export async function forgetGone(
  { conversationId, partIds }: Gone,
  memory: Pick<AnswerMemory, "findConversation" | "forgetAnswer" | "forgetConversation">,
  log: Log,
): Promise<void> {
  const signal = AbortSignal.timeout(forgetTimeoutMs);
  try {
    let removed = 0;
    if (partIds === null) {
      removed = await memory.forgetConversation(conversationId, null, signal);
    } else {
      const { turns, answers } = await memory.findConversation(conversationId, signal);
      const texts = turns
        .filter(({ partId }) => partIds.includes(partId))
        .map(({ text }) => text.trim())
        .filter((text) => text.length >= tellingLength);
      for (const { id, question, answer } of answers) {
        const quotes = texts.some((text) => question.includes(text) || answer.includes(text));
        if (quotes && (await memory.forgetAnswer(id, signal))) removed += 1;
      }
      for (const partId of partIds) {
        removed += await memory.forgetConversation(conversationId, partId, signal);
      }
    }
    log.info({ conversationId, removed }, "forgotten, because it is gone in Intercom");
  } catch (error) {
    log.warn({ conversationId, error }, "not forgotten yet; the next backfill removes it");
  }
}
