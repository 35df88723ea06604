import type { AnswerMemory, StoredAnswer } from "./answer-memory.ts";

/**
 * Removes an answer because a person wants it gone. Where it stems from a conversation, what is left
 * says so without its words: else the next backfill would learn it again.
 *
 * @returns whether there was one with that id
 */
export async function forgetForGood(
  id: string,
  memory: Pick<AnswerMemory, "readAnswer" | "rememberAnswers" | "forgetAnswer">,
  at: number,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await memory.readAnswer(id, signal);
  if (answer === null || answer.status === "forgotten") return false;
  if (answer.conversationId !== null && answer.partId !== null) {
    // Before the removal: whatever happens between the two, it does not come back.
    await memory.rememberAnswers([withoutWords(answer, at)], signal);
  }
  return memory.forgetAnswer(id, signal);
}

function withoutWords(
  { id, score, verdict, changes, suggestedFor, ...answer }: StoredAnswer,
  at: number,
) {
  return {
    ...answer,
    question: "",
    answer: "",
    status: "forgotten" as const,
    at,
    url: null,
    decision: null,
    draftedFrom: [],
  };
}

/**
 * The parts of a conversation whose answers a person has decided about: approved, corrected,
 * rejected, changed, retired or forgot. What is learnt from the conversation itself never replaces their word.
 */
export function partsDecidedByPeople(stored: StoredAnswer[]): Set<string> {
  return new Set(stored.flatMap((answer) => (isPeoplesWord(answer) ? (answer.partId ?? []) : [])));
}

/** Whether a person said it by a verdict or a change, and not by writing to the customer. */
export function isPeoplesWord({ status, verdict, changes }: StoredAnswer): boolean {
  return verdict !== undefined || changes !== undefined || status !== "answer";
}
