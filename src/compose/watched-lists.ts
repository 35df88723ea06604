import { type DependencyHealth, noteIn } from "../core/dependency-health.ts";
import type { AnswerMemory } from "../core/knowledge/answer-memory.ts";

/** The same memory, its lists noted in the health: whoever is told on a page to look there finds it. */
export function withWatchedLists(memory: AnswerMemory, health: DependencyHealth): AnswerMemory {
  const note = noteIn(health);
  return {
    ...memory,
    findAnswers: (...args) => note("memory", memory.findAnswers(...args)),
    listAnswers: (...args) => note("memory", memory.listAnswers(...args)),
  };
}
