import type { AnswerChange, AnswerMemory, KeptVerdict, RememberedAnswer } from "./answer-memory.ts";

/**
 * The same memory, with everything that a person wrote masked on the way in: what is stored, and
 * what is searched for, because a query leaves the process too.
 *
 * @param redact masks secrets in a text
 */
export function withRedaction(
  memory: AnswerMemory,
  redact: (text: string) => string,
): AnswerMemory {
  return {
    ...memory,
    recallAnswers: (query, wanted, signal) => memory.recallAnswers(redact(query), wanted, signal),
    recallConversations: (query, whose, limit, signal) =>
      memory.recallConversations(redact(query), whose, limit, signal),
    findAnswers: (query, limit, signal) =>
      memory.findAnswers(query === null ? null : redact(query), limit, signal),
    rememberTurns: (turns, signal) =>
      memory.rememberTurns(
        turns.map((turn) => ({ ...turn, text: redact(turn.text) })),
        signal,
      ),
    rememberAnswers: (answers, signal) =>
      memory.rememberAnswers(
        answers.map((answer) => withoutSecrets(answer, redact)),
        signal,
      ),
    replaceAnswer: (id, answer, signal) =>
      memory.replaceAnswer(id, withoutSecrets(answer, redact), signal),
  };
}

function withoutSecrets(
  answer: RememberedAnswer,
  redact: (text: string) => string,
): RememberedAnswer {
  const { question, answer: text, verdict, changes } = answer;
  return {
    ...answer,
    question: redact(question),
    answer: redact(text),
    ...(verdict === undefined ? {} : { verdict: masked(verdict, redact) }),
    ...(changes === undefined ? {} : { changes: changes.map((change) => before(change, redact)) }),
  };
}

function before(change: AnswerChange, redact: (text: string) => string): AnswerChange {
  if (change.before === null) return change;
  const { question, answer } = change.before;
  return {
    ...change,
    before: { ...change.before, question: redact(question), answer: redact(answer) },
  };
}

function masked(verdict: KeptVerdict, redact: (text: string) => string): KeptVerdict {
  const { reason, judged } = verdict;
  return {
    ...verdict,
    reason: reason === null ? null : redact(reason),
    ...(judged === undefined ? {} : { judged: { ...judged, draft: redact(judged.draft) } }),
  };
}
