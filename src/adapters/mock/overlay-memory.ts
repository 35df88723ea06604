import type { AnswerMemory } from "../../core/knowledge/answer-memory.ts";
import type { Source } from "../../core/types.ts";

/**
 * A memory that recalls from a real one as well, and writes only to its own: what is tried out in
 * mock mode never becomes an answer that a customer gets.
 */
export function createOverlayMemory(real: AnswerMemory, own: AnswerMemory): AnswerMemory {
  return {
    ...own,
    async recallAnswers(query, wanted, signal) {
      const found = await Promise.all([
        real.recallAnswers(query, wanted, signal),
        own.recallAnswers(query, wanted, signal),
      ]);
      return best(found.flat(), wanted.limit);
    },
    async recallConversations(query, whose, limit, signal) {
      const found = await Promise.all([
        real.recallConversations(query, whose, limit, signal),
        own.recallConversations(query, whose, limit, signal),
      ]);
      return best(found.flat(), limit);
    },
    async findAnswers(query, limit, signal) {
      const found = await Promise.all([
        own.findAnswers(query, limit, signal),
        real.findAnswers(query, limit, signal),
      ]);
      return found.flat().slice(0, limit);
    },
    async readAnswer(id, signal) {
      return (await own.readAnswer(id, signal)) ?? real.readAnswer(id, signal);
    },
    close() {
      own.close();
      real.close();
    },
  };
}

function best(sources: Source[], limit: number): Source[] {
  return sources.sort((one, other) => other.score - one.score).slice(0, limit);
}
