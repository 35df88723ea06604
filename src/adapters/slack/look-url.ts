import type { KnowledgeToDo } from "../../core/learning/keeping-true.ts";

/**
 * Where on the page /memory what is to be done is shown at once.
 *
 * @param memoryUrl the page's address, if it is known
 */
export function lookUrl(memoryUrl: string | null, toDo: KnowledgeToDo): string | null {
  if (memoryUrl === null) return null;
  const isWrong = toDo.overtaken + toDo.contradictions > 0;
  return `${memoryUrl}?show=${isWrong ? "disagreeing" : "suggested"}`;
}
