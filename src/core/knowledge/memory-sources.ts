import { forWhomOf } from "../for-whom.ts";
import type { RememberedTurn } from "../ports.ts";
import type { Source } from "../types.ts";
import type { StoredAnswer } from "./answer-memory.ts";
import { lastWrittenAt, standsFor } from "./curation.ts";

/** A remembered answer as something that a draft may rest on. */
export function answerSource(answer: StoredAnswer): Source {
  const { brand } = answer;
  const forWhom = forWhomOf({
    ...answer.forWhom,
    ...(brand === undefined ? {} : { brands: [brand] }),
  });
  return {
    id: answer.id,
    kind: "answer",
    title: answer.question,
    url: answer.url,
    text: answer.answer,
    score: answer.score ?? 0,
    language: answer.language,
    at: lastWrittenAt(answer),
    isInternal: false,
    ...(forWhom === null ? {} : { forWhom }),
    ...(standsFor(answer) === null ? {} : { by: standsFor(answer) ?? "" }),
  };
}

/** What was said earlier, as something that a draft may rest on. */
export function turnSource(turn: RememberedTurn, score: number): Source {
  return {
    id: `${turn.conversationId}-${turn.partId}`,
    kind: "conversation",
    title: titles[turn.speaker],
    url: null,
    text: turn.text,
    score,
    language: null,
    at: turn.at,
    isInternal: false,
  };
}

const titles = {
  customer: "The customer wrote earlier",
  teammate: "A teammate answered earlier",
  us: "We answered earlier",
} as const;
