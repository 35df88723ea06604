import type { AnswerMemory, StoredAnswer } from "./answer-memory.ts";
import { meaningOf, saySame } from "./same-meaning.ts";

/** An answer that is recalled for the same question as another. */
export type Neighbour = {
  answer: StoredAnswer;
  /** The one may stand for the other: nothing that carries meaning differs. */
  saysTheSame: boolean;
};

const mostNeighbours = 6;

/** What is recalled beside an answer for its own question, best first. @throws UpstreamError */
export async function neighboursOf(
  { id, question, answer }: StoredAnswer,
  memory: Pick<AnswerMemory, "findAnswers">,
  signal: AbortSignal,
): Promise<Neighbour[]> {
  const found = await memory.findAnswers(question, mostNeighbours + 1, signal);
  const meaning = meaningOf(answer);
  return found
    .filter((other) => other.id !== id)
    .slice(0, mostNeighbours)
    .map((other) => ({ answer: other, saysTheSame: saySame(meaning, meaningOf(other.answer)) }));
}
